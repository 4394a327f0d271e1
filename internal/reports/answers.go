package reports

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"cifartrain/configs"
	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
	"cifartrain/plots"
)

// heading says what is compared, and by which loss or in which order. If the configs
// differ in a single key, it names the key and its values.
func (r *Results) heading() (title, under, order string) {
	finished := r.Finished()
	if r.Name != "" {
		return r.Name, fmt.Sprintf("%s of %s", Counted(len(r.Contenders), "setting"), strings.Join(r.Keys, ", ")),
			"Ordered by the validation figure of the best epoch; test figures play no part."
	}
	title, under = fmt.Sprintf("Comparison of %d configs", len(finished)), "The configs minimize different losses, so only their accuracies are compared."
	if len(finished) == 1 {
		title = fmt.Sprintf("%s over %s", finished[0].Label, Counted(len(finished[0].Runs), "seed"))
	} else if len(r.differing) == 1 {
		title = fmt.Sprintf("What %s changes: %s", r.differing[0][0], strings.Join(r.differing[0][1:], " against "))
	}
	if sameLoss(finished) {
		under = "Loss: " + finished[0].Summary().Loss
	}
	return title, under, ""
}

// Warnings returns sentences on what makes the results less meaningful, or the
// comparison unfair.
func (r *Results) Warnings() (warnings []string) {
	finished := r.Finished()
	for _, c := range r.Contenders {
		if r.Name == "" && c.Missing != "" {
			warnings = append(warnings, fmt.Sprintf("%s failed and is not compared: %s.", c.Label, c.Missing))
		}
	}
	for i, other := range finished {
		s, f := other.Summary(), finished[0].Summary()
		if i == 0 && f.Warning != "" {
			warnings = append(warnings, fmt.Sprintf("These figures are of the %s.", f.Dataset))
		}
		if !sameTest(finished[0], other) {
			warnings = append(warnings, fmt.Sprintf("%s and %s were trained and tested on different images (%s: %s; %s: %s), so their figures do not show which is better.",
				other.Label, finished[0].Label, s.Dataset, ClassList(s.Classes), f.Dataset, ClassList(f.Classes)))
		}
	}
	return warnings
}

// sameTest reports whether two were tested on images of the same classes, so
// that their figures say which is better.
func sameTest(first, other Contender) bool {
	a, b := first.Summary(), other.Summary()
	return a.Dataset == b.Dataset && slices.Equal(a.Classes, b.Classes)
}

// Answers returns sentences that say what the results show, with the figures that
// support it.
func (r *Results) Answers() (answers []string) {
	if r.Progress != nil {
		answers = append(answers, r.Progress.String())
	}
	switch finished := r.Finished(); {
	case len(finished) == 0:
		return answers
	case r.Name == "":
		return compared(finished, r.differing)
	default:
		return append(answers, r.swept(finished)...)
	}
}

// compared says how each config compares with the first and, for a single config,
// what it reaches over its seeds.
func compared(finished []Contender, differing [][]string) (answers []string) {
	if len(finished) == 1 {
		answers = append(answers, finished[0].overSeeds())
	}
	alike := slices.DeleteFunc(slices.Clone(finished), func(other Contender) bool { return !sameTest(finished[0], other) })
	tests, gaps := metrics.AgainstFirst(samples(alike, "best_test")), metrics.AgainstFirst(samples(alike, "gap"))
	for i, other := range alike[1:] {
		answers = append(answers, quality(alike[0], other, tests[i]), tied(alike[0], other)+overfitting(alike[0], other, gaps[i]))
		if cost := cost(alike[0], other, differing); cost != "" {
			answers = append(answers, cost)
		}
	}
	if len(alike) > 2 && slices.ContainsFunc(slices.Concat(tests, gaps), func(d metrics.Difference) bool { return d.Basis != metrics.Untested }) {
		answers = append(answers, "The p-values are corrected for comparing several configs (Holm).")
	}
	return append(answers, fits(finished)...)
}

