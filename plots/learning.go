package plots

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"cifartrain/metrics"
)

// A LearningCurve is what a config reaches with more and more training images.
type LearningCurve struct {
	Name   string // empty if there is only one curve
	Points []LearningPoint
}

// A LearningPoint holds the figures of the best epoch over the seeds.
type LearningPoint struct {
	Images               int
	Training, Validation metrics.Spread
}

// Learning writes a PNG to w of training and validation figures against the number of
// training images, on a logarithmic axis. Upright lines are 95 % intervals of the mean
// over seeds. loss names the loss; it is empty for accuracies from 0 to 1.
func Learning(w io.Writer, caption Caption, loss string, curves []LearningCurve) error {
	unit := SweptFigures{Loss: loss}.quantity().unit
	axes, legend := newPlot(), &legendStrip{aligned: len(curves) > 1}
	axes.Add(newGrid())
	var values, counts []float64
	seeds := 1
	for i, c := range curves {
		looks := []look{validationLook, trainingLook}
		if len(curves) > 1 {
			looks = []look{{lookOf(i).color, 0}, {lookOf(i).color, 1}}
		}
		points := slices.SortedFunc(slices.Values(c.Points), func(a, b LearningPoint) int { return cmp.Compare(a.Images, b.Images) })
		for k, side := range []string{"validation", "training"} {
			line := make(plotter.XYs, len(points))
			for j, p := range points {
				spread := []metrics.Spread{p.Validation, p.Training}[k]
				line[j] = plotter.XY{X: math.Log10(float64(p.Images)), Y: unit * spread.Mean}
				counts, values, seeds = append(counts, float64(p.Images)), append(values, line[j].Y), max(seeds, spread.Runs)
				if low, high := spread.Interval(); spread.Runs > 1 {
					ends := plotter.XYs{{X: line[j].X, Y: unit * low}, {X: line[j].X, Y: unit * high}}
					axes.Add(&plotter.Line{XYs: ends, LineStyle: draw.LineStyle{Color: translucent(looks[k].paint(), 0x80), Width: 1.5}})
					values = append(values, ends[0].Y, ends[1].Y)
				}
			}
			if len(finite(line)) < len(line) {
				return fmt.Errorf("a %s figure is not finite", side)
			}
			dots := &plotter.Scatter{XYs: line, GlyphStyle: draw.GlyphStyle{Color: looks[k].paint(), Radius: 2.8, Shape: draw.CircleGlyph{}}}
			axes.Add(&plotter.Line{XYs: line, LineStyle: looks[k].line()}, dots)
			legend.add(strings.TrimPrefix(c.Name+", "+side, ", "), &plotter.Line{LineStyle: looks[k].line()})
		}
	}
	if len(values) == 0 {
		return errors.New("no point given")
	}
	up := linearScale(slices.Min(values), slices.Max(values))
	up.apply(&axes.Y)
	room := 0.05 * math.Log10(slices.Max(counts)/slices.Min(counts))
	axes.X.Min, axes.X.Max = math.Log10(slices.Min(counts))-room, math.Log10(slices.Max(counts))+room
	axes.X.Tick.Marker = countTicks(slices.Compact(slices.Sorted(slices.Values(counts))))
	axes.X.Label.Text = "Training images, log scale"
	axes.Y.Label.Text = map[bool]string{true: "Accuracy (%)", false: lossLabel(loss, up)}[loss == ""]
	note := "Figures of the best epoch, which the validation loss chooses."
	if seeds > 1 {
		note = fmt.Sprintf("Means over %d seeds at the best epoch, which the validation loss chooses; upright lines are their 95 %% intervals.", seeds)
	}
	return writePlots(w, heading{"What more training images bring", caption, []string{note}}, legend, 1, axesHeight, axes)
}

// countTicks labels the counts on an axis of their decimal logarithms, or round ones if
// there are many.
func countTicks(counts []float64) plot.Ticker {
	if len(counts) > mostTicks {
		return logTicks
	}
	ticks := make(plot.ConstantTicks, len(counts))
	for i, count := range counts {
		ticks[i] = plot.Tick{Value: math.Log10(count), Label: fmt.Sprint(count)}
	}
	return ticks
}
