package runs

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cifartrain/internal/exports"
	"cifartrain/metrics"
)

func TestScalars(t *testing.T) {
	nan := math.NaN()
	restored := metrics.Epoch{Number: 3, TrainLoss: 1, ValidationLoss: 2, TrainLossAfter: nan, TrainAccuracy: nan, ValidationAccuracy: nan, LearningRate: 6, Seconds: 7}
	want := []exports.Scalar{{Tag: "loss/train", Value: 1}, {Tag: "loss/validation", Value: 2}, {Tag: "learning_rate", Value: 6}, {Tag: "seconds_per_epoch", Value: 7}}
	if difference := cmp.Diff(want, scalars(restored)); difference != "" {
		t.Errorf("the scalars of a model that does not classify differ (-want +got):\n%s", difference)
	}
	classified := restored
	classified.TrainLossAfter, classified.TrainAccuracy, classified.ValidationAccuracy = 3, 4, 5
	want = slices.Insert(want, 2, exports.Scalar{Tag: "loss/train_after", Value: 3}, exports.Scalar{Tag: "accuracy/train", Value: 4}, exports.Scalar{Tag: "accuracy/validation", Value: 5})
	if difference := cmp.Diff(want, scalars(classified)); difference != "" {
		t.Errorf("the scalars differ (-want +got):\n%s", difference)
	}
}
