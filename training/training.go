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

// A Run holds everything that a training run consists of.
type Run struct {
	Architecture *graphs.Architecture
	Weights      graphs.Weights // trained in place
	Average      *Average       // of the weights; may be nil
	Solver       solvers.Solver
	Schedule     solvers.Schedule
	Warmup       solvers.Warmup // of the scheduled rates

	Batches       *loaders.Batcher // the training images, in training order and augmented
	TrainingSet   *loaders.Batcher // the same images in order and unaltered, for evaluation
	ValidationSet *loaders.Batcher

	// Random returns the stream for a purpose: "noise/3/17" for what is dropped and
	// added in step 17 of the third epoch. It may be nil for a model without either.
	Random func(purpose string) *rand.Rand

	Evaluator *Evaluator // evaluates after each epoch; nil for one of its own

	Epochs        int
	PauseAfter    int // stop after this many epochs, to go on later; 0 = never
	EarlyStopping int // stop after this many epochs without a better validation loss; 0 = never

	// Step is called after every training step and Epoch after every epoch; an
	// error of Epoch ends the run. Either may be nil.
	Step  func(Progress)
	Epoch func(metrics.Epoch) error

	// Resume is where an earlier run of the same parts stopped; nil to begin.
	// Save, which may be nil, is called with the state at the beginning and the
	// end, within epochs whenever SaveEvery has passed, after every epoch unless
	// less than a second has passed, and when ctx ends; its error ends the run.
	Resume    *State
	Save      func(*State) error
	SaveEvery time.Duration
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

// Train trains the epochs. If ctx ends or an error stops it, it returns the
// results of the epochs so far together with the error. It reacts to ctx
// between two steps.
func (r *Run) Train(ctx context.Context) (Result, error) {
	trainer, err := r.trainer()
	if err != nil {
		return Result{}, err
	}
	evaluator := r.Evaluator
	if evaluator == nil {
		evaluator = NewEvaluator(r.Architecture, r.Evaluated())
	}
	evaluator.SetWeights(r.Evaluated())
	run, err := r.begin()
	if err != nil {
		return Result{}, err
	}
	for len(run.History) < r.last() && !run.Stopped {
		epoch, err := r.epoch(ctx, trainer, evaluator, run)
		if err != nil {
			if stopped := ctx.Err(); stopped != nil && errors.Is(err, stopped) {
				err = cmp.Or(r.save(run), err)
			}
			return run.Result, err
		}
		run.History = append(run.History, epoch)
		if run.History.Best() == len(run.History)-1 {
			run.Best.CopyFrom(r.Evaluated())
		}
		run.Stopped = run.History.Stalled(r.EarlyStopping)
		run.partial, run.began = metrics.Partial{}, time.Now()
		if r.Epoch != nil {
			err = r.Epoch(epoch)
		}
		// A state is the longer to write the more epochs there are.
		ended := len(run.History) >= r.last() || run.Stopped
		if err == nil && (ended || time.Since(run.saved) >= min(time.Second, r.SaveEvery)) {
			err = r.save(run)
		}
		if err != nil {
			return run.Result, err
		}
	}
	return run.Result, nil
}

// epoch trains and measures the epoch that follows the history, from where it
// stands. Accuracies are those of a model that classifies.
func (r *Run) epoch(ctx context.Context, trainer *machines, evaluator *Evaluator, run *standing) (epoch metrics.Epoch, err error) {
	done, nan, steps := &run.partial, math.NaN(), r.Batches.Batches()
	epoch = metrics.Epoch{Number: len(run.History) + 1, TrainLossAfter: nan, TrainAccuracy: nan, ValidationAccuracy: nan}
	for batch := range r.Batches.EpochAfter(epoch.Number, done.Steps) {
		if err := ctx.Err(); err != nil {
			return epoch, err
		}
		if err := r.step(trainer, epoch.Number, batch, done); err != nil {
			return epoch, err
		}
		if r.Step != nil {
			r.Step(Progress{Epoch: epoch.Number, Step: done.Steps, Steps: steps, Loss: done.Loss()})
		}
		if r.SaveEvery > 0 && time.Since(run.saved) >= r.SaveEvery {
			if err := r.save(run); err != nil {
				return epoch, err
			}
		}
	}
	epoch.TrainLoss, epoch.LearningRate = done.Loss(), r.rate(epoch.Number, steps)

	validation, err := evaluator.Evaluate(ctx, r.ValidationSet)
	if err != nil {
		return epoch, err
	}
	if epoch.ValidationLoss = validation.Loss; !finite(validation.Loss) {
		return epoch, &DivergedError{Epoch: epoch.Number, Step: done.Steps, Loss: validation.Loss, LearningRate: epoch.LearningRate}
	}
	if r.Architecture.Task.Classifies() {
		training, err := evaluator.Evaluate(ctx, r.TrainingSet)
		if err != nil {
			return epoch, err
		}
		epoch.TrainLossAfter = training.Loss
		epoch.TrainAccuracy, epoch.ValidationAccuracy = training.Confusion.Accuracy(), validation.Confusion.Accuracy()
	}
	epoch.Layers, err = evaluator.layers(r.ValidationSet, done.Layers)
	epoch.Seconds = time.Since(run.began).Seconds()
	return epoch, err
}

// step trains on one batch of an epoch and adds the step to those done.
func (r *Run) step(trainer *machines, epoch int, batch *loaders.Batch, done *metrics.Partial) error {
	machine := trainer.bySize[batch.Rows()][0]
	machine.model.Randomize(func() *rand.Rand { return r.Random(fmt.Sprintf("noise/%d/%d", epoch, done.Steps+1)) })
	if err := machine.run(batch); err != nil {
		return err
	}
	rate, loss := r.rate(epoch, done.Steps+1), machine.model.LossValue()
	if !finite(loss) {
		untrained := epoch == 1 && done.Steps == 0
		return &DivergedError{epoch, done.Steps + 1, loss, rate, untrained}
	}
	var before graphs.Weights
	if done.Steps+1 == r.measuredStep() {
		done.Layers, before = machine.gradients(), r.Weights.Clone()
	}
	r.Solver.SetLearningRate(rate)
	if err := r.Solver.Step(machine.parameters); err != nil {
		return err
	}
	if before != nil {
		machine.updates(done.Layers, before, r.Weights)
	}
	r.Weights.CountBatch()
	if r.Average != nil {
		r.Average.Update(r.Weights, r.stepsBefore(epoch)+done.Steps+1)
	}
	done.Steps++
	done.Samples += batch.Rows()
	done.LossSum += loss * float64(batch.Rows())
	return nil
}

// trainer returns the machines of the graphs with gradients.
func (r *Run) trainer() (*machines, error) {
	trainer := newMachines(r.Architecture, r.Weights, true)
	return trainer, trainer.prepare(r.Batches, 1)
}

// last is the epoch up to which the run trains now.
func (r *Run) last() int {
	if r.PauseAfter > 0 {
		return min(r.PauseAfter, r.Epochs)
	}
	return r.Epochs
}

// Evaluated returns the weights that are evaluated and kept: the average if
// there is one, otherwise the trained weights.
func (r *Run) Evaluated() graphs.Weights {
	if r.Average != nil {
		return r.Average.Weights
	}
	return r.Weights
}

// rate is the learning rate of an epoch's step, both counted from 1.
func (r *Run) rate(epoch, step int) float64 {
	return r.Schedule(epoch) * r.Warmup.Factor(r.stepsBefore(epoch)+step)
}

// stepsBefore is the number of steps of the epochs before one.
func (r *Run) stepsBefore(epoch int) int { return (epoch - 1) * r.Batches.Batches() }

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
