package plots

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"cifartrain/metrics"
)

// Loss writes a PNG of the training and the validation loss against the epoch
// to w, the epoch of the lowest validation loss marked. lossName says what was
// measured, in words, e.g. "hinge, C = 1"; it stands on the vertical axis. The
// axis is logarithmic where the largest loss is more than ten times the
// smallest, and says so. Losses that are not finite leave a gap. Yardsticks are
// dashed lines across the axes, whose range includes them. Loss returns an
// error if the history holds no finite loss, if a yardstick is not finite, if
// the caption names no dataset, or from w.
func Loss(w io.Writer, caption Caption, history metrics.History, lossName string, yardsticks ...Yardstick) error {
	chart, err := lossChart(caption, history, lossName, yardsticks...)
	if err != nil {
		return fmt.Errorf("plots: loss: %w", err)
	}
	if err := chart.write(w); err != nil {
		return fmt.Errorf("plots: loss: %w", err)
	}
	return nil
}

// Accuracy writes a PNG of the training and the validation accuracy in percent
// against the epoch to w. Marked is the epoch of the lowest validation loss,
// whose weights a run keeps as its best; a later epoch may be more accurate.
// Accuracies that are not numbers leave a gap. Accuracy returns an error if
// the history holds no accuracies, if the caption names no dataset, or from w.
func Accuracy(w io.Writer, caption Caption, history metrics.History) error {
	chart, err := accuracyChart(caption, history)
	if err != nil {
		return fmt.Errorf("plots: accuracy: %w", err)
	}
	if err := chart.write(w); err != nil {
		return fmt.Errorf("plots: accuracy: %w", err)
	}
	return nil
}

// axesHeight is the height of the axes with their labels.
const axesHeight = vg.Length(4.2) * vg.Inch

// chart is a picture of curves over the epochs.
type chart struct {
	heading  heading
	yLabel   string
	scale    scale
	curves   []curve
	best     *plotter.XY // the epoch marked as best; nil for none
	bestName string

	yardsticks []Yardstick
}

