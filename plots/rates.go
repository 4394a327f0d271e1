package plots

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"cifartrain/metrics"
)

// Rates writes a PNG to w of a learning-rate range test: each batch's loss faintly, the
// smoothed losses over them, and the range of rates shaded if the test has one. loss
// names the loss of the vertical axis.
func Rates(w io.Writer, caption Caption, loss string, test metrics.RateTest) error {
	if len(test) == 0 {
		return errors.New("no loss given")
	}
	raw, smooth := make(plotter.XYs, len(test)), make(plotter.XYs, len(test))
	var values []float64
	for i, mean := range test.Smoothed() {
		raw[i] = plotter.XY{X: math.Log10(test[i].Rate), Y: test[i].Loss}
		smooth[i] = plotter.XY{X: raw[i].X, Y: mean}
		values = append(values, test[i].Loss, mean)
	}
	up := lossScale(values)
	axes, legend := newPlot(), new(legendStrip)
	axes.Add(newGrid())
	faint := draw.LineStyle{Color: translucent(trainingLook.paint(), 0x60), Width: 0.75}
	legend.add("smoothed", &plotter.Line{LineStyle: trainingLook.line()})
	legend.add("each batch", &plotter.Line{LineStyle: faint})
	note := "The loss never falls by more than it differs from batch to batch, so that there is no range."
	if low, high, descends := test.Range(); descends {
		note = "Shaded: from where the loss falls most steeply to a third of where it has climbed back half of what it fell."
		left, right, bottom, top := math.Log10(low), math.Log10(high), up.place(up.low), up.place(up.high)
		band := &plotter.Polygon{XYs: []plotter.XYs{{{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: top}, {X: left, Y: top}}}, Color: color.Color(translucent(green, 0x30))}
		axes.Add(band)
		legend.add(fmt.Sprintf("from %.2g to %.2g", low, high), band)
	}
	for _, stretch := range stretches(raw, up) {
		axes.Add(&plotter.Line{XYs: stretch, LineStyle: faint})
	}
	addLine(axes, smooth, up, trainingLook, len(smooth))
	axes.X.Min, axes.X.Max = raw[0].X, raw[len(raw)-1].X
	axes.X.Tick.Marker, axes.X.Label.Text, axes.Y.Label.Text = logTicks, "Learning rate, log scale", lossLabel(loss, up)
	up.apply(&axes.Y)
	return writePlots(w, heading{"Loss while the learning rate grows", caption, append(up.notes, note)}, legend, 1, axesHeight, axes)
}
