package plots

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLossScale(t *testing.T) {
	level := slices.Repeat([]float64{0.8, 1}, 30)
	tests := []struct {
		name        string
		losses      []float64
		logarithmic bool
		notes       []string
	}{
		{"one value", []float64{0.5}, false, nil},
		{"a fivefold range", []float64{5, 1}, false, nil},
		{"more than a fivefold range", []float64{5.1, 1}, true, nil},
		{"a spike that a log axis can bear", append([]float64{50}, level...), true, nil},
		{"a spike that squashes the rest", append([]float64{500}, level...), false,
			[]string{"Values above the axis: 1, the highest 500.0."}},
		{"two of them", append([]float64{500, 1e9}, level...), false,
			[]string{"Values above the axis: 2, the highest 1e+09."}},
		{"a steady fall has no spike", []float64{1e3, 1e2, 1e1, 1, 0.1, 0.1, 0.1}, true, nil},
		{"spikes in plenty", append([]float64{500, 500, 500, 500, 500}, level...), true, nil},
		{"zero in a small range", []float64{1, 0.5, 0}, false, nil},
		{"zero in a large range", []float64{1, 0.05, 0}, true,
			[]string{"A loss of 0 is drawn at the lower edge: a logarithmic axis has no 0."}},
		{"nothing but zero", []float64{0, 0}, false, nil},
		{"below zero", []float64{-1, 1000}, false, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := lossScale(test.losses)
			if s.logarithmic != test.logarithmic {
				t.Errorf("logarithmic is %v, want %v", s.logarithmic, test.logarithmic)
			}
			if diff := cmp.Diff(test.notes, s.notes); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
			if !(s.low < s.high) {
				t.Errorf("axis from %g to %g is empty", s.low, s.high)
			}
			for _, loss := range test.losses {
				at := s.place(loss)
				if math.IsNaN(at) || at < s.place(s.low) || at > s.place(s.high) && loss < 500 {
					t.Errorf("loss %g lies off the axis from %g to %g", loss, s.low, s.high)
				}
			}
		})
	}
}

func TestLossScaleHoldsYardsticks(t *testing.T) {
	level := slices.Repeat([]float64{0.8, 1}, 30)
	spiked := append([]float64{500}, level...)
	spikeNote := []string{"Values above the axis: 1, the highest 500.0."}
	for _, test := range []struct {
		name        string
		losses      []float64
		yardstick   float64
		logarithmic bool
		notes       []string
	}{
		{"among the losses", level, 0.9, false, nil},
		{"a little below", level, 0.5, false, nil},
		{"far below", level, 0.01, true, nil},
		{"far above", level, 1000, true, nil},
		{"below a spike", spiked, 3, false, spikeNote},
		{"above a spike", spiked, 600, true, nil},
	} {
		s := lossScale(test.losses, test.yardstick)
		if s.low >= test.yardstick || s.high <= test.yardstick {
			t.Errorf("%s: %g lies off the axis from %g to %g", test.name, test.yardstick, s.low, s.high)
		}
		if s.logarithmic != test.logarithmic {
			t.Errorf("%s: logarithmic is %v, want %v", test.name, s.logarithmic, test.logarithmic)
		}
		if diff := cmp.Diff(test.notes, s.notes); diff != "" {
			t.Errorf("%s: notes (-want +got):\n%s", test.name, diff)
		}
	}
}
