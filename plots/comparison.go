package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"cifartrain/metrics"
)

// Contender is one of the configs of a comparison, with the histories of its runs:
// a single one, or one for each seed.
type Contender struct {
	Name      string
	Histories metrics.Histories

	// Yardstick is the validation loss of a PCA with as many components as the
	// model's latent vector has values; 0 for none.
	Yardstick float64
}

// LossComparison shows the losses of several configs: the training losses in the
// left panel and the validation losses in the right one. Both have the same vertical
// axis, whose name and scale are chosen as in [LossChart]; if the first epochs lie
// far above all others, they are cut off and a note says so. The right panel marks
// each config's epoch with the lowest validation loss, and shows the yardsticks as
// dashed lines. The curve of a config with several histories is their mean, with a
// band from the lowest to the highest. The histories may differ in length. The
// first 8 configs have a color each; later ones repeat the colors with other dashes.
// LossComparison returns an error if there is no config, if one has no epoch or a
// yardstick that is negative or not finite, if none has a finite loss, or if the
// caption names no dataset.
func LossComparison(caption Caption, lossName string, contenders []Contender) (*Chart, error) {
	return comparisonChart(caption, lossQuantity(lossName), contenders)
}

// AccuracyComparison is like [LossComparison], but shows the accuracies of
// classifiers, whose losses may have different units. It shows no yardsticks.
func AccuracyComparison(caption Caption, contenders []Contender) (*Chart, error) {
	without := slices.Clone(contenders)
	for i := range without {
		without[i].Yardstick = 0
	}
	return comparisonChart(caption, accuracyQuantity, without)
}

func comparisonChart(caption Caption, q quantity, contenders []Contender) (*Chart, error) {
	if err := checkContenders(contenders); err != nil {
		return nil, err
	}
	c := &Chart{
		quantity: q, first: contenders[0].Histories[0][0].Number, levels: sharedYardsticks(contenders),
		panels: []panel{{title: "Training"}, {title: "Validation"}},
		best:   "best epoch, by validation loss", bestLook: noteLook,
	}
	gapped, several := 0, false
	for i, contender := range contenders {
		training, validation := contender.curves(q)
		c.panels[0].curves = append(c.panels[0].curves, training)
		c.panels[1].curves = append(c.panels[1].curves, validation)
		c.series = append(c.series, series{lookOf(i), contender.Name, bestNote(q, len(contender.Histories), validation)})
		for _, history := range contender.Histories {
			c.first, c.last = min(c.first, history[0].Number), max(c.last, history.Last().Number)
		}
		gapped += gaps(training, validation)
		several = several || len(contender.Histories) > 1
	}
	var notes []string
	if several {
		notes = []string{"Lines are means over seeds, bands reach from the lowest to the highest seed."}
	}
	if !q.percent {
		c.cutStart()
	}
	err := c.finish(caption, strings.ToUpper(q.name[:1])+q.name[1:]+" per epoch, compared", gapped, notes...)
	c.heading.notes = append(c.heading.notes, c.hidden()...)
	return c, err
}

// hidden returns notes that name curves which lie on those of other configs from
// beginning to end, because the picture alone does not show them.
func (c *Chart) hidden() (notes []string) {
	const asWideAsALine = 0.004 // of the axis
	told := make([]bool, len(c.series))
	for i := range c.series {
		names := []string{c.series[i].name}
		for j := i + 1; j < len(c.series); j++ {
			same := !told[i] && !told[j]
			for _, panel := range c.panels {
				same = same && panel.curves[i].covers(panel.curves[j], c.scale, asWideAsALine)
			}
			if same {
				told[j] = true
				names = append(names, c.series[j].name)
			}
		}
		if len(names) > 1 {
			notes = append(notes, fmt.Sprintf("The curves of %s lie on each other.", strings.Join(names, " and ")))
		}
	}
	return notes
}

// covers reports whether the curve is everywhere so close to another one that they
// are at most a share of the scale apart.
func (c curve) covers(other curve, s scale, share float64) bool {
	near := share * (s.place(s.high) - s.place(s.low))
	if len(c.points) != len(other.points) || len(c.points) < 2 {
		return false
	}
	for i, p := range c.points {
		q := other.points[i]
		if p.X != q.X || drawable(p.Y) != drawable(q.Y) || drawable(p.Y) && math.Abs(s.place(p.Y)-s.place(q.Y)) > near {
			return false
		}
	}
	return true
}

