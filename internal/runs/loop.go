package runs

import (
	"context"
	"fmt"
	"math"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/loaders"
	"cifartrain/solvers"
	"cifartrain/training"
)

// Loop assembles the parts of the run for the training loop. It needs images and
// weights.
func (r *Run) Loop() (*training.Run, error) {
	if err := r.Suits(); err != nil {
		return nil, err
	}
	solver, schedule, err := solver(r.Config)
	if err != nil {
		return nil, err
	}
	data, train := r.Config.Data, r.Config.Train
	run := &training.Run{
		Architecture: r.Architecture, Weights: r.Weights, Solver: solver, Schedule: schedule, Warmup: solvers.Warmup(r.Config.Optimizer.WarmupSteps),
		Batches: loaders.NewBatcher(r.Training, r.Transform, loaders.BatchOptions{
			Size: data.BatchSize, Shuffle: data.Shuffle, Flip: data.Flip, Shift: data.Shift, Random: r.Config.Random,
		}),
		TrainingSet:   r.Batches(r.Training),
		ValidationSet: r.Batches(r.Validation),
		Random:        r.Config.Random,
		Epochs:        train.Epochs, EarlyStopping: train.EarlyStopping,
	}
	if train.AverageDecay > 0 {
		run.Average = training.NewAverage(r.Weights, train.AverageDecay)
	}
	return run, nil
}

// Suits returns an error if the warm-up is longer than the run, or if a batch
// normalization would get a batch of one image.
func (r *Run) Suits() error {
	size, images, epochs, warmup := r.Config.Data.BatchSize, r.Training.Len(), r.Config.Train.Epochs, r.Config.Optimizer.WarmupSteps
	if steps := (images + size - 1) / size; warmup > epochs*steps {
		return r.Config.Error(configs.Problem{Key: "optimizer.warmup_steps", Message: fmt.Sprintf(
			"a warm-up of %d steps is longer than the run, whose %s of %d steps make %d: train longer or shorten the warm-up", warmup, reports.Epochs(epochs), steps, epochs*steps)})
	}
	if r.Config.Model.BatchNorm && images%size == 1 {
		return r.Config.Error(configs.Problem{Key: "data.batch_size", Message: fmt.Sprintf(
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

// Check returns an error for mistakes in configs, each trained with so many seeds,
// that can be found before the first run. It does not open well-known datasets.
func (s *Session) Check(ctx context.Context, all []configs.Config, seeds int) error {
	if seeds < 1 {
		return Requestf("-seeds %d: there must be at least one", seeds)
	}
	for i, config := range all {
		if uint64(seeds-1) > math.MaxUint64-config.Seed {
			return Requestf("-seeds %d: there are not that many seeds from %d upwards", seeds, config.Seed)
		}
		prepared, err := s.Prepare(ctx, config, Need{File: s.Init})
		if err != nil {
			return err
		}
		if i == 0 && len(prepared.wrappings) > 0 {
			fmt.Fprintf(s.Err, "note: the weights of %s were taken out of %q\n", s.Init, prepared.wrappings)
		}
		if _, _, err := solver(config); err != nil {
			return err
		}
	}
	return nil
}
