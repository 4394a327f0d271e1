package experiments

import (
	"cmp"

	"cifartrain/exports"
	"cifartrain/metrics"
	"cifartrain/runfolder"
)

// board returns the writer for TensorBoard of a run with the history so far,
// nil, which writes nothing, where nobody has asked for one. A run that goes on
// has one where it had one before. Its history is written again: the part of it
// that was trained without an event file, or was lost as the program was
// killed, would be missing otherwise.
func (s *Session) board(folder *runfolder.Folder, task metrics.Task, history metrics.History) (*exports.EventWriter, error) {
	path := folder.File(runfolder.TensorBoardFolder)
	if !s.TensorBoard && !exists(path) {
		return nil, nil
	}
	board, err := exports.CreateEvents(path, 1)
	for _, epoch := range history {
		err = cmp.Or(err, board.Scalars(epoch.Number, scalars(task, epoch)))
	}
	return board, err
}

// scalars are an epoch's figures as TensorBoard groups them.
func scalars(task metrics.Task, e metrics.Epoch) []exports.Scalar {
	all := []exports.Scalar{
		{Tag: "loss/train", Value: e.TrainLoss}, {Tag: "loss/validation", Value: e.ValidationLoss},
		{Tag: "learning_rate", Value: e.LearningRate}, {Tag: "seconds_per_epoch", Value: e.Seconds},
	}
	if task.Classifies() {
		all = append(all, exports.Scalar{Tag: "accuracy/train", Value: e.TrainAccuracy},
			exports.Scalar{Tag: "accuracy/validation", Value: e.ValidationAccuracy})
	}
	return all
}
