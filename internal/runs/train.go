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

// train trains one run: config, dataset, batches, graph, training, history,
// pictures and report. If begun is not nil, it is called with the run's folder
// as soon as the run can be resumed.
func (s *Session) train(ctx context.Context, config configs.Config, begun func(*runfolder.Folder) error) (*record, error) {
	started := time.Now()
	need := Need{Images: true}
	if s.Init != "" {
		need.Weights = WeightsIn(s.Init)
	}
	prepared, err := s.Prepare(ctx, config, need)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(prepared.suits(), prepared.fits()); err != nil {
		return nil, err
	}
	if size := prepared.Config.Data.BatchSize; size < config.Data.BatchSize {
		fmt.Fprintf(s.Err, "note: data.batch_size is %d instead of %d, because there are no more images to train on\n", size, config.Data.BatchSize)
	}
	folder, err := runfolder.Create(s.Runs, config.Name, started)
	if err != nil {
		return nil, err
	}
	unlock, err := folder.Lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	record := newRecord(folder, prepared, s.Init, started)
	if err := record.begin(); err != nil {
		return nil, err
	}
	if begun != nil {
		if err := begun(folder); err != nil {
			return nil, err
		}
	}
	if err := folder.PointLatest(); err != nil {
		fmt.Fprintf(s.Err, "warning: %v\n", err)
	}
	return record, s.carryOut(ctx, record, nil)
}

// carryOut trains a run from its beginning or from a saved state, and writes
// the results.
func (s *Session) carryOut(ctx context.Context, record *record, from *training.State) error {
	reports.ShowHead(s.Out, record.summary, record.folder.Path)
	defer s.index(record.folder)
	result, err := s.follow(ctx, record, from)
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

// follow trains a run and reports on it to the display, to metrics.csv and to
// TensorBoard. Before that it draws the weights if the seed draws them, which
// may take seconds.
func (s *Session) follow(ctx context.Context, record *record, from *training.State) (training.Result, error) {
	if record.Weights == nil {
		if err := record.weigh(ctx, DrawnWeights); err != nil {
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
	run.Resume, run.Save, run.SaveEvery = from, record.save, cmp.Or(s.saveEvery, time.Minute)
	record.summary.PCA, record.noYardstick = record.measureYardstick(ctx)
	result, err := run.Train(ctx)
	return result, cmp.Or(record.saved(), err)
}
