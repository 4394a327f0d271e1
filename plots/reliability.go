package plots

import (
	"errors"
	"fmt"
	"io"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"cifartrain/metrics"
)

// Reliability writes a PNG of a reliability diagram to w: for each bin of the probability
// that a classifier gives to the class it predicts, a bar of how often it is right, and a
// point at the mean probability.
func Reliability(w io.Writer, caption Caption, calibration metrics.Calibration) error {
	axes, legend := percentAxes("Probability of the predicted class (%)", "Accuracy (%)"), newLegend()
	points, images, width := plotter.XYs{}, 0, 100/float64(len(calibration.Bins))
	for i, bin := range calibration.Bins {
		if bin.Count == 0 {
			continue
		}
		left, right, top := width*float64(i), width*float64(i+1), 100*bin.Accuracy
		bar, err := plotter.NewPolygon(plotter.XYs{{X: left}, {X: right}, {X: right, Y: top}, {X: left, Y: top}})
		if err != nil {
			return err
		}
		bar.Color, bar.LineStyle = paleBlue, draw.LineStyle{Color: blue, Width: 1}
		axes.Add(bar)
		points = append(points, plotter.XY{X: 100 * bin.Confidence, Y: top})
		images += bin.Count
	}
	if images == 0 {
		return errors.New("no image given")
	}
	ideal := dashed(plotter.XY{}, plotter.XY{X: 100, Y: 100}, noteColor)
	means := &plotter.Scatter{XYs: points, GlyphStyle: draw.GlyphStyle{Color: blue, Radius: 3.5, Shape: draw.CircleGlyph{}}}
	axes.Add(ideal, means)
	legend.Add("mean probability of a bin", means)
	legend.Add("as sure as right", ideal)
	heading := heading{"Reliability diagram", caption, []string{fmt.Sprintf(
		"Each bar holds the images whose predicted class has a probability between its edges, and is as high as the share of them that is classified correctly. Below the dashed line the model is surer than it is right. "+
			"The expected calibration error, the mean distance from the line over the %s images, is %.1f points.", Thousands(images), 100*calibration.Error),
	}}
	return writeSquare(w, heading, axes, legend)
}
