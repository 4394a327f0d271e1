package plots

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot/plotter"

	"cifartrain/metrics"
)

// A Chart shows curves over the epochs, in one panel or in two that share their
// axes. It can be written in two ways: [Chart.WritePNG] draws it as a picture,
// [Chart.WriteFigure] as a part of a page.
type Chart struct {
	heading     heading
	yLabel      string
	quantity    quantity
	scale       scale
	first, last int     // epochs
	panels      []panel // the last one shows the validation figures
	levels      []level // dashed lines across the last panel
	best        string  // what the mark in a curve means; empty if there is no mark
	bestLook    look    // how the mark looks in the legend

	rates, seconds []number // of each epoch of a single run
}

// panel is a pair of axes with curves. Those of the same place in each panel look the same.
type panel struct {
	title  string
	curves []curve
}

// level is a yardstick and how it is drawn.
type level struct {
	Yardstick
	look look
}

// Yardstick is a validation loss to compare a run's own with. It was reached
// without training a network, e.g. by projecting the images onto principal
// components.
type Yardstick struct {
	Name string  // e.g. "PCA, 32 components"
	Loss float64 // on the run's validation images, in the unit of the run's loss
}

// note returns what the legend writes after the yardstick's name.
func (y Yardstick) note() string { return fmt.Sprintf(": %s (validation)", Loss(y.Loss)) }

// quantity is what a chart shows over the epochs.
type quantity struct {
	name    string  // in lower case
	measure string  // the name with the unit of the axis
	percent bool    // the values are percentages
	unit    float64 // by which a figure is multiplied when it is drawn
	of      func(metrics.Epoch) (training, validation float64)
	text    func(value float64) string
	// axis returns the scale for values and levels, and the axis's label.
	axis func(values, levels []float64) (scale, string)
}

func lossQuantity(lossName string) quantity {
	return quantity{
		name: "loss", measure: "loss (" + lossName + ")", unit: 1,
		of:   func(e metrics.Epoch) (training, validation float64) { return e.Training(), e.ValidationLoss },
		text: Loss,
		axis: func(values, levels []float64) (scale, string) {
			s := lossScale(values, levels...)
			return s, lossLabel(lossName, s)
		},
	}
}

var accuracyQuantity = quantity{
	name: "accuracy", measure: "accuracy (%)", percent: true, unit: 100,
	of: func(e metrics.Epoch) (training, validation float64) {
		return 100 * e.TrainAccuracy, 100 * e.ValidationAccuracy
	},
	text: func(value float64) string { return Percent(value / 100) },
	axis: func(values, _ []float64) (scale, string) {
		s := linearScale(slices.Min(values), slices.Max(values))
		if slices.Max(values) <= 100 {
			s.high = min(s.high, 100)
		}
		return s, "Accuracy (%)"
	},
}

// lossLabel says what the vertical axis shows.
func lossLabel(lossName string, s scale) string {
	label := "Loss"
	if name := strings.TrimSpace(lossName); name != "" {
		label = fmt.Sprintf("Loss (%s)", elide(textStyle(labelSize, inkColor), name, axesHeight/2))
	}
	if s.logarithmic {
		label += ", log scale"
	}
	return label
}

// LossChart shows the training and the validation loss of a run, and marks the epoch with
// the lowest validation loss. lossName says in words what was measured, e.g. "hinge, C = 1";
// the vertical axis is labeled with it. The axis is logarithmic if the largest loss is
// more than five times the smallest, and its label says so. Losses that are not finite
// leave a gap. Yardsticks are dashed lines across the axes, whose range includes them.
func LossChart(caption Caption, history metrics.History, lossName string, yardsticks ...Yardstick) (*Chart, error) {
	var levels []level
	for _, yardstick := range yardsticks {
		levels = append(levels, level{yardstick, noteLook})
	}
	c, err := runChart(caption, lossQuantity(lossName), history, levels, "best validation")
	if err != nil {
		return nil, err
	}
	for _, epoch := range history {
		c.rates, c.seconds = append(c.rates, number(epoch.LearningRate)), append(c.seconds, number(epoch.Seconds))
	}
	return c, nil
}

