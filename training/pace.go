package training

import (
	"context"
	"runtime"
	"time"

	"cifartrain/graphs"
	"cifartrain/loaders"
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
func (l *Loop) Measure(ctx context.Context) (pace Pace, err error) {
	trainer, err := l.trainer()
	if err != nil {
		return Pace{}, err
	}
	began := time.Now()
	for epoch, steps := 1, 0; pace.Step == 0; epoch++ {
		var done metrics.Partial
		for batch := range l.TrainBatcher.Epoch(epoch) {
			if err := ctx.Err(); err != nil {
				return Pace{}, err
			}
			if err := l.step(trainer, epoch, batch, &done); err != nil {
				return Pace{}, err
			}
			if steps++; steps == warmUpSteps {
				began = time.Now()
			} else if steps == warmUpSteps+timedSteps {
				pace.Step = time.Since(began).Seconds() / timedSteps
				break
			}
		}
	}
	evaluator := NewEvaluator(l.Architecture, l.Evaluated())
	batches := min(timedSteps*runtime.GOMAXPROCS(0), l.ValidationBatcher.NumBatches())
	for range 2 { // the first pass does not count
		began = time.Now()
		if _, err := evaluator.run(ctx, l.ValidationBatcher, batches, func(*graphs.Model, *loaders.Batch) {}); err != nil {
			return Pace{}, err
		}
	}
	pace.Image = time.Since(began).Seconds() / float64(min(batches*l.ValidationBatcher.Size(), l.ValidationBatcher.Set.Len()))
	evaluated := l.ValidationBatcher.Set.Len()
	if l.Architecture.Task.Classifies() {
		evaluated += l.TrainEvalBatcher.Set.Len() // for its accuracy
	}
	pace.Epoch = float64(l.TrainBatcher.NumBatches())*pace.Step + float64(evaluated)*pace.Image
	return pace, nil
}
