package reports

import (
	"testing"

	"cifartrain/metrics"
	"cifartrain/runfolder"
)

func TestVerdict(t *testing.T) {
	accuracies := metrics.Verdict{Epochs: 1, Training: 0.87, Validation: 0.84}
	losses := metrics.Verdict{Epochs: 2, Training: 0.5, Validation: 0.52}
	for _, test := range []struct {
		of     metrics.Verdict // its figures
		task   metrics.Task
		decide func(*metrics.Verdict)
		want   string
	}{
		{accuracies, metrics.Classify, func(v *metrics.Verdict) { v.Cause, v.Limit = metrics.Gap, 0.05 },
			"training accuracy 0.870, validation accuracy 0.840 in the last epoch: a gap above 0.05"},
		{accuracies, metrics.Classify, func(v *metrics.Verdict) { v.Cause, v.Limit = metrics.Unlearnt, 0.75 },
			"training accuracy 0.870, validation accuracy 0.840 in the last epoch: even the training images stay below 0.75"},
		{accuracies, metrics.Classify, func(v *metrics.Verdict) {
			v.Cause, v.Limit, v.Epochs, v.Swing, v.Unsettled = metrics.Learnt, 0.05, 3, 0.1, true
		}, "training accuracy 0.870, validation accuracy 0.840 over the last 3 epochs: the gap is within 0.05 and the training images are learnt" +
			"; validation accuracy swings by ±0.100 from epoch to epoch, the learning rate is too high to settle"},
		{losses, metrics.Restore, func(v *metrics.Verdict) { v.Cause, v.Figure, v.Limit = metrics.LossRatio, 1.2, 1.1 },
			"training loss 0.5, validation loss 0.52 over the last 2 epochs: a ratio of 1.20, above 1.10"},
		{losses, metrics.Restore, func(v *metrics.Verdict) { v.Cause, v.Figure, v.Limit, v.PCA = metrics.Yardstick, 1.3, 1.1, 0.4 },
			"training loss 0.5, validation loss 0.52 over the last 2 epochs: 1.30 times the 0.4 that as many principal components reach, above 1.10"},
		{losses, metrics.Restore, func(v *metrics.Verdict) { v.Cause = metrics.OneEpoch },
			"training loss 0.5, validation loss 0.52 over the last 2 epochs: one epoch shows no trend; train longer"},
		{losses, metrics.Restore, func(v *metrics.Verdict) { v.Cause, v.Figure = metrics.StillFalling, 0.1 },
			"training loss 0.5, validation loss 0.52 over the last 2 epochs: validation loss still fell by 10.0% there; train longer"},
		{losses, metrics.Restore, func(v *metrics.Verdict) { v.Cause, v.Limit = metrics.LevelledOff, 0.02 },
			"training loss 0.5, validation loss 0.52 over the last 2 epochs: a ratio of 1.04, and no longer falling by more than 2%"},
	} {
		test.decide(&test.of)
		if got := Verdict(test.task, test.of).Reason; got != test.want {
			t.Errorf("%+v:\ngot  %q\nwant %q", test.of, got, test.want)
		}
	}
	for fit, want := range map[metrics.Fit]string{metrics.AboutRight: "The fit is about right", metrics.Overfitting: "The model is overfitting"} {
		if got := fitSentence(&runfolder.Verdict{Fit: fit}); got != want {
			t.Errorf("%s: got %q, want %q", fit, got, want)
		}
	}
}

func TestDeadUnitsAdvice(t *testing.T) {
	if got := deadUnitsAdvice([]metrics.DeadUnits{{Layer: "encoder.0", Dead: 0, Units: 128}}); got != "" {
		t.Errorf("all units live, but the advice is %q", got)
	}
	got := deadUnitsAdvice([]metrics.DeadUnits{
		{Layer: "encoder.0", Dead: 110, Units: 128}, {Layer: "encoder.2", Units: 64}, {Layer: "decoder.0", Dead: 5, Units: 128},
	})
	want := "Dead units, whose ReLU is zero for every validation image: 110 of the 128 of encoder.0 and 5 of the 128 of decoder.0. " +
		"What keeps them alive: model.init orthogonal, data.center, optimizer.warmup_steps, a smaller optimizer.learning_rate."
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