// AccuracyChart shows the training and the validation accuracy of a run in percent. It
// marks the epoch with the lowest validation loss, whose weights a run keeps as its best
// ones; another epoch may be more accurate.
func AccuracyChart(caption Caption, history metrics.History) (*Chart, error) {
	return runChart(caption, accuracyQuantity, history, nil, "best weights (lowest validation loss)")
}

// runChart shows one run. best is what the legend calls the marked epoch.
func runChart(caption Caption, q quantity, history metrics.History, levels []level, best string) (*Chart, error) {
	if len(history) == 0 {
		return nil, errors.New("the history holds no epoch")
	}
	training, validation := epochCurves(history, q)
	c := &Chart{
		quantity: q, first: history[0].Number, last: history.Last().Number, levels: levels,
		panels: []panel{{curves: []curve{training, validation}}},
	}
	if !q.percent && drawable(history.Last().TrainLossAfter) {
		c.addRunning(history)
	}
	if validation.best >= 0 {
		at := validation.points[validation.best]
		c.best, c.bestLook = fmt.Sprintf("%s: %s (epoch %d)", best, q.text(at.Y), int(at.X)), validationLook
	}
	return c, c.finish(caption, strings.ToUpper(q.name[:1])+q.name[1:]+" per epoch", gaps(training, validation))
}

// addRunning adds the loss of each epoch's batches as they were trained, and has the
// legend say which of the two training losses is which.
func (c *Chart) addRunning(history metrics.History) {
	running := curve{look: runningLook, name: "training, running mean", note: " while the weights change", best: -1}
	for _, e := range history {
		running.points = append(running.points, plotter.XY{X: float64(e.Number), Y: e.TrainLoss})
	}
	c.panels[0].curves[0].note = ", after the epoch"
	c.panels[0].curves = append(c.panels[0].curves, running)
}

// epochCurves collects a quantity from every epoch, and marks the epoch with the
// lowest validation loss on the validation curve.
func epochCurves(history metrics.History, q quantity) (training, validation curve) {
	training = curve{look: trainingLook, name: "training", best: -1}
	validation = curve{look: validationLook, name: "validation", best: -1}
	for _, e := range history {
		onTraining, onValidation := q.of(e)
		training.points = append(training.points, plotter.XY{X: float64(e.Number), Y: onTraining})
		validation.points = append(validation.points, plotter.XY{X: float64(e.Number), Y: onValidation})
	}
	if best := history.Best(); best >= 0 && drawable(history[best].ValidationLoss) && drawable(validation.points[best].Y) {
		validation.best = best
	}
	return training, validation
}

// finish chooses axes that suit the curves, and writes the heading with its notes:
// those about gaps and the scale come before the given ones.
func (c *Chart) finish(caption Caption, title string, gaps int, notes ...string) error {
	var values, levels []float64
	smooth := 0
	for _, panel := range c.panels {
		for _, curve := range panel.curves {
			values = append(values, curve.values()...)
			smooth = max(smooth, len(curve.points))
		}
	}
	if len(values) == 0 {
		return fmt.Errorf("no epoch has a finite %s", c.quantity.name)
	}
	for _, level := range c.levels {
		if !drawable(level.Loss) {
			return fmt.Errorf("the loss of the yardstick %q is %v, want a finite number", level.Name, level.Loss)
		}
		levels = append(levels, level.Loss)
	}
	c.scale, c.yLabel = c.quantity.axis(values, levels)
	if smooth > manyEpochs {
		notes = append(notes, fmt.Sprintf("Thick lines are means over %d epochs, the thin ones behind them are the epochs.", 2*smoothReach(smooth)+1))
	}
	var missing []string
	if gaps > 0 {
		missing = []string{fmt.Sprintf("Epochs without a finite %s, which leave gaps: %d.", c.quantity.name, gaps)}
	}
	c.heading = heading{title, caption, slices.Concat(missing, c.scale.notes, notes)}
	return nil
}

// gaps counts the epochs at which at least one of a run's curves has a gap.
func gaps(training, validation curve) int {
	count := 0
	for i := range training.points {
		if !drawable(training.points[i].Y) || !drawable(validation.points[i].Y) {
			count++
		}
	}
	return count
}
