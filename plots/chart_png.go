package plots

import (
	"fmt"
	"image/color"
	"io"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// axesHeight is the height of the axes with their labels.
const axesHeight = vg.Length(4.2) * vg.Inch

// WritePNG writes the chart as a PNG, with its panels beside each other below the
// legend. It returns an error only from w or if the chart has no point.
func (c *Chart) WritePNG(w io.Writer) error {
	panels, err := c.plots()
	if err != nil {
		return fmt.Errorf("drawing the %s: %w", c.quantity.name, err)
	}
	const width = pictureWidth - 2*margin
	legend, err := c.legend(width)
	if err != nil {
		return fmt.Errorf("drawing the %s: %w", c.quantity.name, err)
	}
	return writePicture(w, c.heading, legend.height(width)+axesHeight, func(canvas draw.Canvas) {
		tiles := draw.Tiles{Cols: len(panels), Rows: 1, PadX: panelGap}
		for i, place := range plot.Align([][]*plot.Plot{panels}, tiles, legend.draw(canvas))[0] {
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

// plots returns the axes of the panels with the curves in them.
func (c *Chart) plots() ([]*plot.Plot, error) {
	labels := mostTicks / len(c.panels)
	var plots []*plot.Plot
	for i, panel := range c.panels {
		axes := epochAxes(c.first, c.last, labels)
		axes.Title.Text = panel.title
		if i == 0 {
			axes.Y.Label.Text = c.yLabel
		}
		if i == len(c.panels)-1 {
			for _, level := range c.levels {
				axes.Add(levelLine{c.scale.place(level.Loss), level.look.paint()})
			}
		}
		if err := c.addCurves(axes, panel.curves); err != nil {
			return nil, err
		}
		c.scale.apply(&axes.Y) // Add has widened the range to hold spikes
		plots = append(plots, axes)
	}
	return plots, nil
}

// addCurves adds a panel's curves to its axes: first the bands, so that they lie
// behind all lines, and last the marks.
func (c *Chart) addCurves(axes *plot.Plot, curves []curve) error {
	epochs := c.last - c.first + 1
	for i, curve := range curves {
		if err := addBehind(axes, curve, c.scale, c.series[i].look); err != nil {
			return err
		}
	}
	for i, curve := range curves {
		points := curve.points
		if smooth := smoothed(points); smooth != nil {
			points = smooth
		}
		if err := addLine(axes, points, c.scale, c.series[i].look, epochs); err != nil {
			return err
		}
	}
	for i, curve := range curves {
		if curve.best < 0 {
			continue
		}
		at := curve.points[curve.best]
		ring, core, err := bestMark(plotter.XY{X: at.X, Y: c.scale.place(at.Y)}, c.series[i].look.paint())
		if err != nil {
			return err
		}
		axes.Add(ring, core)
	}
	return nil
}

// legend returns the legend, which names the curves, the mark of the best epoch and
// the levels.
func (c *Chart) legend(width vg.Length) (*legendStrip, error) {
	legend := &legendStrip{aligned: len(c.panels) > 1}
	room, style := legendTextWidth(width), textStyle(labelSize, inkColor)
	label := func(name, note string) string { return elideMiddle(style, name, room-style.Width(note)) + note }
	for _, s := range c.series {
		legend.add(label(s.name, s.note), &plotter.Line{LineStyle: s.look.line()})
	}
	if c.best != "" {
		ring, core, err := bestMark(plotter.XY{}, c.bestLook.paint())
		if err != nil {
			return nil, err
		}
		legend.add(c.best, ring, core)
	}
	for _, level := range c.levels {
		legend.add(label(level.Name, level.note()), levelLine{color: level.look.paint()})
	}
	return legend, nil
}

// epochAxes returns axes over the epochs from first to last, with room for a mark
// at either end and with at most so many labels.
func epochAxes(first, last, most int) *plot.Plot {
	const room = 0.02 // of the span
	axes := newPlot()
	axes.X.Label.Text = "Epoch"
	span := float64(last - first)
	axes.X.Min, axes.X.Max = float64(first)-room*span, float64(last)+room*span
	axes.X.Tick.Marker = epochTicks{first, last, most}
	axes.X.Padding, axes.Y.Padding = 0, 0
	axes.Add(newGrid())
	return axes
}

// levelLine draws a dashed line across the axes, and the same line in the legend.
type levelLine struct {
	at    float64 // on the vertical axis
	color color.Color
}

func (l levelLine) style() draw.LineStyle {
	return draw.LineStyle{Color: l.color, Width: 1.25, Dashes: []vg.Length{5, 3}}
}

// Plot implements plot.Plotter.
func (l levelLine) Plot(c draw.Canvas, p *plot.Plot) {
	_, y := p.Transforms(&c)
	c.StrokeLine2(l.style(), c.Min.X, y(l.at), c.Max.X, y(l.at))
}

// Thumbnail implements plot.Thumbnailer.
func (l levelLine) Thumbnail(c *draw.Canvas) {
	y := c.Center().Y
	c.StrokeLine2(l.style(), c.Min.X, y, c.Max.X, y)
}
