package runs

import (
	"context"
	"errors"
	"fmt"

	"cifartrain/configs"
	"cifartrain/graphs"
	"cifartrain/internal/reports"
	"cifartrain/loaders"
	"cifartrain/solvers"
	"cifartrain/training"
)

// Run assembles the parts of a prepared run for the training loop. It needs
// images and weights.
func (p *Prepared) Run() (*training.Run, error) {
	if err := p.Suits(); err != nil {
		return nil, err
	}
	solver, schedule, err := solver(p.Config)
	if err != nil {
		return nil, err
	}
	data, train := p.Config.Data, p.Config.Train
	run := &training.Run{
		Architecture: p.Architecture, Weights: p.Weights, Solver: solver, Schedule: schedule, Warmup: solvers.Warmup(p.Config.Optimizer.WarmupSteps),
		Batches: loaders.NewBatcher(p.Images.Training, p.Transform, loaders.BatchOptions{
			Size: data.BatchSize, Shuffle: data.Shuffle, Flip: data.Flip, Shift: data.Shift, Random: p.Config.Random,
		}),
		TrainingSet:   p.Batches(p.Images.Training),
		ValidationSet: p.Batches(p.Images.Validation),
		Random:        p.Config.Random,
		Epochs:        train.Epochs, EarlyStopping: train.EarlyStopping,
	}
	if train.AverageDecay > 0 {
		run.Average = training.NewAverage(p.Weights, train.AverageDecay)
	}
	return run, nil
}

// Suits returns an error if the warm-up is longer than the run, or if a batch
// normalization would get a batch of one image.
func (p *Prepared) Suits() error {
	size, images, epochs, warmup := p.Config.Data.BatchSize, p.Images.Training.Len(), p.Config.Train.Epochs, p.Config.Optimizer.WarmupSteps
	if steps := (images + size - 1) / size; warmup > epochs*steps {
		return p.Config.Error(configs.Problem{Key: "optimizer.warmup_steps", Message: fmt.Sprintf(
			"a warm-up of %d steps is longer than the run, whose %s of %d steps make %d: train longer or shorten the warm-up", warmup, reports.Epochs(epochs), steps, epochs*steps)})
	}
	if p.Config.Model.BatchNorm && images%size == 1 {
		return p.Config.Error(configs.Problem{Key: "data.batch_size", Message: fmt.Sprintf(
			"the last batch of the %d training images would hold a single one, which batch normalization cannot normalize: choose another size than %d", images, size)})
	}
	return nil
}

// solver returns a new solver as the config describes it, and its learning-rate
// schedule.
func solver(config configs.Config) (solvers.Solver, solvers.Schedule, error) {
	o := config.Optimizer
	solver, err := solvers.New(solvers.Spec{
		Kind: o.Kind, LearningRate: o.LearningRate, Momentum: o.Momentum, Nesterov: o.Nesterov,
		Betas: [2]float64(o.Betas), Eps: o.Eps, WeightDecay: o.WeightDecay, ClipNorm: o.ClipNorm,
	})
	if err != nil {
		return nil, nil, RequestError(err.Error())
	}
	schedule, err := solvers.NewSchedule(solvers.ScheduleSpec{
		Kind: o.Schedule, Initial: o.LearningRate, Epochs: config.Train.Epochs, StepEpochs: o.StepEpochs, Gamma: o.Gamma,
	})
	if err != nil {
		return nil, nil, RequestError(err.Error())
	}
	return solver, schedule, nil
}

// Batches returns a set's batches for evaluation: in order and unaltered.
func (p *Prepared) Batches(set *loaders.Set) *loaders.Batcher {
	return loaders.NewBatcher(set, p.Transform, loaders.BatchOptions{Size: p.Config.Data.EvalBatchSize})
}

// Score evaluates weights on a set of the run's images.
func (p *Prepared) Score(ctx context.Context, weights graphs.Weights, set *loaders.Set) (training.Evaluation, error) {
	batches := p.Batches(set)
	evaluator := training.NewEvaluator(p.Architecture, weights)
	evaluation, err := evaluator.Evaluate(ctx, batches)
	return evaluation, errors.Join(err, evaluator.Close())
}
