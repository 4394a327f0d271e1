package runs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
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
	if err := errors.Join(run.CheckSteps(), run.checkMemory()); err != nil {
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
			os.RemoveAll(folder.Path) // it holds nothing to go on with
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
	asked, err := Load(cmp.Or(configPath, folder.File(runfolder.ConfigFile)), overrides)
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

// ToTheEnd is the pause of a run that does not pause.
const ToTheEnd = 0

// Continue trains the run in a claimed folder from where it stands to the epoch
// after which it pauses, or to its end. If nothing is left to do, it says how the
// run ended.
func (s *Session) Continue(ctx context.Context, folder *runfolder.Folder, asked configs.Config, pause int) (end string, err error) {
	saved, begun, err := s.checkpoint(folder)
	if err != nil {
		return "", err
	}
	if err := Unchanged("run", folder, begun, asked); err != nil {
		return "", err
	}
	if saved != nil {
		if end, err := howItEnded(folder, saved, begun, asked, pause); end != "" || err != nil {
			return end, err
		}
	}
	run, state, err := s.resumed(ctx, folder, saved, begun, asked)
	if errors.As(err, new(*runfolder.WriteError)) {
		err = fmt.Errorf("%w; once the cause is fixed, %s", err, howToGoOn(folder.Path))
	}
	if err != nil {
		return "", err
	}
	return "", s.train(ctx, run, state, pause)
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
	if r.loop == nil {
		if err := r.newLoop(ctx); err != nil {
			return training.Result{}, err
		}
	}
	loop := r.loop
	loop.PauseAfter, loop.Evaluator = pause, r.evaluator.of(r.Architecture, loop.Evaluated())
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
	result, err := loop.Train(ctx)
	return result, cmp.Or(r.waitForCheckpoint(), err)
}
