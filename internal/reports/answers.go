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

// Title says what is compared. If the configs differ in a single key, it names
// the key and its values.
func (c *Comparison) Title() string {
	switch first := c.Contenders[0]; {
	case len(c.Contenders) == 1:
		return fmt.Sprintf("%s over %s", first.Label, counted(len(first.Runs), "seed"))
	case len(c.Differing) == 1:
		return fmt.Sprintf("What %s changes: %s", c.Differing[0].Key, strings.Join(c.Differing[0].Values, " against "))
	}
	return fmt.Sprintf("Comparison of %d configs", len(c.Contenders))
}

// Loss names the loss that all contenders share, or says that they share none.
func (c *Comparison) Loss() string {
	if sameLoss(c.Contenders) {
		return "Loss: " + c.Contenders[0].Summary().Loss
	}
	return "The configs minimize different losses, so only their accuracies are compared."
}

// Warnings returns sentences on what makes the comparison unfair.
func (c *Comparison) Warnings() []string {
	var warnings []string
	for _, run := range c.Failed {
		warnings = append(warnings, fmt.Sprintf("%s, seed %d, failed and is not compared: %s.", run.Summary.Name, run.Summary.Seed, run.Summary.Error))
	}
	first := c.Contenders[0]
	for _, other := range c.Contenders[1:] {
		if s, f := other.Summary(), first.Summary(); !sameTest(first, other) {
			warnings = append(warnings, fmt.Sprintf("%s and %s were trained and tested on different images (%s: %s; %s: %s), so their figures cannot say which config is better.",
				other.Label, first.Label, s.Dataset, ClassList(s.Classes), f.Dataset, ClassList(f.Classes)))
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

// Answers returns sentences that say what the comparison shows, with the figures
// that support it: how each config compares with the first. For a single config
// they say what it reaches over its seeds.
func (c *Comparison) Answers() (answers []string) {
	if len(c.Contenders) == 1 {
		answers = append(answers, c.Contenders[0].overSeeds())
	}
	alike := slices.DeleteFunc(slices.Clone(c.Contenders), func(other Contender) bool { return !sameTest(c.Contenders[0], other) })
	all := figures(alike)
	tests, gaps := metrics.AgainstFirst(all, metrics.TestFigure), metrics.AgainstFirst(all, metrics.GapFigure)
	for i, other := range alike[1:] {
		answers = append(answers, quality(alike[0], other, tests[i]), tied(alike[0], other)+overfitting(alike[0], other, gaps[i]))
		if cost := c.cost(alike[0], other, metrics.CompareSpeed(all[0], all[i+1])); cost != "" {
			answers = append(answers, cost)
		}
	}
	if len(alike) > 2 {
		answers = append(answers, "Each p-value is corrected for the number of configs that are compared (Holm).")
	}
	if fits := c.fits(); fits != "" {
		answers = append(answers, fits)
	}
	return answers
}

// overSeeds says what the config reaches over its seeds, with the best and with
// the last weights of each run.
func (c Contender) overSeeds() string {
	r := newResult(c.Label, "", nil, c.summaries()...)
	text := fmt.Sprintf("Test %s over %s: %s with the best weights of each run, %s with the last ones.", measure(r.classifies), counted(len(c.Runs), "seed"), r.text("best_test"), r.text("test"))
	if interval := r.interval(); interval != "" {
		text += fmt.Sprintf(" These are means with standard deviations; the mean over all seeds lies between %s (95%% interval).", strings.Replace(interval, " to ", " and ", 1))
	}
	return text
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
	text := fmt.Sprintf("%s and %s differ by no more than chance explains: %s.", b, a, figures)
	switch {
	case d.Basis == metrics.Untested:
		return fmt.Sprintf("The test %s is %s for %s and %s for %s. %s", measure(classifies), spreadText(classifies, d.Other), b, spreadText(classifies, d.First), a, undecided(classifies, d))
	case d.Significant() && (d.Change > 0) == classifies:
		text = fmt.Sprintf("%s is better than %s by %s: %s.", b, a, size(classifies, d), figures)
	case d.Significant():
		text = fmt.Sprintf("%s is worse than %s by %s: %s.", b, a, size(classifies, d), figures)
	}
	if d.Basis == metrics.SameImages {
		return fmt.Sprintf("%s Of the same %s test images, %s only %s gets right and %s only %s (McNemar's test, %s). This is about two runs, not two configs: other seeds may differ. -seeds 5 compares the configs.",
			text, Thousands(other.Summary().Images.Test), Thousands(d.OnlyOther), other.Label, Thousands(d.OnlyFirst), first.Label, pText(d.P))
	}
	return fmt.Sprintf("%s The difference is %s (95%% interval, %s, %s).%s", text, changeText(classifies, d), basis(d), pText(d.P), seedsNeeded(d))
}

// undecided says what it takes to compare configs of which there is one run each.
func undecided(classifies bool, d metrics.Difference) string {
	const seeds = 5
	const text = "Single runs do not show which config is better, because another seed changes the figures too."
	if d.Change == 0 {
		return text
	}
	limit := metrics.Decides(d.Change, seeds)
	amount := plots.Loss(limit)
	if classifies {
		amount = points(limit)
	}
	return fmt.Sprintf("%s %d seeds of each (-seeds %[2]d) would show a difference of this size in four of five cases if it varies by no more than %s from seed to seed (standard deviation).", text, seeds, amount)
}

// basis names the runs and the test that a difference over seeds rests on.
func basis(d metrics.Difference) string {
	if d.Basis == metrics.Pairs {
		return fmt.Sprintf("%d pairs of the same seeds, Student's t-test", d.First.Runs)
	}
	return fmt.Sprintf("%d and %d seeds, Welch's t-test", d.Other.Runs, d.First.Runs)
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
	switch margin := !math.IsNaN(d.Margin); {
	case classifies && margin:
		return fmt.Sprintf("%s ± %s", signed(d.Change), points(d.Margin))
	case classifies:
		return signed(d.Change) + " points"
	case margin:
		return sign + withMargin(math.Abs(d.Change), d.Margin)
	}
	return sign + plots.Loss(math.Abs(d.Change))
}

// seedsNeeded says how many seeds would tell two configs apart.
func seedsNeeded(d metrics.Difference) string {
	if seeds := d.Seeds(); seeds > 0 {
		return fmt.Sprintf(" If it is as large as it looks, %d seeds of each would show it in four of five cases (-seeds %[1]d).", seeds)
	}
	return ""
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
	return fmt.Sprintf("Tied weights may overfit less because there are fewer values to fit the training images with: the decoder uses the encoder's, which leaves %s free values of %s. ",
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
	switch {
	case max(d.First.Mean, d.Other.Mean) <= none:
		return fmt.Sprintf("Neither overfits: %s.", figures)
	case d.Basis == metrics.Untested:
		return fmt.Sprintf("%s. Single runs do not show which config overfits more.", strings.ToUpper(figures[:1])+figures[1:])
	case !d.Significant():
		return fmt.Sprintf("Which one overfits more cannot be told (%s): %s.", pText(d.P), figures)
	case d.Change < 0:
		return fmt.Sprintf("%s overfits less: %s (%s).", other.Label, figures, pText(d.P))
	}
	return fmt.Sprintf("%s overfits more: %s (%s).", other.Label, figures, pText(d.P))
}

// changesWork reports whether a key's values change how much work an epoch is. Only
// then does comparing the times of two runs say anything about the configs.
func (d Differing) changesWork() bool {
	work := func(value string) string { return configs.Work(d.Key, value) }
	return slices.ContainsFunc(d.Values, func(value string) bool { return work(value) != work(d.Values[0]) })
}

// cost says how many more or fewer parameters a contender has than the first
// and, if a step does other work, how long an epoch of each took.
func (c *Comparison) cost(first, other Contender, speed metrics.Speed) string {
	var parts []string
	if a, b := first.Summary().Parameters, other.Summary().Parameters; a != b {
		parts = append(parts, fmt.Sprintf("%s parameters against %s", Thousands(b), Thousands(a)))
	}
	if slices.ContainsFunc(c.Differing, Differing.changesWork) && speed.First > 0 && speed.Other > 0 {
		took := fmt.Sprintf("%s an epoch against %s", Duration(speed.Other), Duration(speed.First))
		if !speed.Apart {
			took += ", which is within the spread of the epochs of one config"
		}
		parts = append(parts, took)
	}
	if parts == nil {
		return ""
	}
	return fmt.Sprintf("What %s costs: %s.", other.Label, strings.Join(parts, "; "))
}

// fits says how well each contender fits its data, in how many of its runs.
func (c *Comparison) fits() string {
	var parts []string
	for _, contender := range c.Contenders {
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
		return ""
	}
	return "The fit: " + strings.Join(parts, "; ") + "."
}

// baseline is the accuracy on test images of always answering the commonest class;
// 0 if it is not known.
func baseline(s *runfolder.Summary) float64 {
	if s.Confusion == nil || s.Confusion.Total() == 0 {
		return 0
	}
	most := 0
	for _, class := range s.Confusion.ByClass() {
		most = max(most, class.Samples)
	}
	return float64(most) / float64(s.Confusion.Total())
}
