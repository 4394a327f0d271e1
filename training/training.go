// Package training is the one loop that trains every model: take a batch, run
// the TapeMachine, let the solver step, record metrics. It knows no model by
// name.
package training

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"cifartrain/graphs"
	"cifartrain/loaders"
	"cifartrain/metrics"
	"cifartrain/solvers"
)

// A Loop holds everything that a training run consists of.
type Loop struct {
	Architecture *graphs.Architecture
	Weights      graphs.Weights // trained in place
	Average      *Average       // of the weights; may be nil
	Solver       solvers.Solver
	Schedule     solvers.Schedule
	Warmup       solvers.Warmup // the factor on the scheduled rates in the first steps

	TrainBatcher      *loaders.Batcher // the training images, in training order and augmented
	TrainEvalBatcher  *loaders.Batcher // the same images in order and unaltered, for evaluation
	ValidationBatcher *loaders.Batcher

	// Random returns the stream for a purpose: "noise/3/17" for what is dropped and
	// added in step 17 of the third epoch. It may be nil for a model without either.
	Random func(purpose string) *rand.Rand

	Evaluator *Evaluator // evaluates after each epoch; if nil, Train makes one

	Epochs        int
	PauseAfter    int // stop after this many epochs, to go on later; 0 = never
	EarlyStopping int // stop after this many epochs without a better validation loss; 0 = never

	// AfterStep is called after every training step and AfterEpoch after every
	// epoch, whose error ends the run. Either may be nil.
	AfterStep  func(Progress)
	AfterEpoch func(metrics.Epoch) error

	// SaveState, which may be nil, is called with the state at the beginning and the
	// end, within epochs whenever SaveEvery has passed, after every epoch unless
	// less than a second has passed, and when ctx ends; its error ends the run.
	SaveState func(*State) error
	SaveEvery time.Duration

	at *position // nil before the run begins
}

// Progress says how far a run is.
type Progress struct {
	Epoch int     // the current epoch, counted from 1
	Step  int     // steps done in this epoch
	Steps int     // steps in an epoch
	Loss  float64 // mean over this epoch's samples so far
}

// A Result is what a run leaves besides its last weights.
type Result struct {
	History metrics.History
	Best    graphs.Weights // the weights with the lowest validation loss
	Stopped bool           // whether training stopped early because the validation loss no longer improved
}

// A DivergedError says that the loss is no longer a finite number.
type DivergedError struct {
	Epoch, Step  int // counted from 1
	Loss         float64
	LearningRate float64
	Untrained    bool // whether the weights were still those that the run started from
}

func (e *DivergedError) Error() string {
	text := fmt.Sprintf("the loss became %g at epoch %d, step %d, with the learning rate %g: ", e.Loss, e.Epoch, e.Step, e.LearningRate)
	if e.Untrained {
		return text + "no step had been made yet, so the weights it started from are too large, or data.normalize makes the pixels so; check the file of -init and data.normalize"
	}
	return text + "set optimizer.learning_rate lower, a tenth of it to begin with"
}

// Train trains the epochs that are left. If ctx ends or an error stops it, it returns the
// results of the epochs so far together with the error. It reacts to ctx
// between two steps.
func (l *Loop) Train(ctx context.Context) (Result, error) {
	trainer, err := l.trainer()
	if err != nil {
		return Result{}, err
	}
	evaluator := l.Evaluator
	if evaluator == nil {
		evaluator = NewEvaluator(l.Architecture, l.Evaluated())
	}
	evaluator.SetWeights(l.Evaluated())
	begins := l.at == nil
	if begins {
		l.at = &position{Result: Result{Best: l.Evaluated().Clone()}}
	}
	at := l.at
	at.saved = time.Now()
	at.began = at.saved.Add(-time.Duration(at.partial.Seconds * float64(time.Second)))
	if begins {
		if err := l.save(); err != nil {
			return Result{}, err
		}
	}
	for len(at.History) < l.last() && !at.Stopped {
		epoch, err := l.epoch(ctx, trainer, evaluator)
		if err != nil {
			if stopped := ctx.Err(); stopped != nil && errors.Is(err, stopped) {
				err = cmp.Or(l.save(), err)
			}
			return at.Result, err
		}
		at.History = append(at.History, epoch)
		if at.History.Best() == len(at.History)-1 {
			at.Best.CopyFrom(l.Evaluated())
		}
		at.Stopped = at.History.Stalled(l.EarlyStopping)
		at.partial, at.began = metrics.Partial{}, time.Now()
		if l.AfterEpoch != nil {
			err = l.AfterEpoch(epoch)
		}
		// A state takes longer to write with every epoch in its history, so that short
		// epochs are not saved one by one.
		ended := len(at.History) >= l.last() || at.Stopped
		if err == nil && (ended || time.Since(at.saved) >= min(time.Second, l.SaveEvery)) {
			err = l.save()
		}
		if err != nil {
			return at.Result, err
		}
	}
	return at.Result, nil
}

