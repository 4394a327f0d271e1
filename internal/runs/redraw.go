package runs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/shell"
	"cifartrain/training"
)

// Redraw draws the pictures and the page of the run at path again, from the files
// it has written. The overrides are for its config; see [configs.Load].
func (s *Session) Redraw(ctx context.Context, path string, overrides []string) (err error) {
	run, err := s.Open(path, overrides)
	if err != nil {
		return err
	}
	if _, err := run.Folder.Summary(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if run.Summary != nil && run.Summary.Status == runfolder.Failed && run.Summary.Best == nil {
		return Requestf("%s has no figures to draw: the run failed before its first epoch had ended: %s", path, run.Summary.Error)
	}
	if !run.Ended() || run.Summary.Best == nil {
		return Requestf("%s has no figures to draw: its run has not ended; see it with %s, or %s", path, shell.Command("watch", path), howToGoOn(run.Folder.Path))
	}
	if err := run.PrepareTrained(ctx, false, Need{Images: true}); err != nil {
		return err
	}
	history, err := run.Folder.History()
	if err == nil {
		err = run.Folder.ReadLayers(history)
	}
	if err == nil && len(history) != run.Summary.Epochs {
		err = fmt.Errorf("%s holds %d epochs, but the run has trained %d", run.Folder.File(runfolder.MetricsFile), len(history), run.Summary.Epochs)
	}
	if err != nil {
		return fmt.Errorf("%w; have it written again with: %s", err, shell.Command("-resume", run.Folder.Path))
	}
	_, claim, err := run.Folder.Claim(ctx, s.showWaiting)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, claim.Release()) }()
	run.Folder = claim.Folder()
	pictures, err := run.draw(training.Result{History: history, Best: run.Weights})
	if err != nil {
		return err
	}
	if err := reports.WriteReport(run.Folder, run.Summary, pictures); err != nil {
		return err
	}
	if err := run.Folder.WriteSummary(run.Summary); err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "drew %s again\n", run.Folder.File(runfolder.ReportFile))
	s.Index(run.Folder)
	return nil
}
