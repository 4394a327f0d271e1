package runs

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"

	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/loaders"
	"cifartrain/metrics"
	"cifartrain/plots"
	"cifartrain/training"
)

// A picture is a PNG file in the run's folder.
type picture struct {
	file    string
	group   string // the heading in the report under which it appears with others
	meaning string // what it shows, for readers who cannot see it; empty if the report draws its own version
	tested  bool   // whether it needs a run that was scored on the test images
	chart   bool   // whether it can be drawn to a [plots.Vector]
	draw    func(io.Writer) error
	csv     func(io.Writer) error // writes its values; may be nil
}

// pictures returns the pictures of a run with its best weights. Which there are
// depends on the model's task and its parts. The summary, the history and the
// weights are read when a picture is drawn.
func (r *Run) pictures(summary *runfolder.Summary, history metrics.History) []picture {
	caption := plots.Caption{Run: summary.Name, Dataset: summary.Dataset + ": " + reports.ClassList(r.Training.Classes)}
	onTest := plots.Caption{Run: caption.Run, Dataset: caption.Dataset + ", test images, best weights"}
	all := []picture{{file: "loss.png", chart: true, draw: plots.PNG(plots.LossChart(caption, history, summary.Loss, reports.Yardsticks(summary)...))}}
	if r.Architecture.Task.Restores() {
		if r.Config.Plots.Reconstructions > 0 {
			all = append(all, picture{file: "reconstructions.png", group: "What it restores",
				meaning: "Validation images drawn by the seed, and what the best weights restore of them.",
				draw: func(w io.Writer) error {
					pairs, err := r.reconstruct()
					if err != nil {
						return err
					}
					return plots.Reconstructions(w, caption, pairs)
				}})
		}
		return append(all, explainAutoencoder(r, onTest)...)
	}
	all = append(all, picture{file: "accuracy.png", chart: true, draw: plots.PNG(plots.AccuracyChart(caption, history))},
		picture{file: "confusion.png", group: "How good it is", tested: true, chart: true, meaning: "How the best weights classify the test images.",
			draw: func(w io.Writer) error { return plots.Confusion(w, onTest, summary.Confusion) }})
	all = append(all, explainClassifier(r, onTest)...)
	if name := r.Architecture.PixelWeight; name != "" {
		all = append(all, picture{file: "weights.png", group: "What it looks for", meaning: "The best weights as a picture: what speaks for which class.",
			draw: func(w io.Writer) error {
				return r.drawWeights(w, caption, r.Weights.ByName()[name].Float32s())
			}})
	}
	return all
}

// drawWeights draws the weights of a linear classifier: those of its single
// score for two classes, or those of the score of each class.
func (r *Run) drawWeights(w io.Writer, caption plots.Caption, weights []float32) error {
	classes, size := r.Classes, r.Shape.Values()
	if len(weights) == size {
		return plots.Weights(w, caption, classes[0], classes[1], r.Drawn(weights))
	}
	templates := make([]plots.Template, len(classes))
	for i, class := range classes {
		templates[i] = plots.Template{Class: class, Weights: r.Drawn(weights[i*size : (i+1)*size])}
	}
	return plots.Templates(w, caption, templates)
}

// draw draws all pictures for which the run has figures, and returns those that
// the page shows beside its own curves.
func (r *Run) draw(result training.Result) (shown []reports.Picture, err error) {
	if len(result.History) == 0 {
		return nil, nil
	}
	if r.best == nil {
		r.best = r.with(result.Best)
	}
	defer func() { err = errors.Join(err, r.best.closeEvaluator()) }()
	scored := r.Summary.Best.TestLoss != nil
	var due []picture
	for _, one := range r.best.pictures(r.Summary, result.History) {
		if scored || !one.tested {
			due = append(due, one)
		}
	}
	for i, content := range drawAll(due) {
		one := due[i]
		err = errors.Join(err, r.Folder.WriteWith(one.file, content))
		if name := strings.TrimSuffix(one.file, ".png"); r.session.Vector.Format != "" && one.chart {
			err = errors.Join(err, r.Folder.WriteWith(name+"."+r.session.Vector.Format, r.session.VectorFile(one.draw)))
			if one.csv != nil {
				err = errors.Join(err, r.Folder.WriteWith(name+".csv", one.csv))
			}
		}
		if one.meaning != "" {
			shown = append(shown, reports.Picture{File: one.file, Group: one.group, Meaning: one.meaning})
		}
	}
	if err == nil {
		err = r.show(shown, len(result.History))
	}
	return shown, err
}

// VectorFile returns a function that writes a chart as the session's kind of vector file.
func (s *Session) VectorFile(draw func(io.Writer) error) func(io.Writer) error {
	return func(w io.Writer) error {
		vector := s.Vector
		vector.Writer = w
		return draw(&vector)
	}
}

// drawAll draws pictures at the same time, one on each processor, and returns a
// function for each that writes its file. The files are then written one after the
// other, like all files of a run.
func drawAll(pictures []picture) []func(io.Writer) error {
	drawn := make([]func(io.Writer) error, len(pictures))
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	var drawing sync.WaitGroup
	for i, one := range pictures {
		free <- struct{}{}
		drawing.Go(func() {
			defer func() { <-free }()
			var content bytes.Buffer
			err := one.draw(&content)
			drawn[i] = func(w io.Writer) error {
				_, failed := w.Write(content.Bytes())
				return cmp.Or(err, failed)
			}
		})
	}
	drawing.Wait()
	return drawn
}

// reconstruct restores some validation images that the seed draws. Pixels are
// in [0, 1] on both sides, whatever the config's normalization.
func (r *Run) reconstruct() ([]plots.RestoredImage, error) {
	chosen := r.Validation.Sample(r.Config.Plots.Reconstructions, r.Config.Random("reconstructions"))
	restored, err := r.Restore(context.Background(), chosen)
	if err != nil {
		return nil, err
	}
	return r.RestoredImages(chosen, restored), nil
}

// RestoredImages returns the images of a set beside their reconstructions, with the
// mean squared errors of pixels in [0, 1].
func (r *Run) RestoredImages(set *loaders.Set, restored [][]float32) []plots.RestoredImage {
	pairs := make([]plots.RestoredImage, set.Len())
	for i := range pairs {
		original := r.Picture(set, i)
		pairs[i] = plots.RestoredImage{
			Name:     fmt.Sprintf("%d, %s", set.Index(i), set.Classes[set.Class(i)]),
			Original: original, Restored: r.Drawn(restored[i]), MSE: meanSquaredError(original.Values, restored[i]),
		}
	}
	return pairs
}

// Files returns the names of the files that the run leaves if it ends well.
func (s *Session) Files(r *Run) []string {
	files := []string{runfolder.ReportFile, runfolder.SummaryFile, runfolder.MetricsFile, runfolder.ConfigFile}
	for _, one := range r.pictures(new(runfolder.Summary), nil) {
		files = append(files, one.file)
	}
	if r.Architecture.Task.Classifies() {
		files = append(files, runfolder.CorrectFile)
	}
	files = append(files, runfolder.BestWeightsFile, runfolder.LastWeightsFile)
	if s.Init != "" {
		files = append(files, runfolder.InitialWeightsFile)
	}
	files = append(files, runfolder.GraphFile, runfolder.CheckpointFile, runfolder.PreviousCheckpointFile)
	if s.TensorBoard {
		files = append(files, runfolder.TensorBoardFolder)
	}
	return files
}
