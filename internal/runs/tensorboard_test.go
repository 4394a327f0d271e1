package runs

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"cifartrain/internal/exports"
	"cifartrain/metrics"
)

func TestScalars(t *testing.T) {
	epoch := metrics.Epoch{Number: 3, TrainLoss: 1, ValidationLoss: 2, TrainAccuracy: 3, ValidationAccuracy: 4, LearningRate: 5, Seconds: 6, TrainLossAfter: 7}
	want := []exports.Scalar{
		{Tag: "loss/train", Value: 1}, {Tag: "loss/validation", Value: 2}, {Tag: "learning_rate", Value: 5},
		{Tag: "seconds_per_epoch", Value: 6}, {Tag: "loss/train_after", Value: 7}, {Tag: "accuracy/train", Value: 3}, {Tag: "accuracy/validation", Value: 4},
	}
	if difference := cmp.Diff(want, scalars(metrics.Classify, epoch)); difference != "" {
		t.Errorf("the scalars differ (-want +got):\n%s", difference)
	}
	if difference := cmp.Diff(want[:4], scalars(metrics.Restore, epoch)); difference != "" {
		t.Errorf("the scalars of a model that does not classify differ (-want +got):\n%s", difference)
	}
}
