package reports

import (
	"fmt"

	"cifartrain/metrics"
	"cifartrain/runfolder"
)

// Verdict is what summary.json and the report say of a verdict.
func Verdict(task metrics.Task, v metrics.Verdict) *runfolder.Verdict {
	span := fmt.Sprintf("over the last %d epochs", v.Epochs)
	if v.Epochs == 1 {
		span = "in the last epoch"
	}
	figures := "training loss %.5g, validation loss %.5g %s"
	if task.Classifies() {
		figures = "training accuracy %.3f, validation accuracy %.3f %s"
	}
	reason := fmt.Sprintf(figures, v.Training, v.Validation, span) + ": " + causeText(v)
	if v.Unsettled {
		reason += fmt.Sprintf("; validation accuracy swings by ±%.3f from epoch to epoch, the learning rate is too high to settle", v.Swing)
	}
	return &runfolder.Verdict{Fit: v.Fit, Reason: reason}
}

// causeText says in words what decided a verdict.
func causeText(v metrics.Verdict) string {
	switch v.Cause {
	case metrics.Gap:
		return fmt.Sprintf("a gap above %.2f", v.Limit)
	case metrics.Unlearnt:
		return fmt.Sprintf("even the training images stay below %.2f", v.Limit)
	case metrics.Learnt:
		return fmt.Sprintf("the gap is within %.2f and the training images are learnt", v.Limit)
	case metrics.LossRatio:
		return fmt.Sprintf("a ratio of %.2f, above %.2f", v.Figure, v.Limit)
	case metrics.Yardstick:
		return fmt.Sprintf("%.2f times the %.5g that as many principal components reach, above %.2f", v.Figure, v.PCA, v.Limit)
	case metrics.OneEpoch:
		return "one epoch shows no trend; train longer"
	case metrics.StillFalling:
		return fmt.Sprintf("validation loss still fell by %.1f%% there; train longer", 100*v.Figure)
	default: // metrics.LevelledOff
		return fmt.Sprintf("a ratio of %.2f, and no longer falling by more than %.0f%%", v.Validation/v.Training, 100*v.Limit)
	}
}

// fitSentence is a verdict without its reason.
func fitSentence(v *runfolder.Verdict) string {
	if v.Fit == metrics.AboutRight {
		return "The fit is about right"
	}
	return fmt.Sprintf("The model is %s", v.Fit)
}

// deadUnitsAdvice says in a sentence which layers have dead units and what keeps
// units alive; it is empty where all live.
func deadUnitsAdvice(layers []metrics.DeadUnits) string {
	text := ""
	for _, l := range layers {
		if l.Dead == 0 {
			continue
		}
		if text != "" {
			text += " and "
		}
		text += fmt.Sprintf("%d of the %d of %s", l.Dead, l.Units, l.Layer)
	}
	if text == "" {
		return ""
	}
	return "Dead units, whose ReLU is zero for every validation image: " + text +
		". What keeps them alive: model.init orthogonal, data.center, optimizer.warmup_steps, a smaller optimizer.learning_rate."
}
