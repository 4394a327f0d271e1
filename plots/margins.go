package plots

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ClassValues holds a value for each image of a class.
type ClassValues struct {
	Class  string
	Values []float64
}

// checkClassValues returns an error unless all values can be drawn.
func checkClassValues(caption Caption, classes []ClassValues) error {
	if len(classes) == 0 {
		return errors.New("no class given")
	}
	for _, class := range classes {
		if len(class.Values) == 0 {
			return fmt.Errorf("%s has no image", class.Class)
		}
		for i, value := range class.Values {
			if !drawable(value) {
				return fmt.Errorf("%s: value %d is %v, want a finite number", class.Class, i, value)
			}
		}
	}
	return caption.check()
}

// Margins writes a PNG to w that shows how a classifier's margins are distributed
// over the images of each class. With two classes a margin is y*score; with more it
// is the score of an image's own class minus the highest other score. An image with
// a margin below 0 is classified wrongly; one with a margin below 1 still contributes
// to the hinge loss. The few values beyond the ends of the axis are counted in the
// outermost bars. Margins returns an error for a class without images, a margin that is not finite, if
// the caption names no dataset, or from w.
func Margins(w io.Writer, caption Caption, classes []ClassValues) error {
	if err := checkClassValues(caption, classes); err != nil {
		return fmt.Errorf("drawing the margins: %w", err)
	}
	axes := newPlot()
	low, high, width := marginRange(classes)
	axes.Add(newGrid())
	ticks := make(plot.ConstantTicks, len(classes))
	for i, class := range classes {
		row := len(classes) - 1 - i
		wrong, inside := below(class.Values, 0), below(class.Values, 1)
		axes.Add(marginBars{row: float64(row), low: low, width: width, shares: histogram(class.Values, low, high, width),
			note: fmt.Sprintf("%.1f%% wrong, %.1f%% right but within the margin", 100*wrong, 100*(inside-wrong))})
		ticks[row] = plot.Tick{Value: float64(row) + 0.3, Label: class.Class}
	}
	axes.X.Min, axes.X.Max = low, high
	axes.Y.Min, axes.Y.Max = 0, float64(len(classes))
	axes.X.Label.Text = "Margin"
	axes.X.Tick.Marker = linearTicks{}
	axes.Y.Tick.Marker, axes.Y.Tick.Length, axes.Y.Width = ticks, 0, 0
	heading := heading{"How surely each class is told", caption, []string{
		"How many of a class's images have which margin. Orange, below 0: classified wrongly. Pale, from 0 to 1: right, but so close that the " +
			"hinge loss still pulls. Blue, above 1: right and at rest.",
	}}
	height := vg.Length(0.8)*vg.Inch + vg.Length(len(classes))*max(0.55*vg.Inch, min(1.5*vg.Inch, 4*vg.Inch/vg.Length(len(classes))))
	if err := writePicture(w, heading, height, axes.Draw); err != nil {
		return fmt.Errorf("drawing the margins: %w", err)
	}
	return nil
}

// below returns the share of the values that lie below a bound.
func below(values []float64, bound float64) float64 {
	count := 0
	for _, value := range values {
		if value < bound {
			count++
		}
	}
	return float64(count) / float64(len(values))
}

// marginRange returns the range of the axis, without the outermost 0.2 % of all
// values on either side, and the width of a bar. The range begins and ends at edges
// of bars; 0 and 1 are edges, too.
func marginRange(classes []ClassValues) (low, high, width float64) {
	const left, bars = 0.002, 80
	var all []float64
	for _, class := range classes {
		all = append(all, class.Values...)
	}
	slices.Sort(all)
	low = min(-0.5, stat.Quantile(left, stat.Empirical, all, nil))
	high = max(1.5, stat.Quantile(1-left, stat.Empirical, all, nil))
	width = 1 / math.Ceil(bars/(high-low))
	return width * math.Floor(low/width), width * math.Ceil(high/width), width
}

// histogram returns the share of the values in each bar from low to high.
func histogram(values []float64, low, high, width float64) []float64 {
	shares := make([]float64, int(math.Round((high-low)/width)))
	for _, value := range values {
		bar := int(math.Floor((value - low) / width))
		shares[min(max(bar, 0), len(shares)-1)] += 1 / float64(len(values))
	}
	return shares
}

// marginBars is a plotter of a class's bars, which stand on the line of its row.
type marginBars struct {
	row, low, width float64
	shares          []float64
	note            string
}

// Plot implements plot.Plotter.
func (m marginBars) Plot(c draw.Canvas, p *plot.Plot) {
	const tallest = 0.85 // of a row
	x, y := p.Transforms(&c)
	scale := tallest / slices.Max(m.shares)
	for i, share := range m.shares {
		left := m.low + float64(i)*m.width
		ink := color.Color(blue)
		switch middle := left + m.width/2; {
		case middle < 0:
			ink = vermillion
		case middle < 1:
			ink = paleBlue
		}
		if share > 0 {
			c.FillPolygon(ink, corners(x(left), y(m.row), x(left+m.width), y(m.row+scale*share)))
		}
	}
	base := draw.LineStyle{Color: inkColor, Width: 0.75}
	c.StrokeLine2(base, c.Min.X, y(m.row), c.Max.X, y(m.row))
	m.drawNote(c, x, y(m.row+0.97)-1)
}

// drawNote writes the note below top, at the end of the row where the bars under
// it are lower.
func (m marginBars) drawNote(c draw.Canvas, x func(float64) vg.Length, top vg.Length) {
	const margin = 4
	style := textStyle(smallSize, inkColor)
	length := style.Width(m.note) + margin
	var underLeft, underRight float64 // the tallest bars
	for i, share := range m.shares {
		left := m.low + float64(i)*m.width
		if x(left) < c.Min.X+length {
			underLeft = max(underLeft, share)
		}
		if x(left+m.width) > c.Max.X-length {
			underRight = max(underRight, share)
		}
	}
	style.YAlign = draw.YTop
	if underLeft < underRight {
		c.FillText(style, vg.Point{X: c.Min.X + margin, Y: top}, m.note)
		return
	}
	style.XAlign = draw.XRight
	c.FillText(style, vg.Point{X: c.Max.X - margin, Y: top}, m.note)
}

// corners returns the corners of a rectangle.
func corners(left, bottom, right, top vg.Length) []vg.Point {
	return []vg.Point{{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: top}, {X: left, Y: top}}
}

// paleBlue is a lighter shade of blue.
var paleBlue = color.RGBA{R: 0x9C, G: 0xC6, B: 0xE0, A: 0xFF}
