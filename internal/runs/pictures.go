package runs

import (
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"

	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
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
	csv     func(io.Writer) error // writes its values; may be nil
}

// pictures returns the pictures of a run with its best weights. Which there are
// depends on the model's task and its parts. The summary, the history and the
// weights are read when a picture is drawn.
func (r *Run) pictures(history metrics.History) []picture {
	all := []picture{{file: "loss.png", chart: true, draw: func(w io.Writer, caption plots.Caption) error {
		return plots.PNG(plots.LossChart(caption, history, r.Summary.Loss, reports.Yardsticks(r.Summary)...))(w)
	}}}
	all = append(all, picture{file: "layers.png", chart: true, draw: func(w io.Writer, caption plots.Caption) error {
		return plots.Layers(w, caption, history)
	}})
	if r.Architecture.Task.Restores() {
		return append(all, r.autoencoderPictures()...)
	}
	all = append(all, picture{file: "accuracy.png", chart: true, draw: func(w io.Writer, caption plots.Caption) error {
		return plots.PNG(plots.AccuracyChart(caption, history))(w)
	}})
	return append(all, r.classifierPictures()...)
}

// draw draws all pictures for which the run has figures, and returns those that
// the page shows beside its own curves.
func (r *Run) draw(result training.Result) (shown []reports.Picture, err error) {
	if len(result.History) == 0 || r.session.LeavePictures {
		return nil, nil
	}
	if r.best == nil {
		r.best = r.with(result.Best)
	}
	defer func() { r.best.evaluator.Evaluator = nil }() // so that its graphs can be collected
	pictures := r.best.pictures(result.History)
	if r.Summary.Best.TestLoss == nil {
		pictures = slices.DeleteFunc(pictures, func(p picture) bool { return p.tested })
	}
	drawn, failures := r.drawAll(pictures)
	err = errors.Join(failures...)
	for i, one := range pictures {
		if failures[i] == nil {
			err = errors.Join(err, r.Folder.Write(one.file, drawn[i].PNG))
		}
		if name := strings.TrimSuffix(one.file, ".png"); r.session.Vector.Format != "" && one.chart {
			draw := func(w io.Writer) error { return one.draw(w, r.caption(one)) }
			err = errors.Join(err, r.Folder.WriteWith(name+"."+r.session.Vector.Format, r.session.VectorFile(draw)))
			if one.csv != nil {
				err = errors.Join(err, r.Folder.WriteWith(name+".csv", one.csv))
			}
		}
		if one.meaning != "" {
			shown = append(shown, drawn[i])
		}
	}
	if err == nil {
		err = r.show(shown, len(result.History))
	}
	return shown, err
}

// caption says what is drawn in a picture.
func (r *Run) caption(of picture) plots.Caption {
	caption := plots.Caption{Run: r.Summary.Name, Dataset: r.Summary.Dataset + ": " + reports.ClassList(r.Classes)}
	if of.tested {
		caption.Dataset += ", test images, best weights"
	}
	return caption
}

// VectorFile returns a function that writes a chart as the session's kind of vector file.
func (s *Session) VectorFile(draw func(io.Writer) error) func(io.Writer) error {
	return func(w io.Writer) error {
		vector := s.Vector
		vector.Writer = w
		return draw(&vector)
	}
}

// drawAll draws pictures at the same time, one on each processor. They are then
// written one after the other, like all files of a run.
func (r *Run) drawAll(pictures []picture) (drawn []reports.Picture, failures []error) {
	drawn, failures = make([]reports.Picture, len(pictures)), make([]error, len(pictures))
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	var drawing sync.WaitGroup
	for i, one := range pictures {
		free <- struct{}{}
		drawing.Go(func() {
			defer func() { <-free }()
			drawn[i], failures[i] = reports.Draw(one.file, one.meaning, func(w io.Writer) error { return one.draw(w, r.caption(one)) })
		})
	}
	drawing.Wait()
	return drawn, failures
}

// Files returns the names of the files that the run leaves if it ends well.
func (s *Session) Files(r *Run) []string {
	files := []string{runfolder.ReportFile, runfolder.SummaryFile, runfolder.MetricsFile, runfolder.LayersFile, runfolder.ConfigFile}
	for _, one := range r.pictures(nil) {
		files = append(files, one.file)
	}
	if r.Architecture.Task.Classifies() {
		files = append(files, runfolder.CorrectFile)
	}
	files = append(files, runfolder.BestWeightsFile, runfolder.LastWeightsFile)
	if s.Init != "" {
		files = append(files, runfolder.InitialWeightsFile)
	}
	files = append(files, runfolder.GraphFile, runfolder.CheckpointFile)
	if s.TensorBoard {
		files = append(files, runfolder.TensorBoardFolder)
	}
	return files
}
