package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
	"cifartrain/plots"
)

// Warnings returns sentences on what makes the figures less meaningful.
func (s *Sweep) Warnings() []string {
	for _, setting := range s.Finished() {
		if summary := setting.Summary(); summary.Warning != "" {
			return []string{fmt.Sprintf("These figures are of the %s.", summary.Dataset)}
		}
	}
	return nil
}

// Answers says in sentences, with their figures, which setting is the best, how the
// best figure depends on the values of each key, and whether a larger latent space
// helps.
func (s *Sweep) Answers() []string {
	finished := s.Finished()
	if s.Progress != nil {
		answers := []string{s.Progress.String()}
		if len(finished) > 0 {
			answers = append(answers, s.bestAnswer(finished))
		}
		return answers
	}
	if len(finished) == 0 {
		return nil
	}
	answers := []string{s.bestAnswer(finished)}
	behind := 0
	for _, setting := range s.Settings {
		if len(setting.Paused) > 0 {
			behind++
		}
	}
	if s.OneAtATime {
		answers = append(answers, s.changeAnswers(finished)...)
	}
	for k := range s.Keys {
		switch {
		case s.OneAtATime: // said above
		case s.Drawn[k]:
			answers = append(answers, s.rangeAnswer(k))
		case behind == 0:
			answers = append(answers, s.keyAnswer(k, finished))
		}
	}
	if behind > 0 {
		return append(answers, fmt.Sprintf("%d of %d settings were left behind before their end, because others were better: %s says what each had reached by then.", behind, len(s.Settings), runfolder.ComparisonTable))
	}
	if k := slices.Index(s.Keys, LatentKey); k >= 0 && !s.Drawn[k] {
		answers = append(answers, s.latentAnswers(k, finished)...)
	}
	if missing := len(s.Settings) - len(finished); missing > 0 {
		answers = append(answers, fmt.Sprintf("%d of %s have no figures: %s says why.", missing, counted(len(s.Settings), "setting"), runfolder.ComparisonTable))
	}
	return answers
}

func (s *Sweep) measure() string {
	if s.Classifies() {
		return "accuracy"
	}
	return "loss"
}

// bestAnswer names the best setting, what it reaches, and how many others are too
// close to it to say that they are worse.
func (s *Sweep) bestAnswer(finished []Setting) string {
	best := finished[0]
	all := len(finished)
	for _, setting := range s.Settings {
		if len(setting.Paused) > 0 {
			all++
		}
	}
	text := fmt.Sprintf("The best of %s is %s: validation %s %s, test %s %s.", counted(all, "setting"), best.Label,
		s.measure(), spreadText(s.task(), s.Figure(best)), s.measure(), spreadText(s.task(), s.test(best)))
	like := 0
	var last metrics.Difference
	for _, other := range finished[1:] {
		if d := s.compare(best, other); !d.Told() {
			like, last = like+1, d
		}
	}
	switch {
	case len(finished) == 1:
		return text
	case like == 0 && all > len(finished):
		return text + " It is clearly better than all others that were trained to the end."
	case like == 0:
		return text + " It is clearly better than all others."
	}
	text += fmt.Sprintf(" %s too close to it to tell apart: such differences are known only to within %s.", are(like, "other"), sure(s.task(), last))
	if last.Basis != metrics.OverSeeds {
		text += " More seeds would make them surer (-seeds 5)."
	}
	return text
}

// are writes a number of things with its verb: "1 other is", "2 others are".
func are(n int, thing string) string {
	if n == 1 {
		return "1 " + thing + " is"
	}
	return counted(n, thing) + " are"
}

// changeAnswers says what each change does on its own: which ones help, which ones
// harm, and which ones make too little difference to tell.
func (s *Sweep) changeAnswers(finished []Setting) []string {
	base := slices.IndexFunc(finished, func(setting Setting) bool { return setting.Label == unchanged })
	if base < 0 || len(finished) < 2 {
		return nil
	}
	var helps, harms, unsure []string
	for _, other := range finished {
		d := s.compare(finished[base], other)
		better := (d.Change() > 0) == s.Classifies()
		switch {
		case other.Label == unchanged:
		case !d.Told():
			unsure = append(unsure, fmt.Sprintf("%s (%s)", other.Label, changeText(s.task(), d)))
		case better:
			helps = append(helps, fmt.Sprintf("%s (%s)", other.Label, changeText(s.task(), d)))
		default:
			harms = append(harms, fmt.Sprintf("%s (%s)", other.Label, changeText(s.task(), d)))
		}
	}
	answers := []string{fmt.Sprintf("With no change, the validation %s is %s. What each change does to it on its own:", s.measure(), spreadText(s.task(), s.Figure(finished[base])))}
	for _, group := range []struct {
		what    string
		changes []string
	}{{"Better", helps}, {"Worse", harms}, {"Too close to no change to tell", unsure}} {
		if len(group.changes) > 0 {
			answers = append(answers, fmt.Sprintf("%s: %s.", group.what, strings.Join(group.changes, ", ")))
		}
	}
	return append(answers, "In brackets is the difference with twice its standard error. A change that does nothing on its own may still matter beside others.")
}

