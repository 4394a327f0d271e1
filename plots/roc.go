package plots

import (
	"errors"
	"fmt"
	"io"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"cifartrain/metrics"
)

// A NamedROC is the ROC curve of one class against all others.
type NamedROC struct {
	Class string
	metrics.ROC
}

// ROC writes a PNG of receiver operating characteristics to w: a curve for each class,
// with the area under it in the legend. If there is only one curve, the threshold 0 is
// marked on it. omitted is the number of classes that are left out, those with the
// largest areas.
func ROC(w io.Writer, caption Caption, curves []NamedROC, omitted int) error {
	if len(curves) == 0 {
		return errors.New("no curve given")
	}
	axes, legend := percentAxes("False positive rate (%)", "True positive rate (%)"), newLegend()
	guessing := dashed(plotter.XY{}, plotter.XY{X: 100, Y: 100}, noteColor)
	axes.Add(guessing)
	room := bodyWidth - squareSide - panelGap - thumbnailWidth
	names := make([]string, len(curves))
	for i, curve := range curves {
		names[i] = curve.Class
	}
	names = elideApart(legend.TextStyle, names, room-legend.TextStyle.Width(": area 0.000"))
	for i, curve := range curves {
		points := make(plotter.XYs, len(curve.FalsePositive))
		for p := range points {
			points[p] = plotter.XY{X: 100 * curve.FalsePositive[p], Y: 100 * curve.TruePositive[p]}
		}
		line := &plotter.Line{XYs: points, LineStyle: lookOf(i).line()}
		axes.Add(line)
		legend.Add(fmt.Sprintf("%s: area %.3f", names[i], curve.Area), line)
		if len(curves) > 1 {
			continue // the largest of several scores decides, no threshold
		}
		falsePositive, truePositive := curve.At(0)
		mark := bestMark{plotter.XY{X: 100 * falsePositive, Y: 100 * truePositive}, lookOf(i).paint()}
		axes.Add(mark)
		legend.Add("threshold 0, the model's", mark)
	}
	legend.Add("guessing: area 0.500", guessing)
	heading := heading{"ROC curve", caption, append([]string{
		"Each point is a threshold of the score: upwards the share of the class's images above it, to the right the share of all other images above it. " +
			"The area under the curve is the probability that an image of the class scores higher than another.",
	}, omittedNote(omitted, "with larger areas")...)}
	return writeSquare(w, heading, axes, legend)
}

// squareSide is the height of square axes with their labels.
const squareSide = vg.Length(4.8) * vg.Inch

// percentAxes returns square axes with a grid, both from 0 to 100 %.
func percentAxes(x, y string) *plot.Plot {
	axes := newPlot()
	axes.X.Label.Text, axes.Y.Label.Text = x, y
	axes.X.Min, axes.X.Max, axes.Y.Min, axes.Y.Max = 0, 100, 0, 100
	axes.X.Tick.Marker, axes.Y.Tick.Marker = linearTicks, linearTicks
	axes.Add(newGrid())
	return axes
}

// writeSquare writes a PNG of square axes with the legend to their right, or, in a narrow
// figure, in the lower right corner, where a good curve is not.
func writeSquare(w io.Writer, h heading, axes *plot.Plot, legend plot.Legend) error {
	legend.Padding = 4
	return writePicture(w, h, squareSide, func(c draw.Canvas) {
		if beside := c.Size().X - squareSide; beside > squareSide/3 {
			axes.Draw(draw.Crop(c, 0, -beside, 0, 0))
			legend.Draw(draw.Crop(c, squareSide+panelGap, 0, 0, 0))
			return
		}
		axes.Draw(c)
		legend.Left, legend.Top, legend.TextStyle.Font.Size = false, false, smallSize
		legend.Draw(draw.Crop(c, 0, -8, 50, 0))
	})
}
