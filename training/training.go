// Package training is the one loop that trains every model: batches in, the
// TapeMachine run, a solver step, metrics out. It knows no model by name.
package training

import (
	"context"
	"fmt"
	"math"
	"time"

	G "gorgonia.org/gorgonia"

	"cifartrain/graphs"
	"cifartrain/loaders"
	"cifartrain/metrics"
	"cifartrain/solvers"
)

// A Run is everything a training run is made of.
type Run struct {
	Architecture *graphs.Architecture
	Weights      graphs.Weights // trained in place
	Average      *Average       // of the weights; nil for none
	Solver       solvers.Solver
	Schedule     solvers.Schedule
	Warmup       solvers.Warmup // of the scheduled rates

	Batches       *loaders.Batcher // the training images, as they are trained
	TrainingSet   *loaders.Batcher // the same in order and unaltered, for evaluation
	ValidationSet *loaders.Batcher // its batches are as large as TrainingSet's

	Epochs        int
	EarlyStopping int // stop after this many epochs without a better validation loss; 0 = never

	// Step is told after every training step, Epoch after every epoch; an
	// error of Epoch ends the run. Either may be nil.
	Step  func(Progress)
	Epoch func(metrics.Epoch) error
}

// Progress says how far a run is.
type Progress struct {
	Epoch int     // the running epoch, counted from 1
	Step  int     // steps done in this epoch
	Steps int     // steps an epoch has
	Loss  float64 // mean over this epoch's samples so far
}

// A Result is what a run leaves besides its last weights.
type Result struct {
	History metrics.History
	Best    graphs.Weights // those of the lowest validation loss
	Stopped bool           // early, for want of progress

	// EpochOperations is the number of additions and multiplications of the
	// matrix products of an epoch, evaluation included.
	EpochOperations float64
}

// A DivergedError is a loss that is no longer a finite number.
type DivergedError struct {
	Epoch, Step  int // counted from 1
	Loss         float64
	LearningRate float64
}

func (e *DivergedError) Error() string {
	return fmt.Sprintf("training: the loss became %g at epoch %d, step %d, with the learning rate %g: set optimizer.learning_rate lower, a tenth of it to begin with",
		e.Loss, e.Epoch, e.Step, e.LearningRate)
}

// Train runs the epochs. When ctx ends or an error stops it, it returns what
// the epochs so far gave along with the error.
func (r *Run) Train(ctx context.Context) (result Result, err error) {
	trainer, err := r.newTrainer()
	if err != nil {
		return Result{}, err
	}
	defer func() { err = trainer.close(err) }()
	evaluator, err := NewEvaluator(r.Architecture, r.Evaluated(), r.ValidationSet.Size())
	if err != nil {
		return Result{}, err
	}
	defer func() { err = evaluator.machine.close(err) }()

	result.Best = r.Evaluated().Clone()
	result.EpochOperations = r.epochOperations(trainer, evaluator)
	for number := 1; number <= r.Epochs; number++ {
		began := time.Now()
		epoch := metrics.Epoch{Number: number}
		if err = r.trainEpoch(ctx, trainer, &epoch); err != nil {
			return result, err
		}
		if err = r.evaluateEpoch(ctx, evaluator, &epoch); err != nil {
			return result, err
		}
		if !finite(epoch.ValidationLoss) {
			return result, &DivergedError{number, r.Batches.Batches(), epoch.ValidationLoss, epoch.LearningRate}
		}
		epoch.Seconds = time.Since(began).Seconds()

		result.History = append(result.History, epoch)
		best := result.History.Best()
		if best == len(result.History)-1 {
			result.Best.CopyFrom(r.Evaluated())
		}
		if r.Epoch != nil {
			if err = r.Epoch(epoch); err != nil {
				return result, err
			}
		}
		if r.EarlyStopping > 0 && len(result.History)-1-best >= r.EarlyStopping {
			result.Stopped = true
			break
		}
	}
	return result, nil
}

// epochOperations counts what trainer and evaluator do in an epoch.
func (r *Run) epochOperations(trainer *machine, evaluator *Evaluator) float64 {
	evaluated := r.ValidationSet.Set.Len()
	if r.Architecture.Predict != nil {
		evaluated += r.TrainingSet.Set.Len() // for its accuracy
	}
	return float64(r.Batches.Set.Len()*trainer.model.Operations() + evaluated*evaluator.machine.model.Operations())
}

// Evaluated are the weights that are evaluated and kept: the average, or the
// trained ones where there is none.
func (r *Run) Evaluated() graphs.Weights {
	if r.Average != nil {
		return r.Average.Weights
	}
	return r.Weights
}

// newTrainer returns the machine of the graph with gradients.
func (r *Run) newTrainer() (*machine, error) {
	model, err := r.Architecture.Build(r.Weights, r.Batches.Size())
	if err != nil {
		return nil, err
	}
	if err := model.Differentiate(); err != nil {
		return nil, err
	}
	return newMachine(model), nil
}

// trainEpoch steps through the epoch's batches and sets the learning rate of its
// last step and the mean loss over its samples as they were trained.
func (r *Run) trainEpoch(ctx context.Context, trainer *machine, epoch *metrics.Epoch) error {
	before, scheduled := (epoch.Number-1)*r.Batches.Batches(), r.Schedule(epoch.Number)
	parameters := G.NodesToValueGrads(trainer.model.Learnables)
	total, samples, step := 0.0, 0, 0
	for batch := range r.Batches.Epoch(epoch.Number) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := trainer.run(batch); err != nil {
			return err
		}
		step++
		epoch.LearningRate = scheduled * r.Warmup.Factor(before+step)
		loss := trainer.model.LossValue()
		if !finite(loss) {
			return &DivergedError{epoch.Number, step, loss, epoch.LearningRate}
		}
		r.Solver.SetLearningRate(epoch.LearningRate)
		if err := r.Solver.Step(parameters); err != nil {
			return err
		}
		if r.Average != nil {
			r.Average.Update(r.Weights, before+step)
		}
		total += loss * float64(batch.Rows())
		samples += batch.Rows()
		if r.Step != nil {
			r.Step(Progress{Epoch: epoch.Number, Step: step, Steps: r.Batches.Batches(), Loss: total / float64(samples)})
		}
	}
	epoch.TrainLoss = total / float64(samples)
	return nil
}

// evaluateEpoch measures the weights after the epoch: the validation loss, and
// both sets' accuracies for a model that classifies.
func (r *Run) evaluateEpoch(ctx context.Context, evaluator *Evaluator, epoch *metrics.Epoch) error {
	validation, err := evaluator.Evaluate(ctx, r.ValidationSet)
	if err != nil {
		return err
	}
	epoch.ValidationLoss = validation.Loss
	epoch.TrainAccuracy, epoch.ValidationAccuracy = math.NaN(), math.NaN()
	if validation.Confusion == nil {
		return nil
	}
	training, err := evaluator.Evaluate(ctx, r.TrainingSet)
	if err != nil {
		return err
	}
	epoch.TrainAccuracy = training.Confusion.Accuracy()
	epoch.ValidationAccuracy = validation.Confusion.Accuracy()
	return nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
