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

// ROC writes a PNG of receiver operating characteristics to w: a curve for each
// class, with the area under it in the legend. If there is only one curve, the
// threshold 0 is marked on it. ROC returns an error if there is no curve, for a
// curve without points, if the caption names no dataset, or from w.
func ROC(w io.Writer, caption Caption, curves []NamedROC) error {
	if err := drawROC(w, caption, curves); err != nil {
		return fmt.Errorf("drawing the ROC curve: %w", err)
	}
	return nil
}

func drawROC(w io.Writer, caption Caption, curves []NamedROC) error {
	if len(curves) == 0 {
		return errors.New("no curve given")
	}
	if err := caption.check(); err != nil {
		return err
	}
	axes, legend := newPlot(), new(legendStrip)
	axes.X.Label.Text, axes.Y.Label.Text = "Of the other images, taken for the class (%)", "Of the class's images, found (%)"
	axes.X.Min, axes.X.Max, axes.Y.Min, axes.Y.Max = 0, 100, 0, 100
	axes.X.Tick.Marker, axes.Y.Tick.Marker = linearTicks{}, linearTicks{}
	axes.Add(newGrid(), guessing{})
	for i, curve := range curves {
		if len(curve.FalsePositive) == 0 {
			return errors.New(curve.Class + " has no point, since there are no images of it or no others")
		}
		points := make(plotter.XYs, len(curve.FalsePositive))
		for p := range points {
			points[p] = plotter.XY{X: 100 * curve.FalsePositive[p], Y: 100 * curve.TruePositive[p]}
		}
		line, err := plotter.NewLine(points)
		if err != nil {
			return err
		}
		color := runColors[i%len(runColors)]
		line.LineStyle = draw.LineStyle{Color: color, Width: 1.75}
		if i >= len(runColors) {
			line.Dashes = []vg.Length{6, 2}
		}
		axes.Add(line)
		legend.add(fmt.Sprintf("%s: area %.3f", curve.Class, curve.Area), line)
		if len(curves) > 1 {
			continue // the largest of several scores decides, no threshold
		}
		falsePositive, truePositive := curve.At(0)
		ring, core, err := bestMark(plotter.XY{X: 100 * falsePositive, Y: 100 * truePositive}, color)
		if err != nil {
			return err
		}
		axes.Add(ring, core)
	}
	heading := heading{"Found against falsely taken", caption, []string{
		"Each point is a threshold of the score. The area under the curve is the probability that an image of the class scores higher than " +
			"another: 1 tells them perfectly, 0.5, the dashed line, not at all.",
	}}
	if len(curves) == 1 {
		heading.notes = append(heading.notes, "The ring is the threshold 0, which the model uses.")
	}
	side := vg.Length(4.6) * vg.Inch
	width := pictureWidth - 2*margin
	return writePicture(w, heading, legend.height(width)+side, func(c draw.Canvas) {
		rest := legend.draw(c)
		axes.Draw(draw.Crop(rest, 0, min(0, side+0.25*vg.Inch-rest.Size().X), 0, 0))
	})
}

// guessing is a plotter of the line that a classifier which guesses would have.
type guessing struct{}

// Plot implements plot.Plotter.
func (guessing) Plot(c draw.Canvas, _ *plot.Plot) {
	c.StrokeLine2(draw.LineStyle{Color: noteColor, Width: 1, Dashes: []vg.Length{5, 4}}, c.Min.X, c.Min.Y, c.Max.X, c.Max.Y)
}
