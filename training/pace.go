package training

import (
	"context"
	"runtime"
	"time"

	"cifartrain/metrics"
)

// A Pace is how long the parts of a run take on this machine, in seconds.
type Pace struct {
	Step  float64 // a training step, including preparing its batch
	Image float64 // evaluating an image
	Epoch float64 // all steps of an epoch and its evaluation
}

const (
	warmUpSteps = 5  // these do not count: caches and branch predictors are cold
	timedSteps  = 20 // these count
)

// Measure times some training steps and some batches of evaluation, after a few
// of each that do not count. It trains the run's weights, so the run must not
// be used afterwards. A loss that is no longer finite is a *DivergedError, as
// in training.
func (r *Run) Measure(ctx context.Context) (pace Pace, err error) {
	trainer, err := r.newTrainer()
	if err != nil {
		return Pace{}, err
	}
	defer func() { err = trainer.close(err) }()
	evaluator := NewEvaluator(r.Architecture, r.Evaluated())
	defer func() { err = evaluator.close(err) }()
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

// timeSteps returns the seconds of a step, measured on the first ones of a run.
func (r *Run) timeSteps(ctx context.Context, trainer *machines) (float64, error) {
	began := time.Now()
	for epoch, steps := 1, 0; ; epoch++ {
		var done metrics.Partial
		for batch := range r.Batches.Epoch(epoch) {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
			if err := r.trainStep(trainer, epoch, batch, &done); err != nil {
				return 0, err
			}
			switch steps++; steps {
			case warmUpSteps:
				began = time.Now()
			case warmUpSteps + timedSteps:
				return time.Since(began).Seconds() / timedSteps, nil
			}
		}
	}
}

// timeEvaluation returns the seconds of evaluating an image, measured on the
// first batches of the validation set, after a pass over some that does not count.
func (r *Run) timeEvaluation(ctx context.Context, evaluator *Evaluator) (float64, error) {
	batches := min(timedSteps*runtime.GOMAXPROCS(0), r.ValidationSet.Batches())
	var began time.Time
	for range 2 {
		began = time.Now()
		if _, err := evaluator.score(ctx, r.ValidationSet, batches); err != nil {
			return 0, err
		}
	}
	images := min(batches*r.ValidationSet.Size(), r.ValidationSet.Set.Len())
	return time.Since(began).Seconds() / float64(images), nil
}
