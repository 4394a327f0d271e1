package solvers

import (
	"fmt"
	"math"
)

// A Schedule gives the learning rate of an epoch, counted from 1.
type Schedule func(epoch int) float64

// A Warmup is the number of steps, from a run's first, over which the learning
// rate grows to what the schedule says; 0 = none.
type Warmup int

// Factor is what the scheduled rate of a step, counted from 1 over the whole
// run, is multiplied by: step/w over the w steps of the warm-up and 1 from there
// on, the factor that torch's LinearLR(start_factor=1/w, total_iters=w-1) has
// when it is stepped after each step. Source:
// https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html
func (w Warmup) Factor(step int) float64 {
	if step >= int(w) {
		return 1
	}
	return float64(step) / float64(w)
}

// ScheduleSpec is the part of a config that sets the learning rate of each epoch.
type ScheduleSpec struct {
	Kind       string  // constant, cosine or step
	Initial    float64 // the rate of the first epoch
	Epochs     int     // cosine: the length of the run
	StepEpochs int     // step: how often the rate changes
	Gamma      float64 // step: the factor of each change
}

// NewSchedule returns the schedule of the spec's kind; with t = epoch-1:
//
//	constant: Initial
//	cosine:   Initial * (1 + cos(pi * t/Epochs)) / 2
//	step:     Initial * Gamma^floor(t/StepEpochs)
//
// as torch's CosineAnnealingLR and StepLR give it when they are stepped after
// each epoch. Source: https://pytorch.org/docs/stable/optim.html
func NewSchedule(spec ScheduleSpec) (Schedule, error) {
	switch spec.Kind {
	case "constant":
		return func(int) float64 { return spec.Initial }, nil
	case "cosine":
		return func(epoch int) float64 {
			return spec.Initial * (1 + math.Cos(math.Pi*float64(epoch-1)/float64(spec.Epochs))) / 2
		}, nil
	case "step":
		return func(epoch int) float64 {
			return spec.Initial * math.Pow(spec.Gamma, float64((epoch-1)/spec.StepEpochs))
		}, nil
	}
	return nil, fmt.Errorf("no schedule %q: there are constant, cosine, step", spec.Kind)
}
