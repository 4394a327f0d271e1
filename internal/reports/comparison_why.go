package reports

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
)

// overfitting says which of two contenders overfits more, and by what figures.
func overfitting(task metrics.Task, first, other Contender, d metrics.Difference) string {
	gap := func(c Contender, s metrics.Spread) string { return fmt.Sprintf("%.3f for %s", s.Mean, c.Label) }
	what := "validation loss divided by training loss, at the best epoch, is "
	if task.Classifies() {
		gap = func(c Contender, s metrics.Spread) string {
			return fmt.Sprintf("%s points for %s", signed(s.Mean), c.Label)
		}
		what = "training accuracy minus validation accuracy, at the best epoch, is "
	}
	figures := what + gap(other, d.Other) + " and " + gap(first, d.First)
	switch {
	case !d.Told():
		return fmt.Sprintf("Neither clearly overfits more: %s.", figures)
	case d.Change() < 0:
		return fmt.Sprintf("%s overfits less: %s.", other.Label, figures)
	}
	return fmt.Sprintf("%s overfits more: %s.", other.Label, figures)
}

// reasons says what may explain a difference between two models that restore
// images: how many hidden units of each are dead. It returns "" if neither has
// any.
func reasons(first, other *runfolder.Summary) string {
	if !first.Task.Restores() || first.DeadUnits == nil || other.DeadUnits == nil {
		return ""
	}
	count := func(layers []metrics.DeadUnits) (dead, units int) {
		for _, l := range layers {
			dead, units = dead+l.Dead, units+l.Units
		}
		return dead, units
	}
	deadA, unitsA := count(first.DeadUnits)
	deadB, unitsB := count(other.DeadUnits)
	if deadA == 0 && deadB == 0 {
		return ""
	}
	return fmt.Sprintf("What may explain it: %d of its %d hidden units are dead and contribute nothing, against %d of %d.", deadB, unitsB, deadA, unitsA)
}

// changesWork reports whether a key changes what a training step computes. Only
// then does comparing the times of two runs say anything about the configs.
func changesWork(key string) bool {
	for _, section := range []string{"model.kind", "model.hidden", "model.latent", "data.batch_size", "data.flip", "data.center", "data.normalize",
		"data.classes", "data.source", "data.size", "data.validation", "optimizer.kind", "loss.kind", "loss.multiclass"} {
		if key == section || strings.HasPrefix(key, section+".") {
			return true
		}
	}
	return false
}

// cost says how many more or fewer parameters a contender has than the first
// and, if a step does other work, how long an epoch of each took.
func (c *Comparison) cost(first, other Contender, speed metrics.Speed) string {
	var parts []string
	if a, b := first.Summary().Parameters, other.Summary().Parameters; a != b {
		parts = append(parts, fmt.Sprintf("it has %s parameters against %s", Thousands(b), Thousands(a)))
	}
	if slices.ContainsFunc(c.Differing, func(d Differing) bool { return changesWork(d.Key) }) && speed.First > 0 && speed.Other > 0 {
		took := fmt.Sprintf("an epoch took %s against %s", Duration(speed.Other), Duration(speed.First))
		if !speed.Told {
			took += ", which is within the spread of the epochs of one config"
		}
		parts = append(parts, took)
	}
	if parts == nil {
		return ""
	}
	return "What it costs: " + strings.Join(parts, "; ") + "."
}

// next says what to try after the comparison.
func (c *Comparison) next() string {
	task := taskOf(c.Contenders)
	ranked := c.ranked()
	best := ranked[0]
	if Next(best.Summary(), best.values) == "" {
		return ""
	}
	d := metrics.CompareTest(ranked[1].figures(task), best.figures(task))
	if !sameTest(best, ranked[1]) {
		return ""
	}
	if !d.Told() && d.Seeds > 0 && d.Seeds <= 20 {
		return fmt.Sprintf("To try next: both over %d seeds (-seeds %[1]d), which would tell %s from %s.", d.Seeds, best.Label, ranked[1].Label)
	}
	return fmt.Sprintf("To try next, going on from %s: %s.", best.Label, Next(best.Summary(), best.values))
}

// fits says for each contender whether it underfits or overfits: with the reason
// if it has a single run, else in how many of its runs.
func (c *Comparison) fits() string {
	var parts []string
	for _, contender := range c.Contenders {
		if fit := contender.fit(); fit != "" {
			parts = append(parts, fit)
		}
	}
	if parts == nil {
		return ""
	}
	return "How well they fit: " + strings.Join(parts, "; ") + "."
}

// fit returns "" if a run has no verdict.
func (c Contender) fit() string {
	if len(c.Runs) == 1 && c.Summary().Verdict != nil {
		return fmt.Sprintf("%s is %s (%s)", c.Label, c.Summary().Verdict.Fit, c.Summary().Verdict.Reason)
	}
	counts := make(map[metrics.Fit]int)
	for _, run := range c.Runs {
		if run.Summary.Verdict == nil {
			return ""
		}
		counts[run.Summary.Verdict.Fit]++
	}
	var parts []string
	for _, fit := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s in %d of %d runs", fit, counts[fit], len(c.Runs)))
	}
	return fmt.Sprintf("%s is %s", c.Label, inWords(parts))
}

// oneByOne says how to see what each key does on its own, if there are two
// configs that differ in several keys. Otherwise it returns "".
func (c *Comparison) oneByOne() string {
	if len(c.Contenders) != 2 || len(c.Differing) < 2 || !sameTest(c.Contenders[0], c.Contenders[1]) {
		return ""
	}
	return fmt.Sprintf("To see what each of the %d differing keys does on its own, sweep them with method: one_at_a_time, as configs/svm_tweaks.yaml does for svm and svm_best.", len(c.Differing))
}
