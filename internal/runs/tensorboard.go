package runs

import (
	"cmp"
	"context"
	"math"
	"path/filepath"
	"strings"

	"cifartrain/internal/exports"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
)

// board returns the TensorBoard writer of a run with the given history so far.
// It is nil, which writes nothing, unless event files were asked for now or
// earlier in this run. A resumed run writes its history again, because the part
// that was trained without an event file, or that was lost when the program was
// killed, would otherwise be missing.
func (s *Session) board(folder *runfolder.Folder, task metrics.Task, history metrics.History) (*exports.EventWriter, error) {
	path := folder.File(runfolder.TensorBoardFolder)
	if !s.TensorBoard && !folder.Has(runfolder.TensorBoardFolder) {
		return nil, nil
	}
	board, err := exports.CreateEvents(path, 1)
	for _, epoch := range history {
		err = cmp.Or(err, board.Scalars(epoch.Number, scalars(task, epoch)))
	}
	return board, err
}

// show writes a run's pictures after its last step, and the codes of its test images,
// for TensorBoard, if the run has event files.
func (r *Run) show(pictures []reports.Picture, step int) (err error) {
	path := r.Folder.File(runfolder.TensorBoardFolder)
	if !r.Folder.Has(runfolder.TensorBoardFolder) {
		return nil
	}
	board, err := exports.CreateEvents(path, step+1)
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, board.Close()) }()
	for _, picture := range pictures {
		if err := board.Image(step, strings.TrimSuffix(picture.File, ".png"), picture.PNG); err != nil {
			return err
		}
	}
	if r.Architecture.Latent == 0 || r.Summary.Best.TestLoss == nil {
		return nil
	}
	return r.best.project()
}

// mostProjected is the number of images that the projector's t-SNE handles
// well.
const mostProjected = 2500

// project writes the codes of test images, chosen by the seed, for the
// projector.
func (r *Run) project() error {
	some := r.Test.Sample(mostProjected, r.Config.Random("projector"))
	codes, err := r.Encode(context.Background(), some)
	if err != nil {
		return err
	}
	projection := exports.Projection{Codes: codes, Width: r.Architecture.Latent}
	for i := range some.Len() {
		projection.Labels = append(projection.Labels, some.Classes[some.Class(i)])
		projection.Images = append(projection.Images, r.Picture(some, i).Picture())
	}
	files, err := projection.Files()
	if err != nil {
		return err
	}
	for name, content := range files {
		err = cmp.Or(err, r.Folder.Write(filepath.Join(runfolder.TensorBoardFolder, name), content))
	}
	return err
}

// scalars returns an epoch's figures, named and grouped for TensorBoard.
func scalars(task metrics.Task, e metrics.Epoch) []exports.Scalar {
	all := []exports.Scalar{
		{Tag: "loss/train", Value: e.TrainLoss}, {Tag: "loss/validation", Value: e.ValidationLoss},
		{Tag: "learning_rate", Value: e.LearningRate}, {Tag: "seconds_per_epoch", Value: e.Seconds},
	}
	for _, layer := range e.Layers {
		all = append(all, exports.Scalar{Tag: "output_deviation/" + layer.Name, Value: layer.Deviation}, exports.Scalar{Tag: "output_mean/" + layer.Name, Value: layer.Mean},
			exports.Scalar{Tag: "gradient/" + layer.Name, Value: layer.Gradient}, exports.Scalar{Tag: "update/" + layer.Name, Value: layer.Update})
		if !math.IsNaN(layer.Dead) {
			all = append(all, exports.Scalar{Tag: "dead_units/" + layer.Name, Value: layer.Dead})
		}
	}
	if task.Classifies() {
		all = append(all, exports.Scalar{Tag: "loss/train_after", Value: e.TrainLossAfter},
			exports.Scalar{Tag: "accuracy/train", Value: e.TrainAccuracy},
			exports.Scalar{Tag: "accuracy/validation", Value: e.ValidationAccuracy})
	}
	return all
}
