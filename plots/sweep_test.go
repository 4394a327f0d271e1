package plots

import (
	"math"
	"testing"
)

// TestSweptColors wants the colors to reach the worst setting or, if some settings
// are hopeless, only the one that three in four are at least as good as.
func TestSweptColors(t *testing.T) {
	for _, test := range []struct {
		name    string
		loss    string
		figures []float64
		pale    float64
	}{
		{"all near", "", []float64{0.8, 0.79, 0.78, 0.77}, 0.77},
		{"one hopeless accuracy", "", []float64{0.8, 0.1, 0.79, 0.78, 0.77}, 0.77},
		{"one hopeless loss and one without a figure", "mse", []float64{0.1, math.NaN(), 0.11, 0.12, 0.13, 9}, 0.13},
		{"most are the same", "", []float64{0.8, 0.8, 0.8, 0.8, 0.7}, 0.7},
		{"one", "", []float64{0.8}, 0.8},
	} {
		figures := SweptFigures{Loss: test.loss}
		for _, figure := range test.figures {
			figures.Points = append(figures.Points, SweptPoint{Figure: figure})
		}
		if _, pale := figures.colorRange(); pale != test.pale {
			t.Errorf("%s: the pale end is %g, want %g", test.name, pale, test.pale)
		}
	}
}
