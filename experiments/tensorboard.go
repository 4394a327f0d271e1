package experiments

import (
	"cifartrain/exports"
	"cifartrain/metrics"
	"cifartrain/runfolder"
)

// board returns the writer for TensorBoard of a run whose first epoch is first;
// nil, which writes nothing, where the session does not ask for one.
func (s *Session) board(folder *runfolder.Folder, first int) (*exports.EventWriter, error) {
	if !s.TensorBoard {
		return nil, nil
	}
	return exports.CreateEvents(folder.File(runfolder.TensorBoardFolder), first)
}

// scalars are an epoch's figures as TensorBoard groups them.
func scalars(e metrics.Epoch) []exports.Scalar {
	all := []exports.Scalar{
		{Tag: "loss/train", Value: e.TrainLoss}, {Tag: "loss/validation", Value: e.ValidationLoss},
		{Tag: "learning_rate", Value: e.LearningRate}, {Tag: "seconds_per_epoch", Value: e.Seconds},
	}
	if e.Classifies() {
		all = append(all, exports.Scalar{Tag: "accuracy/train", Value: e.TrainAccuracy},
			exports.Scalar{Tag: "accuracy/validation", Value: e.ValidationAccuracy})
	}
	return all
}