func lossChart(caption Caption, history metrics.History, lossName string, yardsticks ...Yardstick) (*chart, error) {
	training, validation := epochCurves(history, func(e metrics.Epoch) (training, validation float64) {
		return e.TrainLoss, e.ValidationLoss
	})
	losses := append(training.values(), validation.values()...)
	switch {
	case len(history) == 0:
		return nil, errors.New("the history holds no epoch")
	case len(losses) == 0:
		return nil, errors.New("no epoch has a finite loss")
	}
	levels, err := yardstickLosses(yardsticks)
	if err != nil {
		return nil, err
	}
	c := &chart{scale: lossScale(losses, levels...), curves: []curve{training, validation}, yardsticks: yardsticks}
	c.yLabel = lossLabel(lossName, c.scale)
	c.markBest(history, func(loss float64, epoch int) string {
		return fmt.Sprintf("best validation: %#.4g (epoch %d)", loss, epoch)
	})
	c.heading = heading{"Loss per epoch", caption, append(gapNotes("loss", gaps(c.curves)), c.scale.notes...)}
	return c, caption.check()
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

func accuracyChart(caption Caption, history metrics.History) (*chart, error) {
	const percent = 100
	training, validation := epochCurves(history, func(e metrics.Epoch) (training, validation float64) {
		return percent * e.TrainAccuracy, percent * e.ValidationAccuracy
	})
	accuracies := append(training.values(), validation.values()...)
	switch {
	case len(history) == 0:
		return nil, errors.New("the history holds no epoch")
	case len(accuracies) == 0:
		return nil, errors.New("no epoch has an accuracy; only a classifier has one")
	}
	c := &chart{yLabel: "Accuracy (%)", curves: []curve{training, validation}}
	c.scale = linearScale(slices.Min(accuracies), slices.Max(accuracies))
	if slices.Max(accuracies) <= percent {
		c.scale.high = min(c.scale.high, percent)
	}
	c.markBest(history, func(accuracy float64, epoch int) string {
		return fmt.Sprintf("best weights (lowest validation loss): %.2f%%, epoch %d", accuracy, epoch)
	})
	c.heading = heading{"Accuracy per epoch", caption, gapNotes("accuracy", gaps(c.curves))}
	return c, caption.check()
}

// epochCurves collects a pair of values from every epoch.
func epochCurves(history metrics.History, of func(metrics.Epoch) (training, validation float64)) (training, validation curve) {
	training = curve{name: "training", color: trainingColor, points: make(plotter.XYs, len(history))}
	validation = curve{name: "validation", color: validationColor, points: make(plotter.XYs, len(history))}
	for i, e := range history {
		epoch := float64(e.Number)
		onTraining, onValidation := of(e)
		training.points[i] = plotter.XY{X: epoch, Y: onTraining}
		validation.points[i] = plotter.XY{X: epoch, Y: onValidation}
	}
	return training, validation
}

// markBest marks the epoch of the lowest validation loss on the validation
// curve, which is the last one, and names it in the legend.
func (c *chart) markBest(history metrics.History, name func(value float64, epoch int) string) {
	point, marked := bestPoint(history, c.curves[len(c.curves)-1])
	if !marked {
		return
	}
	c.bestName = name(point.Y, int(point.X))
	point.Y = c.scale.place(point.Y)
	c.best = &point
}

// bestPoint returns the validation curve's point at the epoch of the lowest
// validation loss, and whether there is one to mark.
func bestPoint(history metrics.History, validation curve) (point plotter.XY, marked bool) {
	best := history.Best()
	if best < 0 || !drawable(history[best].ValidationLoss) {
		return point, false
	}
	point = validation.points[best]
	return point, drawable(point.Y)
}

// gaps counts the epochs at which one of a run's curves has a gap.
func gaps(curves []curve) int {
	count := 0
	for i := range curves[0].points {
		for _, curve := range curves {
			if !drawable(curve.points[i].Y) {
				count++
				break
			}
		}
	}
	return count
}

// gapNotes says how many epochs leave a gap in a curve.
func gapNotes(quantity string, gaps int) []string {
	switch gaps {
	case 0:
		return nil
	case 1:
		return []string{fmt.Sprintf("1 epoch has a %s that is not a finite number and leaves a gap.", quantity)}
	}
	return []string{fmt.Sprintf("%d epochs have a %s that is not a finite number and leave gaps.", gaps, quantity)}
}

// write draws the chart and writes it as a PNG.
func (c *chart) write(w io.Writer) error {
	axes, legend, err := c.plot()
	if err != nil {
		return err
	}
	height := legend.height(pictureWidth-2*margin) + axesHeight
	return writePicture(w, c.heading, height, func(canvas draw.Canvas) {
		axes.Draw(legend.draw(canvas))
	})
}

// plot returns the axes with the curves in them and the legend to put beside.
func (c *chart) plot() (*plot.Plot, *legendStrip, error) {
	const fewEpochs = 25 // whose single epochs show as points
	epochs := c.curves[0].points
	axes, legend := epochAxes(int(epochs[0].X), int(epochs[len(epochs)-1].X), mostTicks), new(legendStrip)
	axes.Y.Label.Text = c.yLabel
	pointsUpTo := 1
	if len(epochs) <= fewEpochs {
		pointsUpTo = fewEpochs
	}
	for _, yardstick := range c.yardsticks {
		axes.Add(levelLine{c.scale.place(yardstick.Loss), noteColor})
	}
	for _, curve := range c.curves {
		thumbnail, err := addCurve(axes, curve, c.scale, pointsUpTo)
		if err != nil {
			return nil, nil, err
		}
		legend.add(curve.name, thumbnail)
	}
	if c.best != nil {
		ring, core, err := bestMark(*c.best, validationColor)
		if err != nil {
			return nil, nil, err
		}
		axes.Add(ring, core)
		legend.add(c.bestName, ring, core)
	}
	for _, yardstick := range c.yardsticks {
		legend.add(yardstick.label(legendTextWidth(pictureWidth-2*margin)), levelLine{color: noteColor})
	}
	c.scale.apply(&axes.Y) // Add has widened the range to hold spikes
	return axes, legend, nil
}

// epochAxes returns axes over the epochs from first to last, which carry at
// most so many labels.
func epochAxes(first, last, most int) *plot.Plot {
	axes := newPlot()
	axes.X.Label.Text = "Epoch"
	axes.X.Min, axes.X.Max = float64(first), float64(last)
	axes.X.Tick.Marker = epochTicks{first, last, most}
	axes.Add(newGrid())
	return axes
}