func checkContenders(contenders []Contender) error {
	if len(contenders) == 0 {
		return errors.New("there is no run to compare")
	}
	for _, contender := range contenders {
		if len(contender.Histories) == 0 || slices.ContainsFunc(contender.Histories, func(h metrics.History) bool { return len(h) == 0 }) {
			return fmt.Errorf("run %q: the history holds no epoch", contender.Name)
		}
		if !drawable(contender.Yardstick) || contender.Yardstick < 0 {
			return fmt.Errorf("run %q: the yardstick is %v, want a finite number above 0, or 0 for none", contender.Name, contender.Yardstick)
		}
	}
	return nil
}

// curves returns the means over the config's runs, with a band around all of them.
func (c Contender) curves(q quantity) (training, validation curve) {
	mean, low, high := c.Histories.Band()
	training, validation = epochCurves(mean, q)
	if len(c.Histories) > 1 {
		lowTraining, lowValidation := epochCurves(low, q)
		highTraining, highValidation := epochCurves(high, q)
		training.low, training.high = lowTraining.points, highTraining.points
		validation.low, validation.high = lowValidation.points, highValidation.points
	}
	return training, validation
}

// bestNote returns what the legend writes after the config's name: what its best
// epoch reached.
func bestNote(q quantity, seeds int, validation curve) string {
	if validation.best < 0 {
		return ": no finite validation loss"
	}
	at := validation.points[validation.best]
	if seeds > 1 {
		return fmt.Sprintf(", %d seeds: best mean %s (epoch %d)", seeds, q.text(at.Y), int(at.X))
	}
	return fmt.Sprintf(": best %s (epoch %d)", q.text(at.Y), int(at.X))
}

// sharedYardsticks returns each different yardstick once. It has the look of the
// first config that has it, and is named after its configs; a yardstick that all
// configs share is drawn in a neutral look.
func sharedYardsticks(contenders []Contender) []level {
	var levels []level
	for i, contender := range contenders {
		known := func(l level) bool { return l.Loss == contender.Yardstick }
		if contender.Yardstick == 0 || slices.ContainsFunc(levels, known) {
			continue
		}
		var names []string
		for _, other := range contenders {
			if other.Yardstick == contender.Yardstick {
				names = append(names, other.Name)
			}
		}
		one := level{Yardstick{"PCA for " + strings.Join(names, ", "), contender.Yardstick}, lookOf(i)}
		if len(names) == len(contenders) {
			one = level{Yardstick{"PCA", contender.Yardstick}, noteLook}
		}
		levels = append(levels, one)
	}
	return levels
}

// cutStart lets the first epochs lie above the axis if they would squash the rest:
// if the losses after the first tenth of the epochs span less than the share
// squashed of the axis. The first epochs say little, because every run starts from
// untrained weights.
func (c *Chart) cutStart() {
	const fewest, squashed = 10, 0.4
	epochs := c.last - c.first + 1
	if epochs < fewest {
		return
	}
	var all, rest []float64
	for _, panel := range c.panels {
		for _, curve := range panel.curves {
			all = append(all, curve.values()...)
			skip := min((epochs+fewest-1)/fewest, len(curve.points)/2)
			rest = append(rest, finite(curve.points[skip:])...)
			if curve.high != nil {
				rest = append(rest, finite(curve.high[skip:])...)
			}
		}
	}
	for _, level := range c.levels {
		all, rest = append(all, level.Loss), append(rest, level.Loss)
	}
	if len(rest) == 0 {
		return
	}
	lowest, highest, start := slices.Min(all), slices.Max(rest), slices.Max(all)
	if lowest <= 0 || highest > logRatio*lowest || highest-lowest >= squashed*(start-lowest) {
		return
	}
	values := finiteBelow(all, highest)
	c.scale, c.yLabel = c.quantity.axis(values, nil)
	c.scale.notes = append(c.scale.notes, fmt.Sprintf("The first epochs lie above the axis, at up to %s.", Loss(start)))
}

// finiteBelow returns the values up to a limit.
func finiteBelow(values []float64, limit float64) []float64 {
	return slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return v > limit })
}
