package plots

import (
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A look is a color and a pattern of dashes, given by their indexes in runColors
// and dashPatterns. A page's style uses the same numbers.
type look struct{ color, dashes int }

// noteLook is the look of what does not belong to a single curve.
var noteLook = look{color: -1}

var (
	trainingLook   = look{color: 0}
	validationLook = look{color: 1}
)

// Of the first eight curves, two that are four apart have the same dashes. The colors
// are in an order that gives these two different lightnesses, so that they can be
// told apart even when printed in gray.
var runColors = []color.Color{blue, vermillion, green, purple, skyBlue, orange, black, brown}

var dashPatterns = [][]vg.Length{
	nil, // solid
	{7, 3},
	{2, 2.5},
	{8, 2.5, 2, 2.5},
}

// lookOf returns the look of curve i. The first 32 curves all look different.
func lookOf(i int) look {
	return look{i % len(runColors), (i + i/len(runColors)) % len(dashPatterns)}
}

func (l look) paint() color.Color {
	if l == noteLook {
		return noteColor
	}
	return runColors[l.color]
}

func (l look) line() draw.LineStyle {
	return draw.LineStyle{Color: l.paint(), Width: 1.5, Dashes: dashPatterns[l.dashes]}
}

// curve is one quantity along the horizontal axis, as points (epoch, value). The
// value is NaN where nothing was measured.
type curve struct {
	points    plotter.XYs
	low, high plotter.XYs // the lowest and the highest of several runs around it; nil for a single run
	best      int         // the place of the point to mark; -1 for none
}

// finite returns the values of the points that can be drawn.
func finite(points plotter.XYs) []float64 {
	var values []float64
	for _, p := range points {
		if drawable(p.Y) {
			values = append(values, p.Y)
		}
	}
	return values
}

// values returns all values of the curve and its band that can be drawn.
func (c curve) values() []float64 {
	return slices.Concat(finite(c.points), finite(c.low), finite(c.high))
}

// stretches cuts points at their gaps and places their values on the scale.
func stretches(points plotter.XYs, s scale) []plotter.XYs {
	var stretches []plotter.XYs
	open := false
	for _, p := range points {
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

// outlines returns the closed outlines of the curve's band, one for each stretch
// without a gap.
func (c curve) outlines(s scale) []plotter.XYs {
	low, high := stretches(c.low, s), stretches(c.high, s)
	for i := range low { // both have their gaps at the same epochs
		slices.Reverse(high[i])
		low[i] = append(low[i], high[i]...)
	}
	return low
}

// A curve with more than manyEpochs epochs is so noisy that its course is hard to
// see. It is drawn as a moving mean over smoothShare of its epochs, with the
// epochs' own values faintly behind it.
const (
	manyEpochs  = 200
	smoothShare = 50
)

// smoothed returns the mean over the neighbors of each point, or nil if there are so
// few points that they need no smoothing.
func smoothed(points plotter.XYs) plotter.XYs {
	if len(points) <= manyEpochs {
		return nil
	}
	reach := len(points) / smoothShare / 2
	smooth := slices.Clone(points)
	for i, p := range points {
		if !drawable(p.Y) {
			continue
		}
		around := finite(points[max(0, i-reach):min(len(points), i+reach+1)])
		sum := 0.0
		for _, value := range around {
			sum += value
		}
		smooth[i].Y = sum / float64(len(around))
	}
	return smooth
}

// showsPoints reports whether a stretch of a curve also shows its epochs as points:
// if the stretch is so short that its line would hardly be visible, or if the curve
// has few epochs. epochs is how many the axis has.
func showsPoints(curve, stretch, epochs int) bool {
	const few = 25
	return curve <= few || stretch <= max(1, epochs/few)
}

// addLine adds points to axes as a line of the look, in stretches between gaps.
func addLine(axes *plot.Plot, points plotter.XYs, s scale, look look, epochs int) error {
	for _, stretch := range stretches(points, s) {
		line, dots, err := plotter.NewLinePoints(stretch)
		if err != nil {
			return err
		}
		line.LineStyle = look.line()
		dots.GlyphStyle = draw.GlyphStyle{Color: look.paint(), Radius: 2.8, Shape: draw.CircleGlyph{}}
		axes.Add(line)
		if showsPoints(len(points), len(stretch), epochs) {
			axes.Add(dots)
		}
	}
	return nil
}

// addBehind adds what is drawn behind all curves: a band, or the epochs' own values
// if the curve itself is smoothed.
func addBehind(axes *plot.Plot, c curve, s scale, look look) error {
	for _, outline := range c.outlines(s) {
		area, err := plotter.NewPolygon(outline)
		if err != nil {
			return err
		}
		area.Color, area.LineStyle.Width = translucent(look.paint(), 0x38), 0
		axes.Add(area)
	}
	if smoothed(c.points) == nil {
		return nil
	}
	for _, stretch := range stretches(c.points, s) {
		line, err := plotter.NewLine(stretch)
		if err != nil {
			return err
		}
		line.LineStyle = draw.LineStyle{Color: translucent(look.paint(), 0x50), Width: 0.75}
		axes.Add(line)
	}
	return nil
}

// translucent is the color with the white of the paper showing through.
func translucent(c color.Color, opacity uint8) color.Color {
	r, g, b, _ := c.RGBA()
	return color.NRGBA{R: uint8(r >> 8), G: uint8(g >> 8), B: uint8(b >> 8), A: opacity}
}

// bestMark returns a dark ring around a core in the curve's color.
func bestMark(at plotter.XY, core color.Color) (ring, middle *plotter.Scatter, err error) {
	if ring, err = plotter.NewScatter(plotter.XYs{at}); err != nil {
		return nil, nil, err
	}
	if middle, err = plotter.NewScatter(plotter.XYs{at}); err != nil {
		return nil, nil, err
	}
	ring.GlyphStyle = draw.GlyphStyle{Color: inkColor, Radius: 5, Shape: draw.CircleGlyph{}}
	middle.GlyphStyle = draw.GlyphStyle{Color: core, Radius: 3, Shape: draw.CircleGlyph{}}
	return ring, middle, nil
}
