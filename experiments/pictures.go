package experiments

import (
	"context"
	"errors"
	"fmt"
	"io"

	"cifartrain/graphs"
	"cifartrain/loaders"
	"cifartrain/plots"
	"cifartrain/reports"
	"cifartrain/runfolder"
	"cifartrain/training"
)

// A picture is a PNG that a run leaves.
type picture struct {
	file    string
	group   string // the report's heading above it and others
	meaning string // what the report says of it; empty where the report draws its own
	tested  bool   // it shows what only a run that was scored on the test images has
	draw    func(io.Writer) error
}

// pictures are those of a run: what a model shows depends on its task and its
// parts. The result and the confusion are only looked at as they are drawn.
func (p *Prepared) pictures(summary *runfolder.Summary, result training.Result) []picture {
	history := result.History
	classes := p.Images.Training.Classes
	caption := plots.Caption{Run: summary.Name, Dataset: summary.Dataset + ": " + reports.ClassList(classes)}
	tested := plots.Caption{Run: caption.Run, Dataset: caption.Dataset + ", test images, best weights"}
	best := *p
	best.Weights = result.Best
	all := []picture{{file: "loss.png", draw: plots.PNG(plots.LossChart(caption, history, summary.Loss, reports.Yardsticks(summary)...))}}
	if p.Architecture.Task.Restores() {
		if p.Config.Plots.Reconstructions > 0 {
			all = append(all, picture{file: "reconstructions.png", group: "What it restores",
				meaning: "Validation images drawn by the seed, and what the best weights restore of them.",
				draw: func(w io.Writer) error {
					pairs, err := p.reconstruct(result.Best)
					if err != nil {
						return err
					}
					return plots.Reconstructions(w, caption, pairs)
				}})
		}
		return append(all, explainAutoencoder(&best, tested)...)
	}
	all = append(all, picture{file: "accuracy.png", draw: plots.PNG(plots.AccuracyChart(caption, history))},
		picture{file: "confusion.png", group: "How good it is", tested: true, meaning: "How the best weights classify the test images.",
			draw: func(w io.Writer) error { return plots.Confusion(w, tested, summary.Confusion) }})
	all = append(all, explainClassifier(&best, tested)...)
	if name := p.Architecture.PixelWeight; name != "" {
		all = append(all, picture{file: "weights.png", group: "What it looks for", meaning: "The best weights as a picture: what speaks for which class.",
			draw: func(w io.Writer) error {
				return p.drawWeights(w, caption, result.Best.ByName()[name].Float32s())
			}})
	}
	return all
}

// drawWeights draws the weights of a linear classifier: those of its one score
// for two classes, or of the score of each.
func (p *Prepared) drawWeights(w io.Writer, caption plots.Caption, weights []float32) error {
	classes, size := p.Classes, p.Shape.Values()
	if len(weights) == size {
		return plots.Weights(w, caption, classes[0], classes[1], p.Drawn(weights))
	}
	templates := make([]plots.Template, len(classes))
	for i, class := range classes {
		templates[i] = plots.Template{Class: class, Weights: p.Drawn(weights[i*size : (i+1)*size])}
	}
	return plots.Templates(w, caption, templates)
}

// draw draws what the run's figures allow and returns what the page shows
// beside its own curves.
func (r *record) draw(result training.Result) (shown []reports.Picture, err error) {
	if len(result.History) == 0 {
		return nil, nil
	}
	for _, one := range r.pictures(r.summary, result) {
		if one.tested && r.summary.Best.TestLoss == nil {
			continue
		}
		err = errors.Join(err, r.folder.WriteWith(one.file, one.draw))
		if one.meaning != "" {
			shown = append(shown, reports.Picture{File: one.file, Group: one.group, Meaning: one.meaning})
		}
	}
	if err == nil {
		err = r.show(shown, result)
	}
	return shown, err
}

// reconstruct restores some validation images, drawn by the seed, with weights.
// Pixels are in [0, 1] on both sides, whatever the config's normalisation.
func (p *Prepared) reconstruct(weights graphs.Weights) ([]plots.Reconstruction, error) {
	chosen := p.Images.Validation.Sample(p.Config.Plots.Reconstructions, p.Config.Random("reconstructions"))
	plain := loaders.NewTransform(chosen.Shape, nil)
	pairs := make([]plots.Reconstruction, chosen.Len())
	for i := range pairs {
		pairs[i].Name = fmt.Sprintf("image %d, %s", chosen.Index(i), chosen.Classes[chosen.Class(i)])
		pairs[i].Original = p.Drawn(make([]float32, chosen.Shape.Values()))
		plain.Apply(pairs[i].Original.Values, chosen.Pixels(i))
	}
	batches := loaders.NewBatcher(chosen, p.Images.Transform, loaders.BatchOptions{Size: chosen.Len()})
	evaluator, err := training.NewEvaluator(p.Architecture, weights, batches.Size())
	if err != nil {
		return nil, err
	}
	_, err = evaluator.Outputs(context.Background(), batches, func(place int, output []float32) {
		pairs[place].Reconstructed = p.Drawn(p.Images.Transform.Invert(output))
	})
	return pairs, errors.Join(err, evaluator.Close())
}

// Files are those that the run leaves when it ends well.
func (s *Session) Files(p *Prepared) []string {
	files := []string{runfolder.ReportFile, runfolder.SummaryFile, runfolder.MetricsFile, runfolder.ConfigFile}
	for _, one := range p.pictures(new(runfolder.Summary), training.Result{}) {
		files = append(files, one.file)
	}
	files = append(files, runfolder.BestWeightsFile, runfolder.LastWeightsFile)
	if s.Init != "" {
		files = append(files, runfolder.InitialWeightsFile)
	}
	files = append(files, runfolder.GraphFile, runfolder.DiagramFile, runfolder.CheckpointFile, runfolder.PreviousCheckpointFile)
	if s.TensorBoard {
		files = append(files, runfolder.TensorBoardFolder)
	}
	return files
}
