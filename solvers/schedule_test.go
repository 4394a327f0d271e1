package solvers

import (
	"math"
	"testing"
)

// TestSchedulesTorch compares with torch's CosineAnnealingLR and StepLR. Torch
// gets each rate from the one before it, so the last digits of float64 differ.
func TestSchedulesTorch(t *testing.T) {
	var figures map[string][]float64
	readFigures(t, "schedules.json", &figures)
	specs := map[string]ScheduleSpec{
		"cosine 12": {Kind: "cosine", Initial: 0.1, Epochs: 12},
		"cosine 50": {Kind: "cosine", Initial: 0.025, Epochs: 50},
		"step":      {Kind: "step", Initial: 0.1, StepEpochs: 4, Gamma: 0.1},
		"step of 1": {Kind: "step", Initial: 0.5, StepEpochs: 1, Gamma: 0.9},
	}
	if len(figures) != len(specs) {
		t.Fatalf("schedules.json holds %d schedules, want %d", len(figures), len(specs))
	}
	for name, spec := range specs {
		t.Run(name, func(t *testing.T) {
			schedule, err := NewSchedule(spec)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range figures[name] {
				if got := schedule(i + 1); math.Abs(got-want) > 1e-12*spec.Initial {
					t.Errorf("epoch %d has the rate %v, torch has %v", i+1, got, want)
				}
			}
		})
	}
}

func TestConstantSchedule(t *testing.T) {
	schedule, err := NewSchedule(ScheduleSpec{Kind: "constant", Initial: 0.3})
	if err != nil {
		t.Fatal(err)
	}
	for _, epoch := range []int{1, 2, 1000} {
		if got := schedule(epoch); got != 0.3 {
			t.Errorf("epoch %d has the rate %v, want 0.3", epoch, got)
		}
	}
}

// TestSchedulesStartAtTheInitialRate proves that the first epoch has the very
// number of the config.
func TestSchedulesStartAtTheInitialRate(t *testing.T) {
	for _, kind := range []string{"constant", "cosine", "step"} {
		schedule, err := NewSchedule(ScheduleSpec{Kind: kind, Initial: 0.07, Epochs: 9, StepEpochs: 3, Gamma: 0.1})
		if err != nil {
			t.Fatal(err)
		}
		if got := schedule(1); got != 0.07 {
			t.Errorf("%s starts at %v, want 0.07", kind, got)
		}
	}
}

func TestScheduleErrors(t *testing.T) {
	const want = `solvers: no schedule "linear": there are constant, cosine, step`
	if _, err := NewSchedule(ScheduleSpec{Kind: "linear"}); err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %q", err, want)
	}
}
