package reports

import (
	"fmt"
	"slices"
	"strings"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
	"cifartrain/plots"
)

// Verdict returns a verdict in words, as summary.json and the report have it.
func Verdict(task metrics.Task, v metrics.Verdict) *runfolder.Verdict {
	span := fmt.Sprintf("over the last %d epochs", v.Epochs)
	if v.Epochs == 1 {
		span = "in the last epoch"
	}
	text, measure := plots.Loss, "loss"
	if task.Classifies() {
		text, measure = plots.Percent, "accuracy"
	}
	reason := fmt.Sprintf("training %s %s, validation %[1]s %[3]s %s: %s", measure, text(v.Training), text(v.Validation), span, causeText(v))
	if v.Unsettled {
		reason += fmt.Sprintf("; validation accuracy swings by ±%s from epoch to epoch, so the learning rate is too high to settle", points(v.Swing))
	}
	return &runfolder.Verdict{Fit: v.Fit, Reason: reason, Unsettled: v.Unsettled}
}

// causeText says in words what decided a verdict.
func causeText(v metrics.Verdict) string {
	switch v.Cause {
	case metrics.Gap:
		return "a gap above " + points(v.Limit)
	case metrics.Unlearnt:
		return fmt.Sprintf("fewer than %s even of the training images are classified correctly", plots.Percent(v.Limit))
	case metrics.Learnt:
		return fmt.Sprintf("the gap is within %s and the training images are learned", points(v.Limit))
	case metrics.LossRatio:
		return fmt.Sprintf("a ratio of %.2f, above %.2f", v.Figure, v.Limit)
	case metrics.Yardstick:
		return fmt.Sprintf("%s the %s that as many principal components reach, above %.2f", times(v.Figure), plots.Loss(v.PCA), v.Limit)
	case metrics.OneEpoch:
		return "one epoch shows no trend"
	case metrics.StillFalling:
		return fmt.Sprintf("the validation loss still fell by %s there", plots.Percent(v.Figure))
	default: // metrics.LevelledOff
		return fmt.Sprintf("a ratio of %.2f, and no longer falling by more than %s", v.Validation/v.Training, plots.Percent(v.Limit))
	}
}

// verdictSentence is a verdict without its reason.
func verdictSentence(v *runfolder.Verdict) string {
	if v.Fit == metrics.AboutRight {
		return "The fit is about right"
	}
	return fmt.Sprintf("The model is %s", v.Fit)
}

// deadUnits says in a sentence which layers have dead units. It returns "" if there
// are none.
func deadUnits(layers []metrics.DeadUnits) string {
	var parts []string
	for _, l := range layers {
		if l.Dead > 0 {
			parts = append(parts, fmt.Sprintf("%d of the %d of %s", l.Dead, l.Units, l.Layer))
		}
	}
	if parts == nil {
		return ""
	}
	return "Dead units, whose ReLU is zero for every validation image: " + strings.Join(parts, " and ") + "."
}

// An advice is something to try next with a key of the config.
type advice struct {
	text     string
	key      string
	followed func(value string) bool // whether this value of the key follows the advice already; nil if one can always go further
}

func isOn(value string) bool  { return value == "true" }
func isSet(value string) bool { return value != "" && value != "0" && value != "[]" }

func is(wanted string) func(string) bool { return func(value string) bool { return value == wanted } }

// Next says what to try after a run of a config with the given values. It returns
// "" if the run has no verdict.
func Next(s *runfolder.Summary, values []runfolder.ConfigValue) string {
	if s.Verdict == nil {
		return ""
	}
	var all []advice
	if deadUnits(s.DeadUnits) != "" {
		all = append(all, advice{"model.init orthogonal", "model.init", is("orthogonal")}, advice{"data.center true", "data.center", isOn},
			advice{"optimizer.warmup_steps", "optimizer.warmup_steps", isSet}, advice{"a smaller optimizer.learning_rate", "optimizer.learning_rate", nil})
	}
	switch {
	case s.Verdict.Unsettled:
		all = append(all, advice{"a smaller optimizer.learning_rate", "optimizer.learning_rate", nil}, advice{"optimizer.schedule cosine", "optimizer.schedule", is("cosine")})
	case s.Verdict.Fit == metrics.Overfitting:
		all = append(all, advice{"data.flip true", "data.flip", isOn}, advice{"a larger optimizer.weight_decay", "optimizer.weight_decay", nil}, advice{"train.early_stopping", "train.early_stopping", isSet})
	case s.Verdict.Fit == metrics.Underfitting:
		all = append(all, advice{"more train.epochs", "train.epochs", nil}, advice{"data.center true", "data.center", isOn}, advice{"another optimizer.learning_rate", "optimizer.learning_rate", nil})
	}
	var texts []string
	advised := make(map[string]bool) // keys
	for _, one := range all {
		place := slices.IndexFunc(values, func(v runfolder.ConfigValue) bool { return v.Key == one.key })
		if advised[one.key] || one.followed != nil && place >= 0 && one.followed(values[place].Text) {
			continue
		}
		texts, advised[one.key] = append(texts, one.text), true
	}
	switch len(texts) {
	case 0:
		return "several seeds (-seeds 5), to see how much is luck, or one changed key (-set key=value), compared with this run"
	case 1:
		return texts[0]
	}
	return strings.Join(texts, ", ") + ", one at a time"
}
