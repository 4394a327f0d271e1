package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

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
		return fmt.Sprintf("What %s changes: %s", c.Differing[0].Key, strings.Join(c.Differing[0].texts(), " against "))
	}
	return fmt.Sprintf("Comparison of %d configs", len(c.Contenders))
}

// texts returns the values for a reader, with a dash where a config lacks the
// key.
func (d Differing) texts() []string {
	texts := slices.Clone(d.Values)
	for i, text := range texts {
		if text == "" {
			texts[i] = "–"
		}
	}
	return texts
}

// Loss names the loss that all contenders share, or says that they share none.
func (c *Comparison) Loss() string {
	if sameLoss(c.Contenders) {
		return c.Contenders[0].Summary().Loss
	}
	return "the losses have different units, so only accuracies are compared"
}

// Warnings returns sentences on what makes the comparison unfair.
func (c *Comparison) Warnings() []string {
	var warnings []string
	for _, run := range c.Failed {
		warnings = append(warnings, fmt.Sprintf("%s, seed %d, failed and is not compared: %s.", run.Summary.Name, run.Summary.Seed, run.Summary.Error))
	}
	first := c.Contenders[0].Summary()
	for _, other := range c.Contenders[1:] {
		switch s := other.Summary(); {
		case s.Dataset != first.Dataset:
			warnings = append(warnings, fmt.Sprintf("%s was trained on other images than %s: %s against %s.", other.Label, c.Contenders[0].Label, s.Dataset, first.Dataset))
		case !slices.Equal(s.Classes, first.Classes):
			warnings = append(warnings, fmt.Sprintf("%s was trained on other classes than %s: %s against %s.", other.Label, c.Contenders[0].Label, ClassList(s.Classes), ClassList(first.Classes)))
		}
	}
	return warnings
}

// Answers returns sentences that say what the comparison shows, with the figures
// that support it: which config is the best, how each one compares with the
// first, and what to try next. For a single config they say what it reaches over
// its seeds.
func (c *Comparison) Answers() []string {
	if len(c.Contenders) == 1 {
		return slices.DeleteFunc([]string{c.Contenders[0].overSeeds(), c.fits(), c.blurs()}, func(answer string) bool { return answer == "" })
	}
	var answers []string
	if len(c.Contenders) > 2 && !slices.ContainsFunc(c.Contenders, func(other Contender) bool { return !sameTest(c.Contenders[0], other) }) {
		answers = append(answers, c.best())
	}
	for _, other := range c.Contenders[1:] {
		answers = append(answers, c.against(other)...)
	}
	for _, one := range []string{c.fits(), c.blurs(), c.next(), c.oneByOne()} {
		if one != "" {
			answers = append(answers, one)
		}
	}
	return answers
}

// ranked returns the contenders from the best to the worst by their validation
// figures. Test figures must have no influence on a choice.
func (c *Comparison) ranked() []Contender {
	task := taskOf(c.Contenders)
	ranked := slices.Clone(c.Contenders)
	slices.SortStableFunc(ranked, func(a, b Contender) int {
		x, y := metrics.NewSpread(a.figures(task).Validation).Mean, metrics.NewSpread(b.figures(task).Validation).Mean
		if task.Classifies() {
			x, y = y, x
		}
		return cmp.Compare(x, y)
	})
	return ranked
}

// best names the best of several contenders and how far the next one is.
func (c *Comparison) best() string {
	task := taskOf(c.Contenders)
	ranked := c.ranked()
	first, second := ranked[0], ranked[1]
	test := metrics.NewSpread(first.figures(task).Test)
	text := fmt.Sprintf("The best of %d by its validation figures is %s: %s.", len(ranked), first.Label, reaches(task, test, first.Summary().Images.Test))
	d := metrics.CompareTest(second.figures(task), first.figures(task))
	if d.Told() {
		return text + fmt.Sprintf(" The next, %s, is %s behind.", second.Label, apart(task, d))
	}
	return text + fmt.Sprintf(" The next, %s, reaches %s, which is too close to tell the two apart.", second.Label, spreadText(task, d.First))
}

// reaches says what a model scores on the test images.
func reaches(task metrics.Task, test metrics.Spread, images int) string {
	if task.Classifies() {
		return fmt.Sprintf("it classifies %s of the %s test images correctly", percentSpread(test), Thousands(images))
	}
	return "its loss on test images is " + lossSpread(test)
}

// apart is the size of a difference in words.
func apart(task metrics.Task, d metrics.Difference) string {
	if task.Classifies() {
		return points(d.Change())
	}
	if d.First.Mean == 0 {
		return plots.Loss(math.Abs(d.Change()))
	}
	return plots.Percent(math.Abs(d.Change() / d.First.Mean))
}

// against compares a contender with the first one, in sentences.
func (c *Comparison) against(other Contender) []string {
	task, first := taskOf(c.Contenders), c.Contenders[0]
	a, b := first.figures(task), other.figures(task)
	if !sameTest(first, other) {
		return []string{otherTest(task, first, other, metrics.CompareTest(a, b))}
	}
	answers := []string{quality(task, first, other, metrics.CompareTest(a, b)), overfitting(task, first, other, metrics.CompareGaps(a, b))}
	if why := reasons(first.Summary(), other.Summary()); why != "" {
		answers = append(answers, why)
	}
	if cost := c.cost(first, other, metrics.CompareSpeed(a, b)); cost != "" {
		answers = append(answers, cost)
	}
	return answers
}

