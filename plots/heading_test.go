package plots

import (
	"strings"
	"testing"
)

func TestWrapKeepsEveryLetterAndTheWidth(t *testing.T) {
	const lineWidth = 200
	style := textStyle(labelSize, inkColor)
	for _, text := range []string{
		"",
		"svm · CIFAR-10, frog and horse",
		"svm · built-in sample (not CIFAR-10): frog and horse",
		longCaption.String(),
		strings.Repeat("W", 300),
		"a\nb\tc  d",
		"\xff not UTF-8",
	} {
		lines := wrap(style, text, lineWidth)
		for _, line := range lines {
			if got := style.Width(line); got > lineWidth {
				t.Errorf("line %q is %v wide, more than %v", line, got, lineWidth)
			}
		}
		squeeze := func(s string) string {
			return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), "")
		}
		if got, want := squeeze(strings.Join(lines, "")), squeeze(text); got != want {
			t.Errorf("wrapped text reads %q, want %q", got, want)
		}
	}
}

func TestWrapBreaksBetweenWords(t *testing.T) {
	style := textStyle(labelSize, inkColor)
	lines := wrap(style, "frog and horse", style.Width("frog and"))
	if got, want := strings.Join(lines, "|"), "frog and|horse"; got != want {
		t.Errorf("lines are %s, want %s", got, want)
	}
}

func TestCaption(t *testing.T) {
	for _, test := range []struct {
		caption Caption
		want    string
	}{
		{Caption{"svm", "CIFAR-10"}, "svm · CIFAR-10"},
		{Caption{"", "CIFAR-10"}, "CIFAR-10"},
	} {
		if got := test.caption.String(); got != test.want {
			t.Errorf("caption reads %q, want %q", got, test.want)
		}
	}
}
