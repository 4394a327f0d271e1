package plots

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLossScale(t *testing.T) {
	level, none := slices.Repeat([]float64{0.8, 1}, 30), math.NaN()
	tests := []struct {
		name        string
		losses      []float64
		yardstick   float64 // NaN for none
		logarithmic bool
		notes       []string
	}{
		{"one value", []float64{0.5}, none, false, nil},
		{"a fivefold range", []float64{5, 1}, none, false, nil},
		{"more than a fivefold range", []float64{5.1, 1}, none, true, nil},
		{"a spike that a log axis can bear", append([]float64{50}, level...), none, true, nil},
		{"a spike that squashes the rest", append([]float64{500}, level...), none, false,
			[]string{"Values above the axis: 1, the highest 500.0."}},
		{"two of them", append([]float64{500, 1e9}, level...), none, false,
			[]string{"Values above the axis: 2, the highest 1e+09."}},
		{"a steady fall has no spike", []float64{1e3, 1e2, 1e1, 1, 0.1, 0.1, 0.1}, none, true, nil},
		{"spikes in plenty", append([]float64{500, 500, 500, 500, 500}, level...), none, true, nil},
		{"zero in a small range", []float64{1, 0.5, 0}, none, false, nil},
		{"zero in a large range", []float64{1, 0.05, 0}, none, true,
			[]string{"A loss of 0 is drawn at the lower edge: a logarithmic axis has no 0."}},
		{"nothing but zero", []float64{0, 0}, none, false, nil},
		{"below zero", []float64{-1, 1000}, none, false, nil},
		{"a yardstick among the losses", level, 0.9, false, nil},
		{"one a little below", level, 0.5, false, nil},
		{"one far below", level, 0.01, true, nil},
		{"one far above", level, 1000, true, nil},
		{"one below a spike", append([]float64{500}, level...), 3, false, []string{"Values above the axis: 1, the highest 500.0."}},
		{"one above a spike", append([]float64{500}, level...), 600, true, nil},
	}
	for _, test := range tests {
		s := lossScale(test.losses)
		if !math.IsNaN(test.yardstick) {
			s = lossScale(test.losses, test.yardstick)
		}
		if s.logarithmic != test.logarithmic {
			t.Errorf("%s: logarithmic is %v, want %v", test.name, s.logarithmic, test.logarithmic)
		}
		if diff := cmp.Diff(test.notes, s.notes); diff != "" {
			t.Errorf("%s: notes (-want +got):\n%s", test.name, diff)
		}
		if !(s.low < s.high) || s.low >= test.yardstick || s.high <= test.yardstick {
			t.Errorf("%s: the axis from %g to %g is empty or lacks %g", test.name, s.low, s.high, test.yardstick)
		}
		for _, loss := range test.losses {
			at := s.place(loss)
			if math.IsNaN(at) || at < s.place(s.low) || at > s.place(s.high) && loss < 500 {
				t.Errorf("%s: loss %g lies off the axis from %g to %g", test.name, loss, s.low, s.high)
			}
		}
	}
}
