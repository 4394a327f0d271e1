package runs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/loaders"
	"cifartrain/metrics"
	"cifartrain/solvers"
	"cifartrain/training"
)

// Train trains the run of a config, in a folder of its own.
func (s *Session) Train(ctx context.Context, config configs.Config) error {
	if err := s.Check(ctx, []configs.Config{config}, 1); err != nil {
		return err
	}
	run, err := s.Prepare(ctx, config, Need{Images: true})
	if err != nil {
		return err
	}
	if err := errors.Join(run.Suits(), run.fits()); err != nil {
		return err
	}
	if size := run.Config.Data.BatchSize; size < config.Data.BatchSize {
		fmt.Fprintf(s.Err, "note: data.batch_size is %d instead of %d, because there are no more images to train on\n", size, config.Data.BatchSize)
	}
	folder, err := runfolder.Create(s.Runs, config.Name, time.Now())
	if err != nil {
		return err
	}
	return s.claimed(ctx, folder, func(ctx context.Context, folder *runfolder.Folder) error {
		if err := s.Create(folder, run.Config, s.Init); err != nil {
			return err
		}
		s.PointLatest(folder)
		_, err := s.Continue(ctx, folder, run.Config, ToTheEnd)
		return err
	})
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

// Resume continues the run at path as if it had never stopped. configPath names
// a config file; if it is empty, the run's own config is used. The config and
// the overrides (see [configs.Load]) may only change the number of epochs and
// where the dataset is taken from.
func (s *Session) Resume(ctx context.Context, path, configPath string, overrides []string) error {
	folder, err := openRun(path)
	if err != nil {
		return err
	}
	asked, err := s.Load(cmp.Or(configPath, folder.File(runfolder.ConfigFile)), overrides)
	if err != nil {
		return err
	}
	return s.claimed(ctx, folder, func(ctx context.Context, folder *runfolder.Folder) error {
		end, err := s.Continue(ctx, folder, asked, ToTheEnd)
		if end != "" {
			fmt.Fprintln(s.Out, end)
		}
		return err
	})
}

// claimed calls work with a folder that no other process writes into meanwhile.
func (s *Session) claimed(ctx context.Context, folder *runfolder.Folder, work func(context.Context, *runfolder.Folder) error) error {
	ctx, claim, err := folder.Claim(ctx, func(holder runfolder.Holder) {
		fmt.Fprintf(s.Out, "waiting for %v, which has given no sign of having ended; a minute without a sign of life means that it is dead\n", holder)
	})
	if err != nil {
		return err
	}
	return errors.Join(work(ctx, claim.Folder()), claim.Release())
}

// train trains a run from its beginning or from a saved state up to the epoch after
// which it pauses, and writes the results.
func (s *Session) train(ctx context.Context, run *Run, from *training.State, pause int) error {
	reports.ShowHead(s.Out, run.Summary, run.Folder.Path)
	defer s.Index(run.Folder)
	result, err := s.trainEpochs(ctx, run, from, pause)
	s.Display.Clear()
	if err := run.end(ctx, result, err); err != nil {
		return err
	}
	reports.ShowSummary(s.Out, run.Summary, run.Folder.Path)
	return nil
}

// trainEpochs trains a run and reports on it to the display, to metrics.csv and to
// TensorBoard. Before that it draws the weights if the seed draws them, which
// may take seconds.
func (s *Session) trainEpochs(ctx context.Context, r *Run, from *training.State, pause int) (training.Result, error) {
	if r.Weights == nil {
		if err := r.loadWeights(ctx, Need{Drawn: true}); err != nil {
			return training.Result{}, err
		}
	}
	loop, err := r.newLoop()
	if err != nil {
		return training.Result{}, err
	}
	r.loop, loop.PauseAfter, loop.Evaluator = loop, pause, r.evaluator.of(r.Architecture, loop.Evaluated())
	if err := r.describeModel(); err != nil {
		return training.Result{}, err
	}
	var history metrics.History
	var last *metrics.Epoch
	if from != nil && len(from.History) > 0 {
		history = from.History
		last = &history[len(history)-1]
	}
	board, err := s.board(r.Folder, history)
	if err != nil {
		return training.Result{}, err
	}
	defer board.Close()
	task := r.Architecture.Task
	loop.Step = func(now training.Progress) {
		done := (now.Epoch-1)*now.Steps + now.Step
		s.Display.Step(task, done, loop.Epochs*now.Steps, now.Epoch, loop.Epochs, now.Loss, last)
	}
	loop.Epoch = func(epoch metrics.Epoch) error {
		last = &epoch
		s.Display.Epoch(task, epoch, loop.Epochs)
		return errors.Join(r.Folder.AppendEpoch(epoch), board.Scalars(epoch.Number, scalars(epoch)))
	}
	loop.Resume, loop.Save, loop.SaveEvery = from, r.save, cmp.Or(s.SaveEvery, time.Minute)
	if r.Summary.PCA, err = r.measureYardstick(ctx); err != nil { // the run is worth keeping without it
		fmt.Fprintf(s.Err, "no principal components to compare with: %v\n", err)
	}
	result, err := loop.Train(ctx)
	return result, cmp.Or(r.waitForCheckpoint(), err)
}

// newLoop assembles the parts of the run for the training loop. It needs images and
// weights.
func (r *Run) newLoop() (*training.Run, error) {
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
		TrainingSet:   r.batches(r.Training),
		ValidationSet: r.batches(r.Validation),
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
func solver(config configs.Config) (solver solvers.Solver, schedule solvers.Schedule, err error) {
	o := config.Optimizer
	if solver, err = solvers.New(solvers.Spec{
		Kind: o.Kind, LearningRate: o.LearningRate, Momentum: o.Momentum, Nesterov: o.Nesterov,
		Betas: [2]float64(o.Betas), Eps: o.Eps, WeightDecay: o.WeightDecay, ClipNorm: o.ClipNorm,
	}); err == nil {
		schedule, err = solvers.NewSchedule(solvers.ScheduleSpec{
			Kind: o.Schedule, Initial: o.LearningRate, Epochs: config.Train.Epochs, StepEpochs: o.StepEpochs, Gamma: o.Gamma,
		})
	}
	if err != nil {
		err = RequestError(err.Error())
	}
	return solver, schedule, err
}
