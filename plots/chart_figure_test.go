package plots

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"cifartrain/metrics"
)

// TestFigurePlaces wants values to be drawn where the scale puts them, nothing in
// gaps, and spikes to be cut off above the axes.
func TestFigurePlaces(t *testing.T) {
	history := metrics.History{
		{Number: 1, TrainLoss: 1, ValidationLoss: 100, TrainLossAfter: math.NaN()}, {Number: 2, TrainLoss: math.NaN(), ValidationLoss: 1, TrainLossAfter: math.NaN()}, {Number: 3, TrainLoss: 10, ValidationLoss: 10, TrainLossAfter: math.NaN()},
	}
	chart := must(LossChart(Caption{Dataset: "CIFAR-10"}, history, "mse"))
	f := chart.figure()
	if !f.Values.Log {
		t.Error("the axis is linear")
	}
	middle := chart.y(chart.scale.place(math.Sqrt(chart.scale.low * chart.scale.high)))
	if math.Abs(middle-figureSide/2) > 1e-6 {
		t.Errorf("the geometric mean of the axis stands at %g, want in the middle", middle)
	}
	line := f.Panels[0].Lines[1].Path // the first curve lies on top
	if strings.Count(line, "M") != 2 || !strings.HasPrefix(line, "M20 ") || !strings.Contains(line, "M980 ") {
		t.Errorf("the curve with a gap is %s", line)
	}
	if got := chart.y(1e9); got != farAbove {
		t.Errorf("a value far above stands at %g", got)
	}
	values, err := json.Marshal(f.Values.Panels[0][0])
	if err != nil || string(values) != `{"values":[1,null,10]}` {
		t.Errorf("values %s: %v", values, err)
	}
}

// TestFigureOfUnequalRuns wants every run's values to count from the figure's
// first epoch.
func TestFigureOfUnequalRuns(t *testing.T) {
	history := func(numbers ...int) metrics.History {
		var h metrics.History
		for _, n := range numbers {
			h = append(h, metrics.Epoch{Number: n, TrainLoss: float64(n), ValidationLoss: float64(2 * n), TrainLossAfter: math.NaN()})
		}
		return h
	}
	f := must(LossComparison(Caption{Dataset: "CIFAR-10"}, "mse", []Contender{
		{Name: "a", Histories: []metrics.History{history(1, 2, 3), history(1, 2)}, Yardstick: 2}, {Name: "b", Histories: []metrics.History{history(2, 3)}},
	})).figure()
	values, err := json.Marshal(f.Values.Panels)
	want := `[[{"values":[1,2,3],"low":[1,2,3],"high":[1,2,3]},{"values":[null,2,3]}],[{"values":[2,4,6],"low":[2,4,6],"high":[2,4,6]},{"values":[null,4,6]}]]`
	if err != nil || string(values) != want {
		t.Errorf("values %s\nwant   %s\n%v", values, want, err)
	}
	if len(f.Panels[0].Bands) != 1 || len(f.Panels[1].Best) != 1 || len(f.Panels[1].Levels) != 1 || f.Levels[0].Look != f.Series[0].Look {
		t.Errorf("bands, marks or levels are missing: %+v", f.Panels)
	}
}
