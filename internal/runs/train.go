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

// Train trains the run of a config.
func (s *Session) Train(ctx context.Context, config configs.Config) error {
	if err := s.Check(ctx, []configs.Config{config}, 1); err != nil {
		return err
	}
	_, err := s.train(ctx, config)
	return err
}

// train trains one run: config, dataset, batches, graph, training, history, pictures
// and report.
func (s *Session) train(ctx context.Context, config configs.Config) (record *record, err error) {
	started := time.Now()
	need := Need{Images: true}
	if s.Init != "" {
		need.Weights = WeightsIn(s.Init)
	}
	prepared, err := s.Prepare(ctx, config, need)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(prepared.Suits(), prepared.fits()); err != nil {
		return nil, err
	}
	if size := prepared.Config.Data.BatchSize; size < config.Data.BatchSize {
		fmt.Fprintf(s.Err, "note: data.batch_size is %d instead of %d, because there are no more images to train on\n", size, config.Data.BatchSize)
	}
	folder, err := runfolder.Create(s.Runs, config.Name, started)
	if err != nil {
		return nil, err
	}
	ctx, claim, err := folder.Claim(ctx, s.showWaiting)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, claim.Release()) }()
	record = newRecord(claim.Folder(), prepared, s.Init, started)
	if err := record.begin(); err != nil {
		return nil, err
	}
	if err := folder.PointLatest(); err != nil {
		fmt.Fprintf(s.Err, "warning: %v\n", err)
	}
	return record, s.trainAndReport(ctx, record, nil)
}

// showWaiting says that another process may be working in a folder, and that this
// one waits to see whether it is still alive.
func (s *Session) showWaiting(holder runfolder.Holder) {
	fmt.Fprintf(s.Out, "waiting for %v, which has given no sign of having ended; a minute without a sign of life means that it is dead\n", holder)
}

// trainAndReport trains a run from its beginning or from a saved state, and writes
// the results.
func (s *Session) trainAndReport(ctx context.Context, record *record, from *training.State) error {
	reports.ShowHead(s.Out, record.summary, record.folder.Path)
	defer s.Index(record.folder)
	result, err := s.trainRun(ctx, record, from)
	s.Display.Clear()
	if err := record.end(ctx, result, err); err != nil {
		return err
	}
	if record.noYardstick != "" {
		fmt.Fprintf(s.Err, "no principal components to compare with: %s\n", record.noYardstick)
	}
	reports.ShowSummary(s.Out, record.summary, record.folder.Path)
	return nil
}

// trainRun trains a run and reports on it to the display, to metrics.csv and to
// TensorBoard. Before that it draws the weights if the seed draws them, which
// may take seconds.
func (s *Session) trainRun(ctx context.Context, record *record, from *training.State) (training.Result, error) {
	if record.Weights == nil {
		if err := record.loadWeights(ctx, DrawnWeights); err != nil {
			return training.Result{}, err
		}
	}
	run, err := record.Run()
	if err != nil {
		return training.Result{}, err
	}
	record.run, run.PauseAfter = run, record.pause
	if err := record.describeModel(); err != nil {
		return training.Result{}, err
	}
	var history metrics.History
	var last *metrics.Epoch
	if from != nil && len(from.History) > 0 {
		history = from.History
		epoch := history.Last()
		last = &epoch
	}
	board, err := s.board(record.folder, record.Architecture.Task, history)
	if err != nil {
		return training.Result{}, err
	}
	defer board.Close()
	task := record.Architecture.Task
	run.Step = func(now training.Progress) {
		done := (now.Epoch-1)*now.Steps + now.Step
		s.Display.Step(task, done, run.Epochs*now.Steps, now.Epoch, run.Epochs, now.Loss, last)
	}
	run.Epoch = func(epoch metrics.Epoch) error {
		last = &epoch
		s.Display.Epoch(task, epoch, run.Epochs)
		return errors.Join(record.folder.AppendEpoch(epoch), board.Scalars(epoch.Number, scalars(task, epoch)))
	}
	run.Resume, run.Save, run.SaveEvery = from, record.save, cmp.Or(s.SaveEvery, time.Minute)
	record.summary.PCA, record.noYardstick = record.measureYardstick(ctx)
	result, err := run.Train(ctx)
	return result, cmp.Or(record.saved(), err)
}
