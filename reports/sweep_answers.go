package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"cifartrain/metrics"
	"cifartrain/plots"
	"cifartrain/runfolder"
)

// LatentKey is the key whose values principal components are held against.
const LatentKey = "model.latent"

// Warnings name what makes figures worth less.
func (s *Sweep) Warnings() []string {
	for _, setting := range s.Finished() {
		if summary := setting.Summary(); summary.Warning != "" {
			return []string{fmt.Sprintf("These figures are of the %s.", summary.Dataset)}
		}
	}
	return nil
}

// Answers say in sentences with their figures which setting is the best, how
// the best goes with each key's values, and whether a larger latent space helps.
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
		return append(answers, fmt.Sprintf("%d of %d settings were left behind on the way: %s says what each had reached by then.", behind, len(s.Settings), runfolder.ComparisonTable))
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

// bestAnswer names the best setting, what it reaches, and how many others nobody
// can tell from it.
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
		return text + " All others that were trained to the end are told apart from it."
	case like == 0:
		return text + " All others are told apart from it."
	}
	text += fmt.Sprintf(" %s not told apart from it: such differences are sure only to %s.", are(like, "other"), sure(s.task(), last))
	if last.Basis != metrics.OverSeeds {
		text += " More seeds would tell (-seeds 5)."
	}
	return text
}

// are counts things that are something: "1 other is", "2 others are".
func are(n int, thing string) string {
	if n == 1 {
		return "1 " + thing + " is"
	}
	return counted(n, thing) + " are"
}

// changeAnswers say what each change does on its own: which help, which harm, and
// which are not told from no change.
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
	answers := []string{fmt.Sprintf("With no change validation %s is %s. What each change does to it on its own:", s.measure(), spreadText(s.task(), s.Figure(finished[base])))}
	for _, group := range []struct {
		what    string
		changes []string
	}{{"Better", helps}, {"Worse", harms}, {"Not told apart from no change", unsure}} {
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

// keyAnswer is the best figure with each value of a key that has one, and
// whether going on in a direction is worth a try: where the best value is the last
// on its side and told apart from the one beside it.
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
		return sentence + " These are not told apart."
	}
	return sentence + s.edge(k, finished[0].Values[k], tried)
}

// rangeAnswer says where in the range of a key the best settings lie, and whether
// they crowd at an end of it.
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
		return fmt.Sprintf("Too few settings have figures to say where in its range %s is best.", s.Keys[k])
	}
	sentence := fmt.Sprintf("The best %s have %s from %.3g to %.3g, of %.3g to %.3g that were tried.",
		counted(len(best), "setting"), s.Keys[k], slices.Min(best), slices.Max(best), low, high)
	switch {
	case best[0] == low && low > 0:
		sentence += " The best of all is the smallest tried; a smaller one may do better."
	case best[0] == high:
		sentence += " The best of all is the largest tried; a larger one may do better."
	}
	return sentence
}

// edge says that the best value is the largest or the smallest that has figures,
// where that is so and no luck.
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

// equal is how near to the lowest a loss counts as it: two seeds of one config
// differ by about as much.
const equal = 0.01

// latentAnswers say, for each value of the first other key, up to where a larger
// latent space helps, beside as many principal components.
func (s *Sweep) latentAnswers(latent int, finished []Setting) []string {
	other := slices.IndexFunc(s.Keys, func(key string) bool { return key != LatentKey })
	groups := []string{""}
	if other >= 0 {
		groups = s.Values[other]
	}
	var answers []string
	for _, group := range groups {
		var line []Setting // the best with each latent, in the order of their widths
		for _, value := range s.Values[latent] {
			i := slices.IndexFunc(finished, func(setting Setting) bool {
				return setting.Values[latent] == value && (other < 0 || setting.Values[other] == group)
			})
			if i >= 0 {
				line = append(line, finished[i])
			}
		}
		width := func(setting Setting) int { n, _ := strconv.Atoi(setting.Values[latent]); return n }
		slices.SortFunc(line, func(a, b Setting) int { return width(a) - width(b) })
		if len(line) < 2 || s.Classifies() {
			continue
		}
		answer := s.latentAnswer(latent, line)
		if other >= 0 {
			answer = ShortKeys(s.Keys)[other] + " " + group + ": " + answer
		}
		answers = append(answers, answer)
	}
	return answers
}

func (s *Sweep) latentAnswer(latent int, line []Setting) string {
	loss := func(setting Setting) float64 { return s.Figure(setting).Mean }
	lowest := loss(slices.MinFunc(line, func(a, b Setting) int { return cmp.Compare(loss(a), loss(b)) }))
	enough := slices.IndexFunc(line, func(setting Setting) bool { return loss(setting) <= (1+equal)*lowest })
	first, last, best := line[0], line[len(line)-1], line[enough]
	text := fmt.Sprintf("a larger latent space helps up to %s values, after which the loss falls by no more than 1%%", best.Values[latent])
	switch enough {
	case 0:
		text = "a larger latent space does not help: the loss falls by no more than 1%"
	case len(line) - 1:
		text = "a larger latent space helps, up to the largest tried"
	}
	text += fmt.Sprintf(". The validation loss is %s with %s values, %s with %s", plots.Loss(loss(first)), first.Values[latent], plots.Loss(loss(best)), best.Values[latent])
	if enough < len(line)-1 {
		text += fmt.Sprintf(", %s with %s", plots.Loss(loss(last)), last.Values[latent])
	}
	if a, b := first.PCA(), last.PCA(); a > 0 && b > 0 {
		text += fmt.Sprintf("; that is %.2f times what %s principal components reach, and %.2f times with %s",
			loss(first)/a, first.Values[latent], loss(last)/b, last.Values[latent])
	}
	return text + "."
}
