package runs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/shell"
	"cifartrain/metrics"
	"cifartrain/plots"
	"cifartrain/training"
)

// A picture is a PNG file in the run's folder.
type picture struct {
	file    string
	meaning string // what it shows, for readers who cannot see it; empty if the report draws its own version
	tested  bool   // whether it needs a run that was scored on the test images
	chart   bool   // whether it can be drawn to a [plots.Vector]
	draw    func(io.Writer, plots.Caption) error
	rows    func() [][]string // its values for a CSV file; may be nil
}

// pictures returns the pictures of a run with its best weights. Which there are
// depends on the model's task and its parts. The summary, the history and the
// weights are read when a picture is drawn.
func (r *Run) pictures(history metrics.History) []picture {
	all := []picture{{file: "loss.png", chart: true, draw: func(w io.Writer, caption plots.Caption) error {
		return plots.PNG(plots.LossChart(caption, history, r.Summary.Loss, reports.Yardsticks(r.Summary)...))(w)
	}}, {file: "layers.png", chart: true, draw: func(w io.Writer, caption plots.Caption) error {
		return plots.Layers(w, caption, history)
	}}}
	if r.Architecture.Task.Reconstructs() {
		return append(all, r.autoencoderPictures()...)
	}
	all = append(all, picture{file: "accuracy.png", chart: true, draw: func(w io.Writer, caption plots.Caption) error {
		return plots.PNG(plots.AccuracyChart(caption, history))(w)
	}})
	return append(all, r.classifierPictures()...)
}

// draw draws all pictures for which the run has figures, and returns those that
// the page shows beside its own curves. Each processor draws one at a time; they are
// then written one after the other, like all files of a run.
func (r *Run) draw(result training.Result) (shown []reports.Picture, err error) {
	if len(result.History) == 0 || r.session.LeavePictures {
		return nil, nil
	}
	if r.best == nil {
		r.best = r.with(result.Best)
	}
	pictures := r.best.pictures(result.History)
	if r.Summary.Best.TestLoss == nil {
		pictures = slices.DeleteFunc(pictures, func(p picture) bool { return p.tested })
	} else if r.best.predictions, err = r.best.Predict(context.Background(), r.Test); err != nil {
		return nil, err
	}
	drawn := make([]reports.Picture, len(pictures))
	var drawing errgroup.Group
	drawing.SetLimit(runtime.GOMAXPROCS(0))
	for i, one := range pictures {
		drawing.Go(func() (err error) {
			drawn[i], err = reports.Draw(one.file, one.meaning, r.captioned(one))
			return err
		})
	}
	if err := drawing.Wait(); err != nil {
		return nil, err
	}
	for i, one := range pictures {
		err := r.Folder.Write(one.file, drawn[i].PNG)
		if name := strings.TrimSuffix(one.file, "png"); err == nil && r.session.Vector.Format != "" && one.chart {
			err = r.Folder.WriteWith(name+r.session.Vector.Format, r.session.VectorFile(r.captioned(one)))
			if err == nil && one.rows != nil {
				err = r.Folder.WriteWith(name+"csv", func(w io.Writer) error { return reports.WriteCSV(w, one.rows()) })
			}
		}
		if err != nil {
			return nil, err
		}
		if one.meaning != "" {
			shown = append(shown, drawn[i])
		}
	}
	return shown, r.writeEvents(shown, len(result.History))
}

func (r *Run) captioned(one picture) func(io.Writer) error {
	caption := plots.Caption{Run: r.Summary.Name, Dataset: r.Summary.Dataset + ": " + reports.ClassList(r.Classes)}
	if one.tested {
		caption.Dataset += ", test images, best weights"
	}
	return func(w io.Writer) error { return one.draw(w, caption) }
}

// VectorFile returns a function that writes a chart as the session's kind of vector file.
func (s *Session) VectorFile(draw func(io.Writer) error) func(io.Writer) error {
	return func(w io.Writer) error {
		vector := s.Vector
		vector.Writer = w
		return draw(&vector)
	}
}

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
	if run.Summary != nil && run.Summary.Status == runfolder.Failed && run.Summary.Best == nil && !run.Folder.Has(runfolder.MetricsFile) {
		return Requestf("%s has no figures to draw: the run failed before its first epoch had ended: %s", path, run.Summary.Error)
	}
	if !run.HasResults() || run.Summary.Best == nil {
		return Requestf("%s has no figures to draw: its run has not ended; see it with %s, or %s", path, shell.Command("watch", path), howToResume(run.Folder.Path))
	}
	if err := run.PrepareTrained(ctx, false, Need{Images: true}); err != nil {
		return err
	}
	history, err := run.Folder.FullHistory(run.Summary.Epochs)
	if err != nil {
		return fmt.Errorf("%w; have it written again with: %s", err, shell.Command("-resume", run.Folder.Path))
	}
	_, claim, err := s.claim(ctx, run.Folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, claim.Release()) }()
	run.Folder = claim.Folder()
	pictures, err := run.draw(training.Result{History: history, Best: run.Weights})
	if err == nil {
		err = reports.WriteReport(run.Folder, run.Summary, pictures)
	}
	if err == nil {
		err = run.Folder.WriteSummary(run.Summary)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "drew %s again\n", run.Folder.File(runfolder.ReportFile))
	s.Index(run.Folder)
	return nil
}
