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
func checkClassValues(classes []ClassValues) error {
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
	return nil
}

// omittedNote says how many classes a picture leaves out, and which.
func omittedNote(omitted int, which string) []string {
	if omitted == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d more classes, %s, are not drawn.", omitted, which)}
}

// MarginFigures are a classifier's margins on images of each class. An image with a
// margin below 0 is classified wrongly.
type MarginFigures struct {
	Classes []ClassValues
	Omitted int    // the number of classes that are left out, those with the largest mean margins
	Binary  bool   // there are two classes; a margin is y*score. Otherwise it is the score of an image's own class minus the highest other score
	Loss    string // names the loss if images with margins up to 1 still add to it; else empty
}

// marginMeaning says what a margin is.
func marginMeaning(binary bool) string {
	if binary {
		return "the score, with its sign turned for the first class"
	}
	return "the score of an image's own class minus the highest other score"
}

// Margins writes a PNG to w that shows how a classifier's margins are distributed over
// the images of each class. The few values beyond the ends of the axis are counted in the
// outermost bars.
func Margins(w io.Writer, caption Caption, figures MarginFigures) error {
	classes := figures.Classes
	if err := checkClassValues(classes); err != nil {
		return err
	}
	axes := newPlot()
	low, high, width := marginRange(classes)
	axes.Add(newGrid())
	ticks := make(plot.ConstantTicks, len(classes))
	for i, class := range classes {
		row := float64(len(classes) - 1 - i)
		label := fmt.Sprintf("%s\n%s wrong", elide(axes.Y.Tick.Label, class.Class, longestName), Percent(below(class.Values, 0)))
		if figures.Loss != "" {
			label += fmt.Sprintf("\n%s from 0 to 1", Percent(below(class.Values, 1)-below(class.Values, 0)))
		}
		axes.Add(marginBars{row: row, low: low, width: width, shares: histogram(class.Values, low, high, width), pale: figures.Loss != ""})
		ticks[i] = plot.Tick{Value: row + 0.4, Label: label}
	}
	axes.X.Min, axes.X.Max = low, high
	axes.Y.Min, axes.Y.Max = 0, float64(len(classes))
	axes.X.Label.Text, axes.Y.Label.Text = "Margin", "Images of each class"
	axes.X.Tick.Marker = linearTicks
	axes.Y.Tick.Marker, axes.Y.Tick.Length, axes.Y.Width = ticks, 0, 0
	note := "The margin is " + marginMeaning(figures.Binary) + ". Orange, below 0: classified wrongly. Blue: classified correctly"
	if figures.Loss != "" {
		note += "; pale, from 0 to 1: still adding to the loss, " + figures.Loss
	}
	heading := heading{"Margins of the images of each class", caption,
		append([]string{note + ". Each class has its own scale upwards."}, omittedNote(figures.Omitted, "with larger mean margins")...)}
	height := 0.8*vg.Inch + vg.Length(len(classes))*max(0.62*vg.Inch, min(1.5*vg.Inch, 4*vg.Inch/vg.Length(len(classes))))
	return writePicture(w, heading, height, axes.Draw)
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
// of bars; 0 is an edge, too, and so is 1 unless a bar is wider.
func marginRange(classes []ClassValues) (low, high, width float64) {
	const left, bars = 0.002, 80
	var all []float64
	for _, class := range classes {
		all = append(all, class.Values...)
	}
	slices.Sort(all)
	low = min(-0.5, stat.Quantile(left, stat.Empirical, all, nil))
	high = max(1.5, stat.Quantile(1-left, stat.Empirical, all, nil))
	if width = (high - low) / bars; width <= 1 {
		width = 1 / math.Ceil(1/width)
	}
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
	pale            bool // from 0 to 1
}

// Plot implements plot.Plotter.
func (m marginBars) Plot(c draw.Canvas, p *plot.Plot) {
	const tallest = 0.9 // of a row
	x, y := p.Transforms(&c)
	scale := tallest / slices.Max(m.shares)
	for i, share := range m.shares {
		left := m.low + float64(i)*m.width
		ink := color.Color(blue)
		switch middle := left + m.width/2; {
		case middle < 0:
			ink = vermillion
		case middle < 1 && m.pale:
			ink = paleBlue
		}
		if share > 0 {
			c.FillPolygon(ink, corners(x(left), y(m.row), x(left+m.width), y(m.row+scale*share)))
		}
	}
	c.StrokeLine2(draw.LineStyle{Color: inkColor, Width: 0.75}, c.Min.X, y(m.row), c.Max.X, y(m.row))
}
