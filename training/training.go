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

	Evaluator *Evaluator // evaluates after each epoch; nil for one that Train makes and closes

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
func (r *Run) Train(ctx context.Context) (result Result, err error) {
	trainer, err := r.newTrainer()
	if err != nil {
		return Result{}, err
	}
	defer func() { err = trainer.close(err) }()
	evaluator := r.Evaluator
	if evaluator == nil {
		evaluator = NewEvaluator(r.Architecture, r.Evaluated())
		defer func() { err = evaluator.close(err) }()
	}
	evaluator.SetWeights(r.Evaluated())
	run, err := r.begin()
	if err != nil {
		return Result{}, err
	}
	for len(run.History) < r.last() && !run.Stopped {
		epoch, err := r.epoch(ctx, trainer, evaluator, run)
		if stopped := ctx.Err(); stopped != nil && errors.Is(err, stopped) {
			err = cmp.Or(r.save(run), err)
		}
		if err != nil {
			return run.Result, err
		}
		run.finish(epoch, r)
		if r.Epoch != nil {
			if err := r.Epoch(epoch); err != nil {
				return run.Result, err
			}
		}
		// A state is the longer to write the more epochs there are.
		ended := len(run.History) >= r.last() || run.Stopped
		if ended || time.Since(run.saved) >= min(time.Second, r.SaveEvery) {
			if err := r.save(run); err != nil {
				return run.Result, err
			}
		}
	}
	return run.Result, nil
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

// newTrainer returns the machines of the graphs with gradients.
func (r *Run) newTrainer() (*machines, error) {
	trainer := newMachines(r.Architecture, r.Weights, true)
	return trainer, trainer.prepare(r.Batches, nil)
}

// epoch trains and measures the epoch that follows the history, from where it
// stands.
func (r *Run) epoch(ctx context.Context, trainer *machines, evaluator *Evaluator, run *standing) (metrics.Epoch, error) {
	number := len(run.History) + 1
	epoch := metrics.Epoch{Number: number, LearningRate: r.rate(number, r.Batches.Batches())}
	if err := r.trainEpoch(ctx, trainer, number, run); err != nil {
		return epoch, err
	}
	epoch.TrainLoss = run.partial.Loss()
	if err := r.evaluateEpoch(ctx, evaluator, &epoch); err != nil {
		return epoch, err
	}
	var err error
	if epoch.Layers, err = evaluator.layers(r.ValidationSet, run.partial.Layers); err != nil {
		return epoch, err
	}
	if !finite(epoch.ValidationLoss) {
		return epoch, &DivergedError{Epoch: number, Step: run.partial.Steps, Loss: epoch.ValidationLoss, LearningRate: epoch.LearningRate}
	}
	epoch.Seconds = time.Since(run.began).Seconds()
	return epoch, nil
}

// rate is the learning rate of an epoch's step, both counted from 1.
func (r *Run) rate(epoch, step int) float64 {
	return r.Schedule(epoch) * r.Warmup.Factor(r.stepsBefore(epoch)+step)
}

// stepsBefore is the number of steps of the epochs before one.
func (r *Run) stepsBefore(epoch int) int { return (epoch - 1) * r.Batches.Batches() }

// trainEpoch trains on the remaining batches of the epoch.
func (r *Run) trainEpoch(ctx context.Context, trainer *machines, epoch int, run *standing) error {
	done := &run.partial
	for batch := range r.Batches.EpochAfter(epoch, done.Steps) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.trainStep(trainer, epoch, batch, done); err != nil {
			return err
		}
		if r.Step != nil {
			r.Step(Progress{Epoch: epoch, Step: done.Steps, Steps: r.Batches.Batches(), Loss: done.Loss()})
		}
		if err := r.saveWhenDue(run); err != nil {
			return err
		}
	}
	return nil
}

// trainStep trains on one batch of an epoch and adds the step to those done.
func (r *Run) trainStep(trainer *machines, epoch int, batch *loaders.Batch, done *metrics.Partial) error {
	machine := trainer.bySize[batch.Rows()]
	machine.model.Randomize(func() *rand.Rand { return r.Random(fmt.Sprintf("noise/%d/%d", epoch, done.Steps+1)) })
	if err := machine.run(batch); err != nil {
		return err
	}
	rate, loss := r.rate(epoch, done.Steps+1), machine.model.LossValue()
	if !finite(loss) {
		untrained := epoch == 1 && done.Steps == 0
		return &DivergedError{epoch, done.Steps + 1, loss, rate, untrained}
	}
	r.Solver.SetLearningRate(rate)
	var before graphs.Weights
	if done.Steps+1 == r.measuredStep() {
		done.Layers, before = machine.gradients(), r.Weights.Clone()
	}
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

// evaluateEpoch measures the weights after the epoch: the validation loss and,
// for a model that classifies, the training loss and both sets' accuracies.
func (r *Run) evaluateEpoch(ctx context.Context, evaluator *Evaluator, epoch *metrics.Epoch) error {
	validation, err := evaluator.Evaluate(ctx, r.ValidationSet)
	if err != nil {
		return err
	}
	epoch.ValidationLoss = validation.Loss
	epoch.TrainLossAfter, epoch.TrainAccuracy, epoch.ValidationAccuracy = math.NaN(), math.NaN(), math.NaN()
	if !r.Architecture.Task.Classifies() {
		return nil
	}
	training, err := evaluator.Evaluate(ctx, r.TrainingSet)
	if err != nil {
		return err
	}
	epoch.TrainLossAfter = training.Loss
	epoch.TrainAccuracy = training.Confusion.Accuracy()
	epoch.ValidationAccuracy = validation.Confusion.Accuracy()
	return nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