// epoch trains the steps that are left of the epoch after the history, and evaluates
// it. The accuracies of a model that does not classify are NaN.
func (l *Loop) epoch(ctx context.Context, trainer *machines, evaluator *Evaluator) (epoch metrics.Epoch, err error) {
	at := l.at
	done, nan, steps := &at.partial, math.NaN(), l.TrainBatcher.NumBatches()
	epoch = metrics.Epoch{Number: len(at.History) + 1, TrainLossAfter: nan, TrainAccuracy: nan, ValidationAccuracy: nan}
	for batch := range l.TrainBatcher.EpochAfter(epoch.Number, done.Steps) {
		if err := ctx.Err(); err != nil {
			return epoch, err
		}
		if err := l.step(trainer, epoch.Number, batch, done); err != nil {
			return epoch, err
		}
		if l.AfterStep != nil {
			l.AfterStep(Progress{Epoch: epoch.Number, Step: done.Steps, Steps: steps, Loss: done.Loss()})
		}
		if l.SaveEvery > 0 && time.Since(at.saved) >= l.SaveEvery {
			if err := l.save(); err != nil {
				return epoch, err
			}
		}
	}
	epoch.TrainLoss, epoch.LearningRate = done.Loss(), l.rate(epoch.Number, steps)

	validation, err := evaluator.Evaluate(ctx, l.ValidationBatcher)
	if err != nil {
		return epoch, err
	}
	if epoch.ValidationLoss = validation.Loss; !finite(validation.Loss) {
		return epoch, &DivergedError{Epoch: epoch.Number, Step: done.Steps, Loss: validation.Loss, LearningRate: epoch.LearningRate}
	}
	if l.Architecture.Task.Classifies() {
		training, err := evaluator.Evaluate(ctx, l.TrainEvalBatcher)
		if err != nil {
			return epoch, err
		}
		epoch.TrainLossAfter = training.Loss
		epoch.TrainAccuracy, epoch.ValidationAccuracy = training.Confusion.Accuracy(), validation.Confusion.Accuracy()
	}
	epoch.Layers, err = evaluator.layers(l.ValidationBatcher, done.Layers)
	epoch.Seconds = time.Since(at.began).Seconds()
	return epoch, err
}

// step trains on one batch of an epoch and adds the step to those done.
func (l *Loop) step(trainer *machines, epoch int, batch *loaders.Batch, done *metrics.Partial) error {
	machine := trainer.machine(0, batch)
	machine.model.Randomize(func() *rand.Rand { return l.Random(fmt.Sprintf("noise/%d/%d", epoch, done.Steps+1)) })
	if err := machine.run(batch); err != nil {
		return err
	}
	rate, loss := l.rate(epoch, done.Steps+1), machine.model.LossValue()
	if !finite(loss) {
		untrained := epoch == 1 && done.Steps == 0
		return &DivergedError{epoch, done.Steps + 1, loss, rate, untrained}
	}
	var before graphs.Weights
	if done.Steps+1 == max(1, l.TrainBatcher.Set.Len()/l.TrainBatcher.Size()) { // the last one with a full batch is measured
		done.Layers, before = machine.gradients(), l.Weights.Clone()
	}
	l.Solver.SetLearningRate(rate)
	if err := l.Solver.Step(machine.parameters); err != nil {
		return err
	}
	if before != nil {
		machine.updates(done.Layers, before, l.Weights)
	}
	l.Weights.CountBatch()
	if l.Average != nil {
		l.Average.Update(l.Weights, l.stepsBefore(epoch)+done.Steps+1)
	}
	done.Steps++
	done.Samples += batch.Rows()
	done.LossSum += loss * float64(batch.Rows())
	return nil
}

// trainer returns the machines of the graphs with gradients.
func (l *Loop) trainer() (*machines, error) {
	trainer := newMachines(l.Architecture, l.Weights, true)
	return trainer, trainer.prepare(l.TrainBatcher, 1)
}

// last is the epoch up to which the run trains now.
func (l *Loop) last() int {
	if l.PauseAfter > 0 {
		return min(l.PauseAfter, l.Epochs)
	}
	return l.Epochs
}

// Evaluated returns the weights that are evaluated and kept: the average if
// there is one, otherwise the trained weights.
func (l *Loop) Evaluated() graphs.Weights {
	if l.Average != nil {
		return l.Average.Weights
	}
	return l.Weights
}

// rate is the learning rate of an epoch's step, both counted from 1.
func (l *Loop) rate(epoch, step int) float64 {
	return l.Schedule(epoch) * l.Warmup.Factor(l.stepsBefore(epoch)+step)
}

// stepsBefore is the number of steps of the epochs before one.
func (l *Loop) stepsBefore(epoch int) int { return (epoch - 1) * l.TrainBatcher.NumBatches() }

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
