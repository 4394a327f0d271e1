package runs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
	"cifartrain/training"
)

// Train trains the run of a config, in a folder of its own.
func (s *Session) Train(ctx context.Context, config configs.Config) (err error) {
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
	ctx, claim, err := folder.Claim(ctx, s.showWaiting)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, claim.Release()) }()
	if err := s.Create(claim.Folder(), run.Config, s.Init); err != nil {
		return err
	}
	if err := folder.PointLatest(); err != nil {
		fmt.Fprintf(s.Err, "warning: %v\n", err)
	}
	_, err = s.Continue(ctx, claim.Folder(), run.Config, ToTheEnd)
	return err
}

// Resume continues the run at path as if it had never stopped. configPath names
// a config file; if it is empty, the run's own config is used. The config and
// the overrides (see [configs.Load]) may only change the number of epochs and
// where the dataset is taken from.
func (s *Session) Resume(ctx context.Context, path, configPath string, overrides []string) (err error) {
	folder, err := openRun(path)
	if err != nil {
		return err
	}
	asked, err := s.Load(cmp.Or(configPath, folder.File(runfolder.ConfigFile)), overrides)
	if err != nil {
		return err
	}
	ctx, claim, err := folder.Claim(ctx, s.showWaiting)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, claim.Release()) }()
	end, err := s.Continue(ctx, claim.Folder(), asked, ToTheEnd)
	if end != "" {
		fmt.Fprintln(s.Out, end)
	}
	return err
}

// ToTheEnd is the pause of a run that does not pause.
const ToTheEnd = 0

// Continue trains the run in a claimed folder from where it stands to the epoch
// after which it pauses, or to its end. If nothing is left to do, it says how the
// run ended.
func (s *Session) Continue(ctx context.Context, folder *runfolder.Folder, asked configs.Config, pause int) (end string, err error) {
	saved, err := s.checkpoint(folder)
	if err != nil {
		return "", err
	}
	begun, err := s.begunConfig(folder, saved)
	if err != nil {
		return "", err
	}
	if err := resumable(folder, saved, begun, asked); err != nil {
		return "", err
	}
	if end, err := howItEnded(folder, saved, begun, asked); end != "" || err != nil {
		return end, err
	}
	if pause > 0 && saved != nil && len(saved.History) >= pause && Ended(folder, pause) {
		return fmt.Sprintf("%s pauses after %s", folder.Path, reports.Epochs(pause)), nil
	}
	run, state, err := s.resumed(ctx, folder, saved, begun, asked)
	if err != nil {
		return "", err
	}
	run.pause = pause
	return "", s.train(ctx, run, state)
}

// showWaiting says that another process may be working in a folder, and that this
// one waits to see whether it is still alive.
func (s *Session) showWaiting(holder runfolder.Holder) {
	fmt.Fprintf(s.Out, "waiting for %v, which has given no sign of having ended; a minute without a sign of life means that it is dead\n", holder)
}

// train trains a run from its beginning or from a saved state, and writes the
// results.
func (s *Session) train(ctx context.Context, run *Run, from *training.State) error {
	reports.ShowHead(s.Out, run.Summary, run.Folder.Path)
	defer s.Index(run.Folder)
	result, err := s.trainEpochs(ctx, run, from)
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
func (s *Session) trainEpochs(ctx context.Context, r *Run, from *training.State) (training.Result, error) {
	if r.Weights == nil {
		if err := r.loadWeights(ctx, Need{Drawn: true}); err != nil {
			return training.Result{}, err
		}
	}
	loop, err := r.Loop()
	if err != nil {
		return training.Result{}, err
	}
	r.loop, loop.PauseAfter, loop.Evaluator = loop, r.pause, r.evaluator.of(r.Architecture, loop.Evaluated())
	if err := r.describeModel(); err != nil {
		return training.Result{}, err
	}
	var history metrics.History
	var last *metrics.Epoch
	if from != nil && len(from.History) > 0 {
		history = from.History
		epoch := history.Last()
		last = &epoch
	}
	board, err := s.board(r.Folder, r.Architecture.Task, history)
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
		return errors.Join(r.Folder.AppendEpoch(epoch), board.Scalars(epoch.Number, scalars(task, epoch)))
	}
	loop.Resume, loop.Save, loop.SaveEvery = from, r.save, cmp.Or(s.SaveEvery, time.Minute)
	if r.Summary.PCA, err = r.measureYardstick(ctx); err != nil { // the run is worth keeping without it
		fmt.Fprintf(s.Err, "no principal components to compare with: %v\n", err)
	}
	result, err := loop.Train(ctx)
	return result, cmp.Or(r.saved(), err)
}
