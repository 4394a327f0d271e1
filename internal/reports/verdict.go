package reports

import (
	"fmt"
	"strings"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
	"cifartrain/plots"
)

// Verdict returns a verdict in words, as summary.json and the report have it: the figures,
// what decided, and what one run cannot show.
func Verdict(task metrics.Task, v metrics.Verdict) *runfolder.Verdict {
	span := fmt.Sprintf("Over the last %d epochs", v.Epochs)
	if v.Epochs == 1 {
		span = "In the last epoch"
	}
	components := ""
	if v.PCARatio != 0 {
		components = fmt.Sprintf(" (%.2f for principal components)", v.PCARatio)
	}
	name, text, amount := measure(task.Classifies()), plots.Loss, plots.Percent
	if task.Classifies() {
		text, amount = plots.Percent, points
	}
	cause := ""
	switch v.Cause {
	case metrics.TooFewEpochs:
		cause = "Fewer than five epochs show no trend."
	case metrics.Swinging:
		cause = fmt.Sprintf("The validation %s swings by ±%s about its trend, which hides any gap. A run with a smaller optimizer.learning_rate would show whether it settles.", name, amount(v.Figure))
	case metrics.Gap:
		cause = fmt.Sprintf("The gap is above %s.", points(v.Limit))
	case metrics.Unlearned:
		cause = fmt.Sprintf("More than %s of the training images are classified wrongly, half as many as always answering the commonest class would get wrong. Runs with other learning rates and more epochs would show whether this model can learn more.", plots.Percent(1-v.Limit))
	case metrics.LossRatio:
		cause = fmt.Sprintf("Their ratio is %.2f, above %.2f%s.", v.Figure, v.Limit, components)
	case metrics.AbovePCA:
		cause = fmt.Sprintf("Even the training loss is %.2f times that of as many principal components, above %.2f. Runs with other learning rates and more epochs would show whether this model can do better.", v.Figure, v.Limit)
	case metrics.StillFalling:
		cause = fmt.Sprintf("The validation loss still fell over the last third of the epochs, by %s ± %s of its mean there. A run with more train.epochs would show how far it falls.", plots.Percent(v.Figure), plots.Percent(v.HalfWidth))
	case metrics.NothingWrong:
		cause = fmt.Sprintf("Their ratio is %.2f, within %.2f%s", v.Figure, v.Limit, components)
		if task.Classifies() {
			cause = "The gap is within " + points(v.Limit)
		}
		if v.RateFell {
			cause += ". As the learning rate was lowered, only a run with more train.epochs would show whether more training helps, and only a sweep whether another setting is better."
		} else {
			cause += ", and no further improvement is in sight. A sweep would show whether another setting is better."
		}
	}
	reason := fmt.Sprintf("%s the training %s is %s and the validation %[2]s %[4]s. %s", span, name, text(v.Training), text(v.Validation), cause)
	return &runfolder.Verdict{Fit: v.Fit, Reason: reason}
}

// verdictSentence is a verdict without its reason.
func verdictSentence(v *runfolder.Verdict) string {
	switch v.Fit {
	case metrics.AboutRight:
		return "The fit is about right."
	case metrics.NotSettled:
		return "The run has not settled."
	}
	return fmt.Sprintf("The model is %s.", v.Fit)
}

// deadUnits says in a sentence which layers have dead units. It returns "" if there
// are none.
func deadUnits(layers []metrics.DeadUnits) string {
	var parts []string
	for _, l := range layers {
		if l.Dead > 0 {
			parts = append(parts, fmt.Sprintf("%d of %d in %s", l.Dead, l.Units, l.Layer))
		}
	}
	if parts == nil {
		return ""
	}
	return "Dead units, whose ReLU is zero for every validation image: " + strings.Join(parts, ", ") + "."
}