// sameTest reports whether two were tested on images of the same classes, so
// that their figures say which is better.
func sameTest(first, other Contender) bool {
	a, b := first.Summary(), other.Summary()
	return a.Dataset == b.Dataset && slices.Equal(a.Classes, b.Classes)
}

// otherTest gives the figures of two contenders that were tested on different
// images. It does not judge which is better.
func otherTest(task metrics.Task, first, other Contender, d metrics.Difference) string {
	if !task.Classifies() {
		return fmt.Sprintf("These figures cannot say which is better, because the images differ: the loss on test images is %s for %s and %s for %s.",
			lossSpread(d.Other), other.Label, lossSpread(d.First), first.Label)
	}
	reached := func(c Contender, s metrics.Spread) string {
		return fmt.Sprintf("%s classifies %s correctly, where guessing reaches %s", c.Label, percentSpread(s), guessing(c.Summary()))
	}
	return fmt.Sprintf("These figures cannot say which is better, because the images differ: %s; %s.", reached(other, d.Other), reached(first, d.First))
}

// quality says which of two contenders is better on the test images, and whether
// that may be luck.
func quality(task metrics.Task, first, other Contender, d metrics.Difference) string {
	images := Thousands(other.Summary().Images.Test)
	figures := fmt.Sprintf("its best weights classify %s of the %s test images correctly, against %s", percentSpread(d.Other), images, percentSpread(d.First))
	better := d.Change() > 0
	if !task.Classifies() {
		figures = fmt.Sprintf("its best weights have a loss of %s on test images, against %s", lossSpread(d.Other), lossSpread(d.First))
		better = d.Change() < 0
	}
	if !d.Told() {
		return fmt.Sprintf("%s cannot be told apart from %s: %s. %s", other.Label, first.Label, figures, undecided(task, d))
	}
	word := "worse"
	if better {
		word = "better"
	}
	return fmt.Sprintf("%s is %s than %s by %s: %s. %s", other.Label, word, first.Label, apart(task, d), figures, decided(task, d))
}

// sure writes twice the standard error of a difference.
func sure(task metrics.Task, d metrics.Difference) string {
	if task.Classifies() {
		return "±" + points(2*d.Error)
	}
	return "±" + plots.Loss(2*d.Error)
}

// decided says why a difference is more than luck.
func decided(task metrics.Task, d metrics.Difference) string {
	switch d.Basis {
	case metrics.OverSeeds:
		return fmt.Sprintf("That is not luck of the seed: over %s the difference is known to within %s, twice its standard error.", seedCounts(d), sure(task, d))
	case metrics.Counting:
		return fmt.Sprintf("That is more than chance explains with so many images (%s); only runs over several seeds can show how much of it is due to the seed (-seeds 5).", sure(task, d))
	}
	return "Single runs show no spread, but two seeds of one config seldom differ by more than 1%; runs over several seeds would show how much (-seeds 5)."
}

// undecided says why a difference may be luck, and how many seeds would show
// whether it is.
func undecided(task metrics.Task, d metrics.Difference) string {
	why := "Two seeds of one config may differ by 1%, and these differ by less."
	switch d.Basis {
	case metrics.OverSeeds:
		why = fmt.Sprintf("Over %s the difference is known only to within %s, twice its standard error.", seedCounts(d), sure(task, d))
	case metrics.Counting:
		why = fmt.Sprintf("With so many images, chance alone makes a difference of up to %s between two runs.", sure(task, d))
	}
	return why + whatItTakes(d)
}

// whatItTakes says how many seeds would be needed to tell two configs apart.
func whatItTakes(d metrics.Difference) string {
	const many = 100
	switch {
	case d.Seeds == 0:
		return ""
	case d.Seeds > many:
		return fmt.Sprintf(" More than %d seeds of each would be needed to tell them apart.", many)
	}
	return fmt.Sprintf(" About %d seeds of each would tell them apart (-seeds %[1]d).", d.Seeds)
}

func seedCounts(d metrics.Difference) string {
	if d.First.Runs == d.Other.Runs {
		return fmt.Sprintf("%d seeds each", d.First.Runs)
	}
	return fmt.Sprintf("%d and %d seeds", d.Other.Runs, d.First.Runs)
}

// overSeeds says what the config reaches over its seeds, with the best and with
// the last weights of each run.
func (c Contender) overSeeds() string {
	task := taskOf([]Contender{c})
	var last, best []float64
	for _, run := range c.Runs {
		if s := run.Summary; task.Classifies() {
			last, best = append(last, *s.Final.TestAccuracy), append(best, *s.Best.TestAccuracy)
		} else {
			last, best = append(last, *s.Final.TestLoss), append(best, *s.Best.TestLoss)
		}
	}
	atBest, atLast := spreadText(task, metrics.NewSpread(best)), spreadText(task, metrics.NewSpread(last))
	if task.Classifies() {
		return fmt.Sprintf("Over %s it classifies %s of the test images correctly with each run's best weights, and %s with the last ones. It never saw these images in training. The figures are means and standard deviations.",
			counted(len(best), "seed"), atBest, atLast)
	}
	return fmt.Sprintf("Over %s its loss on the test images is %s with each run's best weights, and %s with the last ones. It never saw these images in training. The figures are means and standard deviations.",
		counted(len(best), "seed"), atBest, atLast)
}