// changeText writes a difference with twice its standard error.
func changeText(task metrics.Task, d metrics.Difference) string {
	if task.Classifies() {
		return fmt.Sprintf("%s ± %s", signed(d.Change()), points(2*d.Error))
	}
	sign := "+"
	if d.Change() < 0 {
		sign = "−"
	}
	return fmt.Sprintf("%s%s ± %s", sign, plots.Loss(math.Abs(d.Change())), plots.Loss(2*d.Error))
}

// keyAnswer gives the best figure with each value of a key, and says whether values
// beyond those tried are worth a try: if the best value is the largest or smallest
// one and clearly better than the one next to it.
func (s *Sweep) keyAnswer(k int, finished []Setting) string {
	var parts []string
	var tried []Setting // the best with each value
	for _, value := range s.Values[k] {
		i := slices.IndexFunc(finished, func(setting Setting) bool { return setting.Values[k] == value })
		if i < 0 {
			parts = append(parts, value+" none")
			continue
		}
		tried = append(tried, finished[i])
		parts = append(parts, value+" "+spreadText(s.task(), s.Figure(finished[i])))
	}
	sentence := fmt.Sprintf("Best %s with each %s: %s.", s.measure(), s.Keys[k], strings.Join(parts, ", "))
	if len(tried) < 2 {
		return sentence
	}
	if !slices.ContainsFunc(tried, func(other Setting) bool { return s.compare(finished[0], other).Told() }) {
		return sentence + " These are too close to tell apart."
	}
	return sentence + s.edge(k, finished[0].Values[k], tried)
}

// rangeAnswer says where in the range of a key the best settings lie, and whether
// the best of all lies at an end of it.
func (s *Sweep) rangeAnswer(k int) string {
	const most = 5
	var best []float64
	tried := func(setting Setting) (float64, bool) {
		value, err := strconv.ParseFloat(setting.Values[k], 64)
		return value, err == nil && len(setting.reached().Runs) > 0
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, setting := range s.Settings { // the best first
		value, ok := tried(setting)
		if !ok {
			continue
		}
		low, high = min(low, value), max(high, value)
		if len(best) < most {
			best = append(best, value)
		}
	}
	if len(best) < 2 {
		return fmt.Sprintf("Too few settings have figures to say which part of the range of %s is best.", s.Keys[k])
	}
	sentence := fmt.Sprintf("The best %s have %s from %.3g to %.3g; values from %.3g to %.3g were tried.",
		counted(len(best), "setting"), s.Keys[k], slices.Min(best), slices.Max(best), low, high)
	switch {
	case best[0] == low && low > 0:
		sentence += " The best of all is the smallest tried; a smaller one may do better."
	case best[0] == high:
		sentence += " The best of all is the largest tried; a larger one may do better."
	}
	return sentence
}

// edge says that the best value is the largest or the smallest one with figures, if
// that is so and is not just luck. Otherwise it returns "".
func (s *Sweep) edge(k int, best string, tried []Setting) string {
	number := func(setting Setting) float64 {
		n, err := strconv.ParseFloat(setting.Values[k], 64)
		if err != nil {
			return math.NaN()
		}
		return n
	}
	sorted := slices.SortedFunc(slices.Values(tried), func(a, b Setting) int { return cmp.Compare(number(a), number(b)) })
	last := len(sorted) - 1
	switch {
	case math.IsNaN(number(sorted[0])): // NaN sorts first
		return ""
	case sorted[last].Values[k] == best && s.compare(sorted[last-1], sorted[last]).Told():
		return " The best is the largest tried; a larger one may do better."
	case sorted[0].Values[k] == best && number(sorted[0]) > 0 && s.compare(sorted[1], sorted[0]).Told():
		return " The best is the smallest tried; a smaller one may do better."
	}
	return ""
}