// overSeeds says what the config reaches over its seeds, with the best and with
// the last weights of each run.
func (c Contender) overSeeds() string {
	r := c.row()
	text := fmt.Sprintf("Test %s over %s: %s with each run's best weights, %s with its last ones", measure(r.classifies), Counted(len(c.Runs), "seed"), r.text("best_test"), r.text("test"))
	if interval := r.interval(); interval != "" {
		text += fmt.Sprintf(" (mean ± standard deviation). With the best weights, the 95%% interval of the mean is %s", interval)
	}
	return text + "."
}

func measure(classifies bool) string {
	if classifies {
		return "accuracy"
	}
	return "loss"
}

// size writes a difference, without its sign.
func size(classifies bool, d metrics.Difference) string {
	switch {
	case classifies:
		return points(d.Change)
	case d.First.Mean == 0:
		return plots.Loss(math.Abs(d.Change))
	}
	return plots.Percent(math.Abs(d.Change / d.First.Mean))
}

// quality says which of two contenders is better on the test images, and whether
// chance explains it.
func quality(first, other Contender, d metrics.Difference) string {
	classifies := first.Summary().Task.Classifies()
	figures := fmt.Sprintf("test %s %s against %s", measure(classifies), spreadText(classifies, d.Other), spreadText(classifies, d.First))
	a, b := first.Label, other.Label
	if d.Basis == metrics.SameImages {
		a, b = "this run of "+a, "This run of "+b
	}
	text := fmt.Sprintf("%s and %s do not differ beyond chance: %s.", b, a, figures)
	switch {
	case d.Basis == metrics.Untested:
		return fmt.Sprintf("The test %s is %s for %s and %s for %s. %s", measure(classifies), spreadText(classifies, d.Other), b, spreadText(classifies, d.First), a, undecided(classifies, d))
	case d.Significant():
		better := "worse"
		if (d.Change > 0) == classifies {
			better = "better"
		}
		text = fmt.Sprintf("%s is %s than %s by %s: %s.", b, better, a, size(classifies, d), figures)
	}
	if d.Basis == metrics.SameImages {
		return fmt.Sprintf("%s Of the %s test images, %s are right only with %s and %s only with %s (McNemar's test, %s). This holds for these two runs: other seeds may differ. To compare the configs, train several seeds (-seeds 5).",
			text, Thousands(other.Summary().Images.Test), Thousands(d.OnlyOther), other.Label, Thousands(d.OnlyFirst), first.Label, pText(d.P))
	}
	basis := fmt.Sprintf("%d and %d seeds, Welch's t-test", d.Other.Runs, d.First.Runs)
	if d.Basis == metrics.Pairs {
		basis = fmt.Sprintf("%d pairs of the same seeds, Student's t-test", d.First.Runs)
	}
	text += fmt.Sprintf(" The difference is %s (95%% interval, %s, %s).", changeText(classifies, d), basis, pText(d.P))
	if seeds := d.Seeds(); seeds > 0 {
		text += fmt.Sprintf(" If it is really this large, %d seeds of each would show it in four of five cases (-seeds %[1]d).", seeds)
	}
	return text
}

const oneRun = "One run of each does not show which is better, because another seed changes the figures too."

// undecided says what it takes to compare configs of which there is one run each.
func undecided(classifies bool, d metrics.Difference) string {
	const seeds = 5
	if d.Change == 0 {
		return oneRun
	}
	limit := metrics.Decides(d.Change, seeds)
	amount := plots.Loss(limit)
	if classifies {
		amount = points(limit)
	}
	return fmt.Sprintf("%s %d seeds of each (-seeds %[2]d) would show this difference in four of five cases if its standard deviation over seeds is at most %s.", oneRun, seeds, amount)
}

func pText(p float64) string {
	if p < 0.001 {
		return "p < 0.001"
	}
	return fmt.Sprintf("p = %.2g", p)
}

// changeText writes a difference with its sign and its 95% interval, if there is one.
func changeText(classifies bool, d metrics.Difference) string {
	sign := "+"
	if d.Change < 0 {
		sign = "−"
	}
	switch tested := !math.IsNaN(d.HalfWidth); {
	case classifies && tested:
		return fmt.Sprintf("%s ± %s", signed(d.Change), points(d.HalfWidth))
	case classifies:
		return signed(d.Change) + " points"
	case tested:
		return sign + plusMinus(math.Abs(d.Change), d.HalfWidth)
	}
	return sign + plots.Loss(math.Abs(d.Change))
}

