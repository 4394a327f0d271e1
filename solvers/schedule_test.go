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
		schedule := must(NewSchedule(spec))
		for i, want := range figures[name] {
			if got := schedule(i + 1); math.Abs(got-want) > 1e-12*spec.Initial {
				t.Errorf("%s: epoch %d has the rate %v, torch has %v", name, i+1, got, want)
			}
		}
	}
}

// TestWarmupTorch compares every step's rate with that of torch's LinearLR beside
// its CosineAnnealingLR, within what float64 rounds.
func TestWarmupTorch(t *testing.T) {
	var cases []struct {
		Initial               float64
		Epochs, Steps, Warmup int
		Rates                 []float64
	}
	readFigures(t, "warmup.json", &cases)
	if len(cases) != 4 {
		t.Fatalf("warmup.json holds %d cases, want 4", len(cases))
	}
	for _, c := range cases {
		schedule := must(NewSchedule(ScheduleSpec{Kind: "cosine", Initial: c.Initial, Epochs: c.Epochs}))
		for i, want := range c.Rates {
			got := schedule(i/c.Steps+1) * Warmup(c.Warmup).Factor(i+1)
			if math.Abs(got-want) > 1e-12*c.Initial {
				t.Errorf("%d steps of warm-up: step %d has the rate %v, torch has %v", c.Warmup, i+1, got, want)
			}
		}
	}
}

// TestSchedulesStartAtTheInitialRate proves that the first epoch has the very
// number of the config, and every epoch where nothing changes it.
func TestSchedulesStartAtTheInitialRate(t *testing.T) {
	for _, kind := range []string{"constant", "cosine", "step"} {
		schedule := must(NewSchedule(ScheduleSpec{Kind: kind, Initial: 0.07, Epochs: 9, StepEpochs: 3, Gamma: 0.1}))
		if got := schedule(1) * Warmup(0).Factor(1); got != 0.07 {
			t.Errorf("%s starts at %v, want 0.07", kind, got)
		}
		if got := schedule(1000) * Warmup(1).Factor(1000); kind == "constant" && got != 0.07 {
			t.Errorf("%s goes on at %v, want 0.07", kind, got)
		}
	}
}

func TestScheduleErrors(t *testing.T) {
	const want = `no schedule "linear": there are constant, cosine, step`
	if _, err := NewSchedule(ScheduleSpec{Kind: "linear"}); err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %q", err, want)
	}
}
