package reports

import (
	"strings"
	"testing"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
)

func TestVerdict(t *testing.T) {
	const accuracies, losses = "Over the last 2 epochs the training accuracy is 87.0% and the validation accuracy 84.0%. ", "Over the last 2 epochs the training loss is 0.5000 and the validation loss 0.5200. "
	for _, test := range []struct {
		cause         metrics.Cause
		figure, limit float64
		pca           float64
		task          metrics.Task
		want          string
	}{
		{metrics.TooFewEpochs, 0, 0, 0, metrics.Classify, accuracies + "Fewer than five epochs show no trend."},
		{metrics.Swinging, 0.1, 0.05, 0, metrics.Classify, accuracies + "The validation accuracy swings by ±10.0 points about its trend, which hides any gap. A run with a smaller optimizer.learning_rate would show whether it settles."},
		{metrics.Gap, 0.06, 0.05, 0, metrics.Classify, accuracies + "The gap is above 5.0 points."},
		{metrics.Unlearned, 0.7, 0.75, 0, metrics.Classify, accuracies + "More than 25.0% of the training images are classified wrongly, half as many as always answering the commonest class would get wrong. Runs with other learning rates and more epochs would show whether this model can learn more."},
		{metrics.NothingWrong, 0.03, 0.05, 0, metrics.Classify, accuracies + "The gap is within 5.0 points, and no further improvement is in sight. A sweep would show whether another setting is better."},
		{metrics.Swinging, 0.1, 0.05, 0, metrics.Reconstruct, losses + "The validation loss swings by ±10.0% about its trend, which hides any gap. A run with a smaller optimizer.learning_rate would show whether it settles."},
		{metrics.LossRatio, 1.2, 1.12, 1.02, metrics.Reconstruct, losses + "Their ratio is 1.20, above 1.12 (1.02 for principal components)."},
		{metrics.AbovePCA, 3.4, 1.1, 1.02, metrics.Reconstruct, losses + "Even the training loss is 3.40 times that of as many principal components, above 1.10. Runs with other learning rates and more epochs would show whether this model can do better."},
		{metrics.StillFalling, 0.1, 0.01, 0, metrics.Reconstruct, losses + "The validation loss still fell over the last third of the epochs, by 10.0% ± 0.5% of its mean there. A run with more train.epochs would show how far it falls."},
		{metrics.NothingWrong, 1.04, 1.1, 0, metrics.Reconstruct, losses + "Their ratio is 1.04, within 1.10, and no further improvement is in sight. A sweep would show whether another setting is better."},
	} {
		v := metrics.Verdict{Cause: test.cause, Epochs: 2, Training: 0.5, Validation: 0.52, Figure: test.figure, Limit: test.limit, PCARatio: test.pca, HalfWidth: 0.005}
		if test.task.Classifies() {
			v.Training, v.Validation = 0.87, 0.84
		}
		if got := Verdict(test.task, v).Reason; got != test.want {
			t.Errorf("cause %d:\ngot  %q\nwant %q", test.cause, got, test.want)
		}
	}
	lowered := metrics.Verdict{Cause: metrics.NothingWrong, Limit: 0.05, RateFell: true}
	if got := Verdict(metrics.Classify, lowered).Reason; strings.Contains(got, "in sight") || !strings.Contains(got, "only a run with more train.epochs would show") {
		t.Errorf("after the learning rate was lowered the verdict is %q", got)
	}
	for fit, want := range map[metrics.Fit]string{metrics.AboutRight: "The fit is about right.", metrics.Overfitting: "The model is overfitting.", metrics.NotSettled: "The run has not settled."} {
		if got := verdictSentence(&runfolder.Verdict{Fit: fit}); got != want {
			t.Errorf("%s: got %q, want %q", fit, got, want)
		}
	}
}

func TestDeadUnits(t *testing.T) {
	if got := deadUnits([]metrics.DeadUnits{{Layer: "encoder.0", Dead: 0, Units: 128}}); got != "" {
		t.Errorf("all units live, but the sentence is %q", got)
	}
	got := deadUnits([]metrics.DeadUnits{
		{Layer: "encoder.0", Dead: 110, Units: 128}, {Layer: "encoder.2", Units: 64}, {Layer: "decoder.0", Dead: 5, Units: 128},
	})
	want := "Dead units, whose ReLU is zero for every validation image: 110 of 128 in encoder.0, 5 of 128 in decoder.0."
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
