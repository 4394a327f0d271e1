package plots

import (
	"image/color"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A look is a color and a pattern of dashes, given by their indexes in runColors
// and dashPatterns. A page's style uses the same numbers.
type look struct{ color, dashes int }

var (
	trainingLook   = look{color: 0}
	validationLook = look{color: 1}
	noteLook       = look{color: -1} // of what does not belong to a single curve
	restLook       = look{color: -2} // thin and gray: of curves that need not be told apart
	runningLook    = look{color: -3} // thin and gray, too: of a single curve of second rank
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
	switch l {
	case noteLook:
		return noteColor
	case restLook, runningLook:
		return restColor
	}
	return runColors[l.color]
}

func (l look) line() draw.LineStyle {
	style := draw.LineStyle{Color: l.paint(), Width: 1.5, Dashes: dashPatterns[l.dashes]}
	if l == restLook || l == runningLook {
		style.Width = 0.75
	}
	return style
}

// curve is one quantity along the horizontal axis, as points (epoch, value). The
// value is NaN where nothing was measured.
type curve struct {
	look       look
	name, note string // in the legend, the note after the name
	points     plotter.XYs
	low, high  plotter.XYs // the lowest and the highest of several runs around it; nil for a single run
	best       int         // the place of the point to mark; -1 for none
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

// stretches cuts points at their gaps, thins them and places their values on the scale.
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
	for i := range stretches {
		stretches[i] = thinned(stretches[i])
	}
	return stretches
}

// mostColumns is how many columns of pixels a curve has room for.
const mostColumns = 1000

// thinned leaves, of the points that share a column of pixels, only the lowest and the
// highest: the others would be drawn over the line between these two.
func thinned(points plotter.XYs) plotter.XYs {
	if len(points) <= 2*mostColumns {
		return points
	}
	thin := make(plotter.XYs, 0, 2*mostColumns)
	for column := range mostColumns {
		part := points[column*len(points)/mostColumns : (column+1)*len(points)/mostColumns]
		low, high := 0, 0
		for i, p := range part {
			if p.Y < part[low].Y {
				low = i
			}
			if p.Y > part[high].Y {
				high = i
			}
		}
		thin = append(thin, part[min(low, high)], part[max(low, high)])
	}
	return thin
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

// smoothReach is how many epochs on either side are part of a mean.
func smoothReach(epochs int) int { return epochs / smoothShare / 2 }

// smoothed returns the mean over the neighbors of points, at most one in each column of
// pixels, or nil if there are so few points that they need no smoothing.
func smoothed(points plotter.XYs) plotter.XYs {
	if len(points) <= manyEpochs {
		return nil
	}
	reach := smoothReach(len(points))
	var smooth plotter.XYs
	for i := 0; i < len(points); i += max(1, len(points)/mostColumns) {
		p := points[i]
		if drawable(p.Y) {
			p.Y = stat.Mean(finite(points[max(0, i-reach):min(len(points), i+reach+1)]), nil)
		}
		smooth = append(smooth, p)
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
func addLine(axes *plot.Plot, points plotter.XYs, s scale, look look, epochs int) {
	for _, stretch := range stretches(points, s) {
		axes.Add(&plotter.Line{XYs: stretch, LineStyle: look.line()})
		if showsPoints(len(points), len(stretch), epochs) {
			axes.Add(&plotter.Scatter{XYs: stretch, GlyphStyle: draw.GlyphStyle{Color: look.paint(), Radius: 2.8, Shape: draw.CircleGlyph{}}})
		}
	}
}

// addBehind adds what is drawn behind all curves: a band, or the epochs' own values
// if the curve itself is smoothed.
func addBehind(axes *plot.Plot, c curve, s scale) {
	for _, outline := range c.outlines(s) {
		axes.Add(&plotter.Polygon{XYs: []plotter.XYs{outline}, Color: translucent(c.look.paint(), 0x38)})
	}
	if smoothed(c.points) == nil {
		return
	}
	const piece = 100 // points: the time to draw a line grows with the square of its turns
	for _, stretch := range stretches(c.points, s) {
		for from := 0; from < len(stretch); from += piece {
			axes.Add(&plotter.Line{XYs: stretch[from:min(from+piece+1, len(stretch))], LineStyle: draw.LineStyle{Color: translucent(c.look.paint(), 0x50), Width: 0.75}})
		}
	}
}

// translucent is the color with the white of the paper showing through.
func translucent(c color.Color, opacity uint8) color.Color {
	r, g, b, _ := c.RGBA()
	return color.NRGBA{R: uint8(r >> 8), G: uint8(g >> 8), B: uint8(b >> 8), A: opacity}
}

// bestMark is a plotter of a dark ring around a core, which marks a point, and of the
// same in the legend.
type bestMark struct {
	at   plotter.XY
	core color.Color
}

// Plot implements plot.Plotter.
func (b bestMark) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	b.draw(&c, vg.Point{X: x(b.at.X), Y: y(b.at.Y)})
}

// Thumbnail implements plot.Thumbnailer.
func (b bestMark) Thumbnail(c *draw.Canvas) { b.draw(c, c.Center()) }

func (b bestMark) draw(c *draw.Canvas, at vg.Point) {
	c.DrawGlyph(draw.GlyphStyle{Color: inkColor, Radius: 5, Shape: draw.CircleGlyph{}}, at)
	c.DrawGlyph(draw.GlyphStyle{Color: b.core, Radius: 3, Shape: draw.CircleGlyph{}}, at)
}

// dashed returns a dashed line between two points.
func dashed(from, to plotter.XY, ink color.Color) *plotter.Line {
	return &plotter.Line{XYs: plotter.XYs{from, to}, LineStyle: draw.LineStyle{Color: ink, Width: 1.25, Dashes: []vg.Length{5, 3}}}
}