// tied says why a model with tied weights may overfit less than one without. It
// returns "" for any other two.
func tied(first, other Contender) string {
	a, b := first.Summary(), other.Summary()
	if a.Model == "tied_autoencoder" {
		a, b = b, a
	}
	if a.Model != "autoencoder" || b.Model != "tied_autoencoder" || a.Parameters <= b.Parameters {
		return ""
	}
	return fmt.Sprintf("Tied weights may overfit less: the decoder uses the encoder's weights, which leaves %s parameters of %s to fit the training images with. ",
		Thousands(b.Parameters), Thousands(a.Parameters))
}

// overfitting says which of two contenders overfits more, and by what figures.
func overfitting(first, other Contender, d metrics.Difference) string {
	figures := fmt.Sprintf("validation loss divided by training loss, at the best epoch, is %.3f for %s and %.3f for %s", d.Other.Mean, other.Label, d.First.Mean, first.Label)
	none := 1.0
	if first.Summary().Task.Classifies() {
		figures = fmt.Sprintf("training accuracy minus validation accuracy, at the best epoch, is %s points for %s and %s points for %s", signed(d.Other.Mean), other.Label, signed(d.First.Mean), first.Label)
		none = 0
	}
	more := "more"
	switch {
	case max(d.First.Mean, d.Other.Mean) <= none:
		return fmt.Sprintf("Neither overfits: %s.", figures)
	case d.Basis == metrics.Untested:
		return fmt.Sprintf("%s. One run of each does not show which overfits more.", strings.ToUpper(figures[:1])+figures[1:])
	case !d.Significant():
		return fmt.Sprintf("It is not clear which overfits more (%s): %s.", pText(d.P), figures)
	case d.Change < 0:
		more = "less"
	}
	return fmt.Sprintf("%s overfits %s: %s (%s).", other.Label, more, figures, pText(d.P))
}

// cost says how many more or fewer parameters a contender has than the first
// and, if a step does other work, how long an epoch of each took. Only then does
// comparing the times of two runs say anything about the configs.
func cost(first, other Contender, differing [][]string) string {
	var parts []string
	if a, b := first.Summary().Parameters, other.Summary().Parameters; a != b {
		parts = append(parts, fmt.Sprintf("%s parameters against %s", Thousands(b), Thousands(a)))
	}
	otherWork := slices.ContainsFunc(differing, func(row []string) bool {
		work := func(value string) string { return configs.Work(row[0], value) }
		return slices.ContainsFunc(row[1:], func(value string) bool { return work(value) != work(row[1]) })
	})
	if a, b, apart := metrics.CompareSpeed(first.epochSeconds(), other.epochSeconds()); otherWork && a > 0 && b > 0 {
		took := fmt.Sprintf("%s an epoch against %s", Duration(b), Duration(a))
		if !apart {
			took += " (no more than the epochs of one config differ)"
		}
		parts = append(parts, took)
	}
	if parts == nil {
		return ""
	}
	return fmt.Sprintf("The cost of %s: %s.", other.Label, strings.Join(parts, "; "))
}

// fits says how well each contender fits its data, in how many of its runs.
func fits(contenders []Contender) []string {
	var parts []string
	for _, contender := range contenders {
		counts := make(map[metrics.Fit]int)
		for _, run := range contender.Runs {
			if v := run.Summary.Verdict; v != nil {
				counts[v.Fit]++
			}
		}
		for _, fit := range slices.Sorted(maps.Keys(counts)) {
			part := fmt.Sprintf("%s is %s", contender.Label, fit)
			if counts[fit] < len(contender.Runs) {
				part += fmt.Sprintf(" in %d of %d runs", counts[fit], len(contender.Runs))
			}
			parts = append(parts, part)
		}
	}
	if parts == nil {
		return nil
	}
	return []string{"The fit: " + strings.Join(parts, "; ") + "."}
}

