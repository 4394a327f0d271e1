package plots

import (
	"math"
	"strings"
	"testing"

	"cifartrain/metrics"
)

// TestSweptColors wants the colors to reach the worst setting or, if some settings
// are hopeless, only the one that three in four are at least as good as.
func TestSweptColors(t *testing.T) {
	for _, test := range []struct {
		name    string
		loss    string
		figures []float64
		pale    float64
		beyond  int
	}{
		{"all near", "", []float64{0.8, 0.79, 0.78, 0.77}, 0.77, 0},
		{"one hopeless accuracy", "", []float64{0.8, 0.1, 0.79, 0.78, 0.77}, 0.77, 1},
		{"one hopeless loss and one without a figure", "mse", []float64{0.1, math.NaN(), 0.11, 0.12, 0.13, 9}, 0.13, 1},
		{"most are the same", "", []float64{0.8, 0.8, 0.8, 0.8, 0.7}, 0.7, 0},
		{"one", "", []float64{0.8}, 0.8, 0},
	} {
		figures := SweptFigures{Loss: test.loss}
		for _, figure := range test.figures {
			figures.Points = append(figures.Points, SweptPoint{Figure: figure})
		}
		if got := figures.colors(); got.pale != test.pale || got.beyond != test.beyond {
			t.Errorf("%s: the pale end is %g with %d beyond, want %g with %d", test.name, got.pale, got.beyond, test.pale, test.beyond)
		}
	}
}

// TestHiddenCurvesAreNamed wants a note on configs whose curves nobody can tell
// apart by looking, and none on those that differ at an epoch.
func TestHiddenCurvesAreNamed(t *testing.T) {
	other := noise(30)
	other[7] += 0.2
	var contenders []Contender
	for name, losses := range map[string][]float64{"a": noise(30), "b": other, "c": noise(30)} {
		contenders = append(contenders, Contender{Name: name, Histories: metrics.Histories{historyOf(losses...)}})
	}
	chart, err := LossComparison(shortCaption, "mse", contenders)
	if err != nil {
		t.Fatal(err)
	}
	notes := strings.Join(chart.heading.notes, " ")
	if !strings.Contains(notes, "a and c lie on each other") && !strings.Contains(notes, "c and a lie on each other") || strings.Count(notes, "lie on each other") != 1 {
		t.Errorf("the notes are %q", notes)
	}
}
