package plots

import (
	"slices"
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

func TestElideKeepsBothEnds(t *testing.T) {
	style := textStyle(labelSize, inkColor)
	const name = "autoencoder_tied/2026-01-02T03-04-05Z"
	for width := style.Width("…"); width < style.Width(name)+10; width += 7 {
		got := elide(style, name, width)
		if style.Width(got) > width {
			t.Errorf("%q is %v wide, more than %v", got, style.Width(got), width)
		}
		head, tail, elided := strings.Cut(got, "…")
		if !elided {
			if got != name || style.Width(name) > width {
				t.Errorf("%q is %q at a width of %v", name, got, width)
			}
			continue
		}
		spread := len(head) - len(tail)
		if !strings.HasPrefix(name, head) || !strings.HasSuffix(name, tail) || spread < 0 || spread > 1 {
			t.Errorf("%q does not keep both ends of %q", got, name)
		}
	}
}

func TestElideApart(t *testing.T) {
	style := textStyle(labelSize, inkColor)
	width := style.Width("‹5C0F›……")
	want := []string{"…猫…", "…狗…", "…鳥", "cat"}
	if got := elideApart(style, []string{"小猫咪", "小狗狗", "小鳥", "cat"}, width); !slices.Equal(got, want) {
		t.Errorf("the names are %q, want %q", got, want)
	}
}
