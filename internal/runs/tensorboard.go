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
func (s *Session) board(folder *runfolder.Folder, history metrics.History) (*exports.EventWriter, error) {
	path := folder.File(runfolder.TensorBoardFolder)
	if !s.TensorBoard && !folder.Has(runfolder.TensorBoardFolder) {
		return nil, nil
	}
	board, err := exports.CreateEvents(path, 1)
	for _, epoch := range history {
		err = cmp.Or(err, board.Scalars(epoch.Number, scalars(epoch)))
	}
	return board, err
}

// writeEvents writes a run's pictures after its last step, and the codes of its test images,
// for TensorBoard, if the run has event files.
func (r *Run) writeEvents(pictures []reports.Picture, step int) (err error) {
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
	return r.best.writeProjection()
}

// writeProjection writes the codes of test images, chosen by the seed, for the
// projector.
func (r *Run) writeProjection() error {
	const most = 2500 // images that the projector's t-SNE handles well
	some := r.Test.Sample(most, r.Config.Random("projector"))
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

// scalars returns an epoch's figures that were measured, named and grouped for
// TensorBoard.
func scalars(e metrics.Epoch) (all []exports.Scalar) {
	add := func(tag string, value float64) {
		if !math.IsNaN(value) {
			all = append(all, exports.Scalar{Tag: tag, Value: value})
		}
	}
	add("loss/train", e.TrainLoss)
	add("loss/validation", e.ValidationLoss)
	add("loss/train_after", e.TrainLossAfter)
	add("accuracy/train", e.TrainAccuracy)
	add("accuracy/validation", e.ValidationAccuracy)
	add("learning_rate", e.LearningRate)
	add("seconds_per_epoch", e.Seconds)
	for _, layer := range e.Layers {
		add("output_deviation/"+layer.Name, layer.Deviation)
		add("output_mean/"+layer.Name, layer.Mean)
		add("gradient/"+layer.Name, layer.Gradient)
		add("update/"+layer.Name, layer.Update)
		add("dead_units/"+layer.Name, layer.Dead)
	}
	return all
}
