package runs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/loaders"
	"cifartrain/metrics"
	"cifartrain/solvers"
	"cifartrain/training"
)

// Train trains the run of a config, in a folder of its own. This file tells it in the
// order in which it happens: config, dataset, batches, graph, loss and gradients,
// solver, history, pictures and report.
func (s *Session) Train(ctx context.Context, config configs.Config) (err error) {
	if err := s.Check(ctx, []configs.Config{config}, 1); err != nil {
		return err
	}
	run, err := s.Prepare(ctx, config, Need{Images: true, File: s.Init}) // the dataset with its split, and the model
	if err != nil {
		return err
	}
	if err := errors.Join(run.CheckSteps(), run.checkMemory()); err != nil {
		return err
	}
	if size := run.Config.Data.BatchSize; size < config.Data.BatchSize {
		fmt.Fprintf(s.Err, "note: data.batch_size is %d instead of %d, because there are no more images to train on\n", size, config.Data.BatchSize)
	}
	began := time.Now()
	folder, err := runfolder.Create(s.Runs, config.Name, began)
	if err != nil {
		return err
	}
	ctx, claim, err := s.claim(ctx, folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, claim.Release()) }()
	run.Folder, run.Summary, run.began = claim.Folder(), run.Begun(began), began
	if err := s.Create(run.Folder, run.Config, s.Init); err != nil {
		os.RemoveAll(folder.Path) // it holds nothing to go on with
		return err
	}
	s.PointLatest(run.Folder)
	return run.train(ctx, nil, ToTheEnd)
}

// train trains a prepared run, which may have trained the epochs of a history, to the
// epoch after which it pauses or to its end. It writes all files of the run, the
// summary's final status last, so that a run that says it is finished lacks nothing.
// After a failure it still writes the results of the finished epochs.
func (r *Run) train(ctx context.Context, history metrics.History, pause int) error {
	s := r.session
	if err := r.begin(history); err != nil {
		return err
	}
	reports.ShowHead(s.Out, r.Summary, r.Folder.Path)
	defer s.Index(r.Folder)
	result, err := r.trainEpochs(ctx, history, pause)
	s.Display.Clear()
	if err == nil {
		err = r.test(ctx, result)
	}
	unwritten := r.write(result, err)
	if err := cmp.Or(err, unwritten); err != nil {
		return r.stopped(result, err, unwritten)
	}
	reports.ShowSummary(s.Out, r.Summary, r.Folder.Path)
	return nil
}

// newLoop puts batches, weights and solver together for training. The seed draws the
// weights unless they were read from a file.
func (r *Run) newLoop(ctx context.Context) error {
	if err := r.CheckSteps(); err != nil {
		return err
	}
	solver, schedule, err := solver(r.Config)
	if err != nil {
		return err
	}
	if r.Weights == nil {
		r.Weights = r.Architecture.Initialize(r.Config.Random)
		if err := r.setPrincipalComponents(ctx); err != nil {
			return err
		}
	}
	data, train := r.Config.Data, r.Config.Train
	r.loop = &training.Loop{
		Architecture: r.Architecture, Weights: r.Weights, Solver: solver, Schedule: schedule, Warmup: solvers.Warmup(r.Config.Optimizer.WarmupSteps),
		TrainBatcher: loaders.NewBatcher(r.Training, r.Transform, loaders.BatchOptions{
			Size: data.BatchSize, Shuffle: data.Shuffle, Flip: data.Flip, Shift: data.Shift, Random: r.Config.Random,
		}),
		TrainEvalBatcher:  r.batches(r.Training),
		ValidationBatcher: r.batches(r.Validation),
		Random:            r.Config.Random,
		Epochs:            train.Epochs, EarlyStopping: train.EarlyStopping,
	}
	if train.AverageDecay > 0 {
		r.loop.Average = training.NewAverage(r.Weights, train.AverageDecay)
	}
	return nil
}

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

