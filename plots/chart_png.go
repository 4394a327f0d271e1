package plots

import (
	"io"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// axesHeight is the height of the axes with their labels.
const axesHeight = vg.Length(4.2) * vg.Inch

// WritePNG writes the chart as a PNG, with its panels beside each other below the
// legend. It returns an error only from w.
func (c *Chart) WritePNG(w io.Writer) error {
	return writePlots(w, c.heading, c.legend(bodyWidth), len(c.panels), axesHeight, c.plots()...)
}

// writePlots writes a PNG of panels from left to right in rows of so many columns and of
// the given height, below the legend if there is one.
func writePlots(w io.Writer, h heading, legend *legendStrip, columns int, rowHeight vg.Length, panels ...*plot.Plot) error {
	last := len(panels)
	panels = append(panels, make([]*plot.Plot, (columns-last%columns)%columns)...)
	rows := slices.Collect(slices.Chunk(panels, columns))
	return writePicture(w, h, legend.height(bodyWidth)+vg.Length(len(rows))*rowHeight, func(c draw.Canvas) {
		tiles := draw.Tiles{Cols: columns, Rows: len(rows), PadX: panelGap, PadY: panelGap}
		for i, place := range slices.Concat(plot.Align(rows, tiles, legend.draw(c))...)[:last] {
			panels[i].Draw(place)
		}
	})
}

// PNG returns a function that writes the chart as a PNG, or that returns err if
// there is no chart. It takes the two results of a function that makes a chart, so
// that a call can be passed to it directly.
func PNG(chart *Chart, err error) func(io.Writer) error {
	if err != nil {
		return func(io.Writer) error { return err }
	}
	return chart.WritePNG
}

// plots returns the axes of the panels with the curves in them: first the bands, so
// that they lie behind all lines, and last the marks.
func (c *Chart) plots() (plots []*plot.Plot) {
	for i, panel := range c.panels {
		axes := epochAxes(c.first, c.last, mostTicks/len(c.panels))
		axes.Title.Text = panel.title
		if i == 0 {
			axes.Y.Label.Text = c.yLabel
		}
		if i == len(c.panels)-1 {
			for _, level := range c.levels {
				y := c.scale.place(level.Loss)
				axes.Add(dashed(plotter.XY{X: axes.X.Min, Y: y}, plotter.XY{X: axes.X.Max, Y: y}, level.look.paint()))
			}
		}
		for _, curve := range panel.curves {
			addBehind(axes, curve, c.scale)
		}
		for _, curve := range slices.Backward(panel.curves) { // the first one on top
			points := curve.points
			if smooth := smoothed(points); smooth != nil {
				points = smooth
			}
			addLine(axes, points, c.scale, curve.look, c.last-c.first+1)
		}
		for _, curve := range panel.curves {
			if curve.best >= 0 {
				at := curve.points[curve.best]
				axes.Add(bestMark{plotter.XY{X: at.X, Y: c.scale.place(at.Y)}, curve.look.paint()})
			}
		}
		c.scale.apply(&axes.Y) // Add has widened the range to hold spikes
		plots = append(plots, axes)
	}
	return plots
}

// legend returns the legend, which names the curves, the mark of the best epoch and
// the levels.
func (c *Chart) legend(width vg.Length) *legendStrip {
	legend := &legendStrip{aligned: len(c.panels) > 1}
	style := textStyle(labelSize, inkColor)
	room := width - thumbnailWidth - style.Width(" ")
	label := func(name, note string) string { return elide(style, name, room-style.Width(note)) + note }
	for i, s := range c.panels[0].curves {
		switch {
		case s.look != restLook:
			legend.add(label(s.name, s.note), &plotter.Line{LineStyle: s.look.line()})
		case i == 0 || c.panels[0].curves[i-1].look != restLook: // one entry for all of them
			legend.add("others", &plotter.Line{LineStyle: s.look.line()})
		}
	}
	if c.best != "" {
		legend.add(c.best, bestMark{core: c.bestLook.paint()})
	}
	for _, level := range c.levels {
		legend.add(label(level.Name, level.note()), dashed(plotter.XY{}, plotter.XY{}, level.look.paint()))
	}
	return legend
}

// epochAxes returns axes over the epochs from first to last, with room for a mark
// at either end and with at most so many labels.
func epochAxes(first, last, most int) *plot.Plot {
	const room = 0.02 // of the span
	axes := newPlot()
	axes.X.Label.Text = "Epoch"
	span := float64(last - first)
	axes.X.Min, axes.X.Max = float64(first)-room*span, float64(last)+room*span
	axes.X.Tick.Marker = epochTicks(first, last, most)
	axes.X.Padding, axes.Y.Padding = 0, 0
	axes.Add(newGrid())
	return axes
}
