package plots

import (
	"errors"
	"fmt"
	"image/color"
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
// smallest, and says so. Losses that are not finite leave a gap. Loss returns
// an error if the history holds no finite loss, if the caption names no
// dataset, or from w.
func Loss(w io.Writer, caption Caption, history metrics.History, lossName string) error {
	chart, err := lossChart(caption, history, lossName)
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

// curve is one quantity over the epochs.
type curve struct {
	name   string
	color  color.Color
	points plotter.XYs // (epoch, value), NaN where nothing was measured
}

// chart is a picture of curves over the epochs.
type chart struct {
	heading  heading
	yLabel   string
	scale    scale
	curves   []curve
	best     *plotter.XY // the epoch marked as best; nil for none
	bestName string
}

func lossChart(caption Caption, history metrics.History, lossName string) (*chart, error) {
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
	c := &chart{yLabel: "Loss", scale: lossScale(losses), curves: []curve{training, validation}}
	if name := strings.TrimSpace(lossName); name != "" {
		c.yLabel = fmt.Sprintf("Loss (%s)", elide(textStyle(labelSize, inkColor), name, axesHeight/2))
	}
	if c.scale.logarithmic {
		c.yLabel += ", log scale"
	}
	c.markBest(history, func(loss float64, epoch int) string {
		return fmt.Sprintf("best validation: %.4g (epoch %d)", loss, epoch)
	})
	c.heading = heading{"Loss per epoch", caption, append(c.gapNotes("loss"), c.scale.notes...)}
	return c, caption.check()
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
	c.heading = heading{"Accuracy per epoch", caption, c.gapNotes("accuracy")}
	return c, caption.check()
}

// epochCurves collects a pair of values from every epoch.
func epochCurves(history metrics.History, of func(metrics.Epoch) (training, validation float64)) (training, validation curve) {
	training = curve{"training", trainingColor, make(plotter.XYs, len(history))}
	validation = curve{"validation", validationColor, make(plotter.XYs, len(history))}
	for i, e := range history {
		epoch := float64(e.Number)
		onTraining, onValidation := of(e)
		training.points[i] = plotter.XY{X: epoch, Y: onTraining}
		validation.points[i] = plotter.XY{X: epoch, Y: onValidation}
	}
	return training, validation
}

// values returns the curve's values that can be drawn.
func (c curve) values() []float64 {
	var values []float64
	for _, p := range c.points {
		if drawable(p.Y) {
			values = append(values, p.Y)
		}
	}
	return values
}

// stretches cuts the curve at its gaps and places its values on the scale.
func (c curve) stretches(s scale) []plotter.XYs {
	var stretches []plotter.XYs
	open := false
	for _, p := range c.points {
		if !drawable(p.Y) {
			open = false
			continue
		}
		if !open {
			stretches = append(stretches, nil)
			open = true
		}
		last := len(stretches) - 1
		stretches[last] = append(stretches[last], plotter.XY{X: p.X, Y: s.place(p.Y)})
	}
	return stretches
}

// markBest marks the epoch of the lowest validation loss on the validation
// curve, which is the last one, and names it in the legend.
func (c *chart) markBest(history metrics.History, name func(value float64, epoch int) string) {
	best := history.Best()
	if best < 0 || !drawable(history[best].ValidationLoss) {
		return
	}
	point := c.curves[len(c.curves)-1].points[best]
	if !drawable(point.Y) {
		return
	}
	c.bestName = name(point.Y, history[best].Number)
	point.Y = c.scale.place(point.Y)
	c.best = &point
}

// gapNotes says how many epochs leave a gap in a curve.
func (c *chart) gapNotes(quantity string) []string {
	gaps := 0
	for i := range c.curves[0].points {
		for _, curve := range c.curves {
			if !drawable(curve.points[i].Y) {
				gaps++
				break
			}
		}
	}
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
	epochs := c.curves[0].points
	first, last := epochs[0].X, epochs[len(epochs)-1].X
	axes, legend := newPlot(), new(legendStrip)
	axes.X.Label.Text, axes.Y.Label.Text = "Epoch", c.yLabel
	axes.X.Min, axes.X.Max = first, last
	axes.X.Tick.Marker = epochTicks{int(first), int(last)}
	c.scale.apply(&axes.Y)
	axes.Add(newGrid())
	for _, curve := range c.curves {
		thumbnail, err := addCurve(axes, curve, c.scale)
		if err != nil {
			return nil, nil, err
		}
		legend.add(curve.name, thumbnail)
	}
	if c.best != nil {
		ring, core, err := bestMark(*c.best)
		if err != nil {
			return nil, nil, err
		}
		axes.Add(ring, core)
		legend.add(c.bestName, ring, core)
	}
	c.scale.apply(&axes.Y) // Add has widened the range to hold spikes
	return axes, legend, nil
}

// addCurve adds the curve's stretches to the axes and returns a sample of the
// line for the legend. Single epochs show as points where there are few.
func addCurve(axes *plot.Plot, c curve, s scale) (plot.Thumbnailer, error) {
	const fewEpochs = 25
	style := draw.LineStyle{Color: c.color, Width: 1.5}
	point := draw.GlyphStyle{Color: c.color, Radius: 2.8, Shape: draw.CircleGlyph{}}
	for _, stretch := range c.stretches(s) {
		line, points, err := plotter.NewLinePoints(stretch)
		if err != nil {
			return nil, err
		}
		line.LineStyle, points.GlyphStyle = style, point
		axes.Add(line)
		if len(c.points) <= fewEpochs || len(stretch) == 1 {
			axes.Add(points)
		}
	}
	return &plotter.Line{LineStyle: style}, nil
}

// bestMark returns a dark ring around a core in the validation curve's color.
func bestMark(at plotter.XY) (ring, core *plotter.Scatter, err error) {
	if ring, err = plotter.NewScatter(plotter.XYs{at}); err != nil {
		return nil, nil, err
	}
	if core, err = plotter.NewScatter(plotter.XYs{at}); err != nil {
		return nil, nil, err
	}
	ring.GlyphStyle = draw.GlyphStyle{Color: inkColor, Radius: 5, Shape: draw.CircleGlyph{}}
	core.GlyphStyle = draw.GlyphStyle{Color: validationColor, Radius: 3, Shape: draw.CircleGlyph{}}
	return ring, core, nil
}
