package plots

import (
	"fmt"
	"image/color"
	"io"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ErrorsByClass writes a PNG to w that shows how the mean squared errors of restored
// images are distributed in each class, and beside them the errors of a yardstick,
// which has the same classes in the same order or is empty. It returns an error for
// a class without images, for an error that is not finite, if the yardstick has
// other classes, if the caption names no dataset, or from w.
func ErrorsByClass(w io.Writer, caption Caption, classes []ClassValues, yardstickName string, yardstick []ClassValues) error {
	err := checkClassValues(caption, classes)
	if err == nil && len(yardstick) > 0 {
		if err = checkClassValues(caption, yardstick); err == nil && len(yardstick) != len(classes) {
			err = fmt.Errorf("%d classes and %d of %s, want as many", len(classes), len(yardstick), yardstickName)
		}
	}
	if err == nil {
		err = drawErrorsByClass(w, caption, classes, yardstickName, yardstick)
	}
	if err != nil {
		return fmt.Errorf("drawing the errors by class: %w", err)
	}
	return nil
}

func drawErrorsByClass(w io.Writer, caption Caption, classes []ClassValues, yardstickName string, yardstick []ClassValues) error {
	axes, legend := newPlot(), new(legendStrip)
	axes.Add(newGrid())
	legend.add("autoencoder", swatch(blue))
	if len(yardstick) > 0 {
		legend.add(yardstickName, swatch(noteColor))
	}
	order := make([]int, len(classes)) // the hardest class on top
	for i := range order {
		order[i] = i
	}
	middle := func(class int) float64 { return quantiles(classes[class].Values)[2] }
	slices.SortStableFunc(order, func(a, b int) int {
		if middle(a) < middle(b) {
			return -1
		}
		return 1
	})
	ticks, highest := make(plot.ConstantTicks, len(classes)), 0.0
	for row, i := range order {
		ticks[row] = plot.Tick{Value: float64(row), Label: classes[i].Class}
		own := spanBar{at: float64(row), q: quantiles(classes[i].Values), color: blue}
		if len(yardstick) > 0 {
			own.at += 0.17
			beside := spanBar{at: float64(row) - 0.17, q: quantiles(yardstick[i].Values), color: noteColor}
			highest = max(highest, beside.q[4])
			axes.Add(beside)
		}
		highest = max(highest, own.q[4])
		axes.Add(own)
	}
	axes.X.Min, axes.X.Max = 0, 1.05*highest
	axes.Y.Min, axes.Y.Max = -0.5, float64(len(classes))-0.5
	axes.X.Label.Text, axes.X.Tick.Marker = "Mean squared error of an image", linearTicks{}
	axes.Y.Tick.Marker, axes.Y.Tick.Length, axes.Y.Width = ticks, 0, 0
	heading := heading{"Which classes are hard to restore", caption, []string{
		"The thick bar holds the middle half of a class's images, its white line the median image, the thin line nine in ten. The hardest class is on top.",
	}}
	width := pictureWidth - 2*margin
	height := legend.height(width) + 0.8*vg.Inch + vg.Length(len(classes))*0.42*vg.Inch
	return writePicture(w, heading, height, func(c draw.Canvas) { axes.Draw(legend.draw(c)) })
}

// swatch is a thick line for the legend.
func swatch(ink color.Color) plot.Thumbnailer {
	return &plotter.Line{LineStyle: draw.LineStyle{Color: ink, Width: 6}}
}

// quantiles returns the 5, 25, 50, 75 and 95 % quantiles.
func quantiles(values []float64) (q [5]float64) {
	sorted := slices.Sorted(slices.Values(values))
	for i, share := range []float64{0.05, 0.25, 0.5, 0.75, 0.95} {
		q[i] = stat.Quantile(share, stat.Empirical, sorted, nil)
	}
	return q
}

// spanBar is a plotter of the quantiles of values as a horizontal bar.
type spanBar struct {
	at    float64
	q     [5]float64
	color color.Color
}

// Plot implements plot.Plotter.
func (s spanBar) Plot(c draw.Canvas, p *plot.Plot) {
	const half = vg.Length(4) // of the thick bar's height
	x, y := p.Transforms(&c)
	c.StrokeLine2(draw.LineStyle{Color: s.color, Width: 1.25}, x(s.q[0]), y(s.at), x(s.q[4]), y(s.at))
	c.FillPolygon(s.color, corners(x(s.q[1]), y(s.at)-half, x(s.q[3]), y(s.at)+half))
	c.StrokeLine2(draw.LineStyle{Color: color.White, Width: 1.5}, x(s.q[2]), y(s.at)-half, x(s.q[2]), y(s.at)+half)
}
