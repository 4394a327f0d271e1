package plots

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// curve is one quantity over the epochs.
type curve struct {
	name   string
	color  color.Color
	points plotter.XYs // (epoch, value), NaN where nothing was measured
	dashes []vg.Length // lengths of dashes and the gaps after them; nil for a solid line
}

func (c curve) style() draw.LineStyle {
	return draw.LineStyle{Color: c.color, Width: 1.5, Dashes: c.dashes}
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

// addCurve adds the curve's stretches to the axes and returns a sample of the
// line for the legend. In stretches of at most pointsUpTo epochs these show as
// points, too.
func addCurve(axes *plot.Plot, c curve, s scale, pointsUpTo int) (plot.Thumbnailer, error) {
	point := draw.GlyphStyle{Color: c.color, Radius: 2.8, Shape: draw.CircleGlyph{}}
	for _, stretch := range c.stretches(s) {
		line, points, err := plotter.NewLinePoints(stretch)
		if err != nil {
			return nil, err
		}
		line.LineStyle, points.GlyphStyle = c.style(), point
		axes.Add(line)
		if len(stretch) <= pointsUpTo {
			axes.Add(points)
		}
	}
	return &plotter.Line{LineStyle: c.style()}, nil
}

// bestMark returns a dark ring around a core in the curve's color.
func bestMark(at plotter.XY, curveColor color.Color) (ring, core *plotter.Scatter, err error) {
	if ring, err = plotter.NewScatter(plotter.XYs{at}); err != nil {
		return nil, nil, err
	}
	if core, err = plotter.NewScatter(plotter.XYs{at}); err != nil {
		return nil, nil, err
	}
	ring.GlyphStyle = draw.GlyphStyle{Color: inkColor, Radius: 5, Shape: draw.CircleGlyph{}}
	core.GlyphStyle = draw.GlyphStyle{Color: curveColor, Radius: 3, Shape: draw.CircleGlyph{}}
	return ring, core, nil
}
