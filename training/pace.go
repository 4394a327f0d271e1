package training

import (
	"context"
	"errors"
	"math"
	"time"
)

// A Pace is how long the parts of a run take on this machine, in seconds.
type Pace struct {
	Step  float64 // a training step, its batch's preparation included
	Image float64 // evaluating an image
	Epoch float64 // all steps of an epoch and its evaluation
}

const (
	warmUpSteps = 5  // that do not count: caches and branch predictors are cold
	timedSteps  = 20 // that count
)

// Measure times some training steps and some batches of evaluation, each after a
// few that do not count. It trains the run's weights: the run is done for then.
// A loss that is no longer finite is a *DivergedError, as in training.
func (r *Run) Measure(ctx context.Context) (pace Pace, err error) {
	trainer, err := r.newTrainer()
	if err != nil {
		return Pace{}, err
	}
	defer func() { err = trainer.close(err) }()
	evaluator, err := NewEvaluator(r.Architecture, r.Evaluated(), r.ValidationSet.Size())
	if err != nil {
		return Pace{}, err
	}
	defer func() { err = evaluator.machine.close(err) }()
	if pace.Step, err = r.timeSteps(ctx, trainer); err != nil {
		return Pace{}, err
	}
	if pace.Image, err = r.timeEvaluation(ctx, evaluator); err != nil {
		return Pace{}, err
	}
	evaluated := r.ValidationSet.Set.Len()
	if r.Architecture.Task.Classifies() {
		evaluated += r.TrainingSet.Set.Len() // for its accuracy
	}
	pace.Epoch = float64(r.Batches.Batches())*pace.Step + float64(evaluated)*pace.Image
	return pace, nil
}

// timeSteps returns the seconds of a step, by the first ones of a run.
func (r *Run) timeSteps(ctx context.Context, trainer *machine) (float64, error) {
	counting, stop := context.WithCancel(ctx)
	defer stop()
	steps, began := 0, time.Now()
	r.Step = func(Progress) {
		switch steps++; steps {
		case warmUpSteps:
			began = time.Now()
		case warmUpSteps + timedSteps:
			stop()
		}
	}
	for epoch := 1; counting.Err() == nil; epoch++ {
		if err := r.trainEpoch(counting, trainer, epoch, new(standing)); err != nil && !errors.Is(err, context.Canceled) {
			return 0, err
		}
	}
	return time.Since(began).Seconds() / timedSteps, ctx.Err()
}

// timeEvaluation returns the seconds of evaluating an image, by the first
// batches of the validation set after the first one of all.
func (r *Run) timeEvaluation(ctx context.Context, evaluator *Evaluator) (float64, error) {
	counting, stop := context.WithCancel(ctx)
	defer stop()
	set, first := r.ValidationSet.Set.Len(), r.ValidationSet.Size()
	most := min(set, first*(1+timedSteps))
	seen, began := 0, time.Now()
	_, err := evaluator.Outputs(counting, r.ValidationSet, func(int, []float32) {
		switch seen++; seen {
		case min(first, set):
			if seen < most {
				began = time.Now()
			}
		case most:
			stop()
		}
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		return 0, err
	}
	counted := most - first
	if counted <= 0 { // the set is one batch
		counted = set
	}
	return time.Since(began).Seconds() / math.Max(1, float64(counted)), ctx.Err()
}
