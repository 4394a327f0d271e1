package plots

import (
	"fmt"
	"image/color"
	"io"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ErrorsByClass writes a PNG to w that shows how the mean squared errors of reconstructed
// images are distributed in each class, and beside them the errors of a yardstick, which
// has the same classes in the same order or is empty. omitted is the number of classes
// that are left out, those with the smallest mean errors.
func ErrorsByClass(w io.Writer, caption Caption, classes []ClassValues, yardstickName string, yardstick []ClassValues, omitted int) error {
	if err := checkClassValues(classes); err != nil {
		return err
	}
	if len(yardstick) > 0 && len(yardstick) != len(classes) {
		return fmt.Errorf("%d classes and %d of %s, want as many", len(classes), len(yardstick), yardstickName)
	}
	axes, legend := newPlot(), new(legendStrip)
	axes.Add(newGrid())
	legend.add("model", swatch(blue))
	if len(yardstick) > 0 {
		legend.add(elide(textStyle(labelSize, inkColor), yardstickName, pictureWidth/2), swatch(noteColor))
	}
	medians, order := make([]float64, len(classes)), make([]int, len(classes))
	for i, class := range classes {
		medians[i] = stat.Quantile(0.5, stat.Empirical, slices.Sorted(slices.Values(class.Values)), nil)
	}
	floats.ArgsortStable(medians, order) // the hardest class on top
	ticks, highest := make(plot.ConstantTicks, len(classes)), 0.0
	for row, i := range order {
		ticks[row] = plot.Tick{Value: float64(row), Label: elide(axes.Y.Tick.Label, classes[i].Class, longestName)}
		boxes := []ClassValues{classes[i]}
		if len(yardstick) > 0 {
			boxes = append(boxes, yardstick[i])
		}
		for place, of := range boxes {
			box, err := plotter.NewBoxPlot(9, float64(row)+0.17*float64(len(boxes)-1-2*place), plotter.Values(of.Values))
			if err != nil {
				return err
			}
			box.Horizontal, box.FillColor, box.Outside = true, []color.Color{blue, noteColor}[place], nil
			box.BoxStyle.Width, box.MedianStyle = 0, draw.LineStyle{Color: color.White, Width: 1.5}
			box.WhiskerStyle = draw.LineStyle{Color: box.FillColor, Width: 1.25}
			axes.Add(box)
			highest = max(highest, box.AdjHigh)
		}
	}
	axes.X.Min, axes.X.Max = 0, 1.05*highest
	axes.Y.Min, axes.Y.Max = -0.5, float64(len(classes))-0.5
	axes.X.Label.Text, axes.X.Tick.Marker = "Mean squared error of an image, in the unit of the loss", linearTicks
	axes.Y.Tick.Marker, axes.Y.Tick.Length, axes.Y.Width = ticks, 0, 0
	heading := heading{"Errors of the images of each class", caption, append([]string{
		"The bar holds the middle half of a class's images, its white line is the median; the thin lines reach to the last image within one and a half of the bar's lengths. The class with the largest median is on top.",
	}, omittedNote(omitted, "with smaller mean errors")...)}
	return writePlots(w, heading, legend, 1, 0.8*vg.Inch+vg.Length(len(classes))*0.42*vg.Inch, axes)
}

// swatch is a thick line for the legend.
func swatch(ink color.Color) plot.Thumbnailer {
	return &plotter.Line{LineStyle: draw.LineStyle{Color: ink, Width: 6}}
}
