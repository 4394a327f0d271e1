package configs

import (
	"strings"
	"testing"
)

func TestEditDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int // as in the literature
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"kitten", "sitting", 3},
		{"saturday", "sunday", 3},
		{"flaw", "lawn", 2},
		{"gumbo", "gambol", 2},
		{"modle", "model", 1},
		{"ca", "abc", 3},
	}
	for _, test := range tests {
		if got := editDistance(test.a, test.b); got != test.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
		if got := editDistance(test.b, test.a); got != test.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", test.b, test.a, got, test.want)
		}
	}
}

func TestNearest(t *testing.T) {
	tests := []struct{ written, want string }{
		{"learning_rat", "learning_rate"},
		{"LearningRate", "learning_rate"},
		{"c", ""}, // a single letter is near to nothing
		{"momentun", "momentum"},
		{"warm_up", ""},
		{"", ""},
		{strings.Repeat("momentum", 100), ""},
	}
	known := []string{"kind", "learning_rate", "momentum", "eps"}
	for _, test := range tests {
		if got := nearest(test.written, known); got != test.want {
			t.Errorf("nearest(%q) = %q, want %q", test.written, got, test.want)
		}
	}
}