// trainEpochs trains a run and reports on it to the display, to metrics.csv and to
// TensorBoard.
func (r *Run) trainEpochs(ctx context.Context, history metrics.History, pause int) (training.Result, error) {
	s := r.session
	if r.loop == nil { // a run that goes on from a checkpoint has restored its loop already
		if err := r.newLoop(ctx); err != nil {
			return training.Result{}, err
		}
	}
	loop := r.loop
	loop.PauseAfter, loop.Evaluator = pause, r.evaluator.of(r.Architecture, loop.Evaluated())
	if err := r.describeModel(); err != nil {
		return training.Result{}, err
	}
	var last *metrics.Epoch
	if len(history) > 0 {
		last = &history[len(history)-1]
	}
	board, err := s.board(r.Folder, history)
	if err != nil {
		return training.Result{}, err
	}
	defer board.Close()
	task := r.Architecture.Task
	loop.AfterStep = func(now training.Progress) {
		done := (now.Epoch-1)*now.Steps + now.Step
		s.Display.Step(task, done, loop.Epochs*now.Steps, now.Epoch, loop.Epochs, now.Loss, last)
	}
	loop.AfterEpoch = func(epoch metrics.Epoch) error {
		last = &epoch
		s.Display.Epoch(task, epoch, loop.Epochs)
		return errors.Join(r.Folder.AppendEpoch(epoch), board.Scalars(epoch.Number, scalars(epoch)))
	}
	loop.SaveState, loop.SaveEvery = r.save, cmp.Or(s.SaveEvery, time.Minute)
	if r.Summary.PCA, err = r.measureYardstick(ctx); err != nil { // the run is worth keeping without it
		fmt.Fprintf(s.Err, "no principal components to compare with: %v\n", err)
	}
	result, err := loop.Train(ctx) // batch by batch: the graph, its loss and gradients, a step of the solver
	return result, cmp.Or(r.waitForCheckpoint(), err)
}

// test scores the last and the best weights on the test images.
func (r *Run) test(ctx context.Context, result training.Result) error {
	last, err := r.with(r.loop.Evaluated()).Score(ctx, r.Test)
	if err != nil {
		return err
	}
	r.best = r.with(result.Best)
	best, err := r.best.Score(ctx, r.Test)
	if err != nil {
		return err
	}
	r.Summary.Final = figures(result.History.Last(), last)
	r.Summary.Best = figures(result.History[result.History.Best()], best)
	r.Summary.Confusion = best.Confusion
	if best.Correct != nil {
		if err := r.Folder.WriteCorrect(best.Correct); err != nil {
			return err
		}
	}
	return r.best.evaluate(r.Validation, func(e *training.Evaluator, batches *loaders.Batcher) (err error) {
		r.Summary.DeadUnits, err = e.DeadUnits(ctx, batches)
		return err
	})
}

// write writes weights, pictures and report, and the summary last. A failure may have
// spoiled the last weights, so they are not written then.
func (r *Run) write(result training.Result, cause error) error {
	r.Summary.Epochs = len(result.History)
	if len(result.History) > 0 {
		r.judge(result.History)
		err := r.Folder.WriteWeights(runfolder.BestWeightsFile, result.Best.ByName(), r.PixelMetadata())
		if err == nil && r.ended(result, cause) != runfolder.Failed {
			err = r.Folder.WriteWeights(runfolder.LastWeightsFile, r.loop.Evaluated().ByName(), r.PixelMetadata())
		}
		if err != nil {
			return err
		}
	}
	pictures, err := r.draw(result)
	r.Summary.Seconds = time.Since(r.began).Seconds()
	r.Summary.PeakMemory = runfolder.PeakMemory()
	cause = cmp.Or(cause, err)
	if r.Summary.Status = r.ended(result, cause); r.Summary.Status == runfolder.Failed {
		r.Summary.Error = cause.Error()
	}
	if err != nil { // the figures are worth keeping, but files are missing
		return errors.Join(err, r.Folder.WriteSummary(r.Summary))
	}
	if err := reports.WriteReport(r.Folder, r.Summary, pictures); err != nil {
		return err
	}
	if r.Summary.Files, err = r.Folder.Files(); err != nil {
		return err
	}
	if err := r.Folder.WriteSummary(r.Summary); err != nil || cause != nil || r.Summary.Status == runfolder.Paused {
		return err
	}
	return r.Folder.Remove(runfolder.PreviousCheckpointFile) // the last one is enough to make the run longer
}