// swept says which setting comes first, which others are worse beyond chance or, if
// one thing was changed at a time, what each change does.
func (r *Results) swept(finished []Contender) (answers []string) {
	behind := 0
	for _, c := range r.Contenders {
		if c.LeftBehind() {
			behind++
		}
	}
	all, first := Counted(len(r.Contenders), "setting"), finished[0].row()
	answers = []string{fmt.Sprintf("%s comes first of %s: validation %s %s, test %[3]s %[5]s.", first.name, Counted(len(finished)+behind, "setting"), measure(first.classifies), first.text("best_val"), first.text("best_test"))}
	switch {
	case r.Progress != nil:
		return answers
	case r.OneAtATime:
		answers = append(answers, r.changes()...)
	case len(finished) > 1:
		answers = append(answers, others(finished))
	}
	if behind > 0 {
		answers = append(answers, fmt.Sprintf("Not trained to the end, because others were ahead: %d of %s. The table says what they had reached.", behind, all))
	}
	if missing := len(r.Contenders) - len(finished) - behind; missing > 0 {
		answers = append(answers, fmt.Sprintf("Without figures: %d of %s. %s says why.", missing, all, runfolder.ComparisonTable))
	}
	return answers
}

const moreSeeds = oneRun + " -seeds 5 trains five."

// others says how many of the other settings are worse than the first one.
func others(finished []Contender) string {
	differences := metrics.AgainstBest(samples(finished, "best_val"))
	worse, tested := 0, 0
	for _, d := range differences {
		if d.Significant() {
			worse++
		}
		if d.Basis != metrics.Untested {
			tested++
		}
	}
	if tested == 0 {
		return moreSeeds
	}
	return fmt.Sprintf("Worse beyond chance: %d of the %s (t-tests over seeds at 5%%, Holm's correction for all pairs of settings).", worse, Counted(len(differences), "other setting"))
}

// changes says what each change does on its own: which ones help, which ones harm,
// and which ones make no clear difference.
func (r *Results) changes() []string {
	ordered, differences := r.against(unchanged)
	if len(differences) == 0 {
		return nil
	}
	const none, untested = "No clear difference", "Difference to no change"
	groups := make(map[string][]string)
	for i, d := range differences {
		group := none
		switch {
		case d.Basis == metrics.Untested:
			group = untested
		case d.Significant() && (d.Change > 0) == r.Classifies():
			group = "Better"
		case d.Significant():
			group = "Worse"
		}
		groups[group] = append(groups[group], fmt.Sprintf("%s (%s)", ordered[i+1].Label, changeText(r.Classifies(), d)))
	}
	answers := []string{fmt.Sprintf("With no change, the validation %s is %s. What each change does to it on its own:", measure(r.Classifies()), ordered[0].row().text("best_val"))}
	for _, group := range []string{"Better", "Worse", none, untested} {
		if len(groups[group]) > 0 {
			answers = append(answers, fmt.Sprintf("%s: %s.", group, strings.Join(groups[group], ", ")))
		}
	}
	if len(groups[untested]) > 0 {
		return append(answers, moreSeeds)
	}
	return append(answers, "In brackets is the difference with its 95% interval (t-tests over seeds at 5%, Holm's correction for the number of changes). Several changes together may do something else.")
}

// against compares the validation figures of all finished settings with those of the
// one with a label, which is put before the others. It returns nothing if that one
// has no figures.
func (r *Results) against(label string) (ordered []Contender, differences []metrics.Difference) {
	ordered = r.Finished()
	place := slices.IndexFunc(ordered, func(c Contender) bool { return c.Label == label })
	if place < 0 {
		return nil, nil
	}
	first := ordered[place]
	ordered = slices.Insert(slices.Delete(ordered, place, place+1), 0, first)
	return ordered, metrics.AgainstFirst(samples(ordered, "best_val"))
}

// Apart returns, by label, whether the validation figures of a setting differ from
// those of first by more than chance explains, all being compared with first.
func (r *Results) Apart(first Contender) map[string]bool {
	apart := make(map[string]bool)
	ordered, differences := r.against(first.Label)
	for i, difference := range differences {
		apart[ordered[i+1].Label] = difference.Significant()
	}
	return apart
}
