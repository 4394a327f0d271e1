package reports

import (
	"testing"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
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
			"training accuracy 87.0%, validation accuracy 84.0% in the last epoch: a gap above 5.0 points"},
		{accuracies, metrics.Classify, func(v *metrics.Verdict) { v.Cause, v.Limit = metrics.Unlearnt, 0.75 },
			"training accuracy 87.0%, validation accuracy 84.0% in the last epoch: fewer than 75.0% even of the training images are classified correctly"},
		{accuracies, metrics.Classify, func(v *metrics.Verdict) {
			v.Cause, v.Limit, v.Epochs, v.Swing, v.Unsettled = metrics.Learnt, 0.05, 3, 0.1, true
		}, "training accuracy 87.0%, validation accuracy 84.0% over the last 3 epochs: the gap is within 5.0 points and the training images are learned" +
			"; validation accuracy swings by ±10.0 points from epoch to epoch, so the learning rate is too high to settle"},
		{losses, metrics.Restore, func(v *metrics.Verdict) { v.Cause, v.Figure, v.Limit = metrics.LossRatio, 1.2, 1.1 },
			"training loss 0.5000, validation loss 0.5200 over the last 2 epochs: a ratio of 1.20, above 1.10"},
		{losses, metrics.Restore, func(v *metrics.Verdict) { v.Cause, v.Figure, v.Limit, v.PCA = metrics.Yardstick, 1.3, 1.1, 0.4 },
			"training loss 0.5000, validation loss 0.5200 over the last 2 epochs: 1.30 times the 0.4000 that as many principal components reach, above 1.10"},
		{losses, metrics.Restore, func(v *metrics.Verdict) { v.Cause = metrics.OneEpoch },
			"training loss 0.5000, validation loss 0.5200 over the last 2 epochs: one epoch shows no trend"},
		{losses, metrics.Restore, func(v *metrics.Verdict) { v.Cause, v.Figure = metrics.StillFalling, 0.1 },
			"training loss 0.5000, validation loss 0.5200 over the last 2 epochs: the validation loss still fell by 10.0% there"},
		{losses, metrics.Restore, func(v *metrics.Verdict) { v.Cause, v.Limit = metrics.LevelledOff, 0.02 },
			"training loss 0.5000, validation loss 0.5200 over the last 2 epochs: a ratio of 1.04, and no longer falling by more than 2.0%"},
	} {
		test.decide(&test.of)
		if got := Verdict(test.task, test.of).Reason; got != test.want {
			t.Errorf("%+v:\ngot  %q\nwant %q", test.of, got, test.want)
		}
	}
	for fit, want := range map[metrics.Fit]string{metrics.AboutRight: "The fit is about right", metrics.Overfitting: "The model is overfitting"} {
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
	want := "Dead units, whose ReLU is zero for every validation image: 110 of the 128 of encoder.0 and 5 of the 128 of decoder.0."
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestNext wants no advice that the run has already followed.
func TestNext(t *testing.T) {
	dead := &runfolder.Summary{Verdict: &runfolder.Verdict{Fit: metrics.AboutRight}, DeadUnits: []metrics.DeadUnits{{Layer: "encoder.0", Dead: 1, Units: 2}}}
	for _, test := range []struct {
		name   string
		run    *runfolder.Summary
		config []runfolder.ConfigValue
		want   string
	}{
		{"no verdict", new(runfolder.Summary), nil, ""},
		{"dead units", dead, nil, "model.init orthogonal, data.center true, optimizer.warmup_steps, a smaller optimizer.learning_rate, one at a time"},
		{"dead units, half of it done", dead, []runfolder.ConfigValue{{Key: "data.center", Text: "true"}, {Key: "optimizer.warmup_steps", Text: "0"}, {Key: "model.init", Text: "orthogonal"}},
			"optimizer.warmup_steps, a smaller optimizer.learning_rate, one at a time"},
		{"overfitting with flip", &runfolder.Summary{Verdict: &runfolder.Verdict{Fit: metrics.Overfitting}}, []runfolder.ConfigValue{{Key: "data.flip", Text: "true"}},
			"a larger optimizer.weight_decay, train.early_stopping, one at a time"},
		{"dead units and underfitting", &runfolder.Summary{Verdict: &runfolder.Verdict{Fit: metrics.Underfitting}, DeadUnits: dead.DeadUnits},
			[]runfolder.ConfigValue{{Key: "data.center", Text: "true"}, {Key: "optimizer.warmup_steps", Text: "9"}, {Key: "model.init", Text: "orthogonal"}},
			"a smaller optimizer.learning_rate, more train.epochs, one at a time"},
		{"about right", &runfolder.Summary{Verdict: &runfolder.Verdict{Fit: metrics.AboutRight}}, nil,
			"several seeds (-seeds 5), to see how much is luck, or one changed key (-set key=value), compared with this run"},
	} {
		if got := Next(test.run, test.config); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
