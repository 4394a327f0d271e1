package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot/plotter"

	"cifartrain/metrics"
)

// Contender is one of the configs of a comparison, with the histories of its runs:
// a single one, or one for each seed.
type Contender struct {
	Name      string
	Histories []metrics.History

	// Yardstick is the validation loss of a PCA with as many components as the
	// model's latent vector has values; 0 for none.
	Yardstick float64

	// Rest says that the curve is drawn thin and gray, behind the others.
	Rest bool
}

// LossComparison shows the losses of several configs: the training losses in the left
// panel and the validation losses in the right one. Both have the same vertical axis,
// whose name and scale are chosen as in [LossChart]. The right panel marks each config's
// epoch with the lowest validation loss, and shows the yardsticks as dashed lines. The
// curve of a config with several histories is their mean, with a band from the lowest to
// the highest unless there are more than three configs. The histories may differ in
// length. The first 8 configs have a color each; later ones repeat the colors with other
// dashes.
func LossComparison(caption Caption, lossName string, contenders []Contender) (*Chart, error) {
	return comparisonChart(caption, lossQuantity(lossName), contenders)
}

// AccuracyComparison is like [LossComparison], but shows the accuracies of
// classifiers, whose losses may have different units. It shows no yardsticks.
func AccuracyComparison(caption Caption, contenders []Contender) (*Chart, error) {
	return comparisonChart(caption, accuracyQuantity, contenders)
}

func comparisonChart(caption Caption, q quantity, contenders []Contender) (*Chart, error) {
	if len(contenders) == 0 {
		return nil, errors.New("there is no run to compare")
	}
	c := &Chart{
		quantity: q, first: math.MaxInt,
		panels: []panel{{title: "Training"}, {title: "Validation"}}, bestLook: noteLook,
	}
	if !q.percent {
		c.levels = sharedYardsticks(contenders)
	}
	const mostBands = 3 // more hide each other
	gapped, several, banded := 0, false, len(contenders) <= mostBands
	for i, contender := range contenders {
		if len(contender.Histories) == 0 || slices.ContainsFunc(contender.Histories, func(h metrics.History) bool { return len(h) == 0 }) {
			return nil, fmt.Errorf("run %q: the history holds no epoch", contender.Name)
		}
		training, validation := contender.curves(q, banded)
		look, note := lookOf(i), bestNote(q, validation)
		if seeds := len(contender.Histories); seeds > 1 {
			note = fmt.Sprintf(", %d seeds", seeds)
		}
		if contender.Rest {
			look, validation.best = restLook, -1
		}
		if validation.best >= 0 {
			c.best = "best epoch, by validation loss"
		}
		for k, drawn := range []curve{training, validation} {
			drawn.look, drawn.name, drawn.note = look, contender.Name, note
			c.panels[k].curves = append(c.panels[k].curves, drawn)
		}
		for _, history := range contender.Histories {
			c.first, c.last = min(c.first, history[0].Number), max(c.last, history.Last().Number)
		}
		gapped += gaps(training, validation)
		several = several || len(contender.Histories) > 1
	}
	var notes []string
	switch {
	case several && banded:
		notes = []string{"Lines are means over seeds, bands reach from the lowest to the highest seed."}
	case several:
		notes = []string{"Lines are means over seeds."}
	}
	return c, c.finish(caption, strings.ToUpper(q.name[:1])+q.name[1:]+" per epoch, compared", gapped, notes...)
}

// curves returns the curves of the config's run, or the means over several, with a band
// around all of them if it is banded.
func (c Contender) curves(q quantity, banded bool) (training, validation curve) {
	if len(c.Histories) == 1 {
		return epochCurves(c.Histories[0], q)
	}
	var onTraining, onValidation []plotter.XYs
	for _, history := range c.Histories {
		training, validation := epochCurves(history, q)
		onTraining, onValidation = append(onTraining, training.points), append(onValidation, validation.points)
	}
	return meanCurve(onTraining, banded), meanCurve(onValidation, banded)
}

// meanCurve returns the mean over several runs, which is NaN where one of them is, and the
// lowest and the highest values as its band. A run that stopped early counts up to its
// last epoch.
func meanCurve(runs []plotter.XYs, banded bool) curve {
	mean := curve{best: -1} // no model has the best figure of a mean
	for i, p := range slices.MaxFunc(runs, func(a, b plotter.XYs) int { return len(a) - len(b) }) {
		var values []float64
		for _, points := range runs {
			if i < len(points) {
				values = append(values, points[i].Y)
			}
		}
		mean.points = append(mean.points, plotter.XY{X: p.X, Y: stat.Mean(values, nil)})
		if banded {
			mean.low = append(mean.low, plotter.XY{X: p.X, Y: slices.Min(values)})
			mean.high = append(mean.high, plotter.XY{X: p.X, Y: slices.Max(values)})
		}
	}
	return mean
}

// bestNote returns what the legend writes after the config's name: what its best
// epoch reached.
func bestNote(q quantity, validation curve) string {
	if validation.best < 0 {
		return ": no finite validation loss"
	}
	at := validation.points[validation.best]
	return fmt.Sprintf(": best %s (epoch %d)", q.text(at.Y), int(at.X))
}

// sharedYardsticks returns each yardstick once, those with the same digits as one. It has
// the look of the first config that has it, and is named after its configs; one that all
// configs share is drawn in a neutral look.
func sharedYardsticks(contenders []Contender) (levels []level) {
	names := map[string][]string{}
	for _, c := range contenders {
		names[Loss(c.Yardstick)] = append(names[Loss(c.Yardstick)], c.Name)
	}
	for i, c := range contenders {
		switch shared := names[Loss(c.Yardstick)]; {
		case c.Yardstick == 0 || slices.ContainsFunc(levels, func(l level) bool { return Loss(l.Loss) == Loss(c.Yardstick) }):
		case len(shared) == len(contenders):
			levels = append(levels, level{Yardstick{"PCA", c.Yardstick}, noteLook})
		default:
			levels = append(levels, level{Yardstick{"PCA for " + strings.Join(shared, ", "), c.Yardstick}, lookOf(i)})
		}
	}
	return levels
}
