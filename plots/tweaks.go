package plots

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Tweaks writes a PNG to w that shows what each change does on its own. The first setting
// is the one that has the first value of every key; each setting that differs from it in
// a single key has a row, with the mean and the range over its seeds, in color if it is
// told apart from the first, which must have a figure.
func Tweaks(w io.Writer, caption Caption, figures SweptFigures) error {
	if err := figures.check(); err != nil {
		return err
	}
	base, unit := math.NaN(), figures.quantity().unit
	var rows []SweptPoint
	var labels []string
	var values []float64
	for _, point := range figures.Points {
		label, first := figures.change(point)
		if first {
			base, label = point.Figure, "none of them"
		}
		if label == "" || !drawable(point.Figure) {
			continue
		}
		rows, labels = append(rows, point), append(labels, label)
		values = append(values, unit*point.Low, unit*point.High, unit*point.Figure)
	}
	if !drawable(base) {
		return errors.New("the setting that the others change has no figure")
	}
	axes, ticks := newPlot(), make(plot.ConstantTicks, len(rows))
	axes.Add(newGrid(), dashed(plotter.XY{X: unit * base, Y: -1}, plotter.XY{X: unit * base, Y: float64(len(rows))}, noteColor))
	for i, point := range rows {
		y, ink := float64(len(rows)-1-i), color.Color(noteColor)
		switch {
		case point.Apart && figures.better(point.Figure, base):
			ink = blue
		case point.Apart:
			ink = vermillion
		}
		ticks[i] = plot.Tick{Value: y, Label: elide(axes.Y.Tick.Label, labels[i], pictureWidth/2)}
		axes.Add(&plotter.Line{XYs: plotter.XYs{{X: unit * point.Low, Y: y}, {X: unit * point.High, Y: y}}, LineStyle: draw.LineStyle{Color: ink, Width: 2}},
			&plotter.Scatter{XYs: plotter.XYs{{X: unit * point.Figure, Y: y}}, GlyphStyle: draw.GlyphStyle{Color: ink, Radius: 4, Shape: draw.CircleGlyph{}}})
	}
	linearScale(slices.Min(values), slices.Max(values)).apply(&axes.X)
	axes.Y.Min, axes.Y.Max = -0.6, float64(len(rows))-0.4
	axes.Y.Tick.Marker, axes.Y.Tick.Length, axes.Y.Width = ticks, 0, 0
	axes.X.Label.Text = "Validation " + figures.quantity().measure
	dot := "The dot is the figure of the best epoch."
	if figures.severalSeeds() {
		dot = "The dot is the mean over seeds at the best epoch, the line reaches from the lowest to the highest seed."
	}
	heading := heading{"What each change alone contributes", caption, []string{
		dot + " Dashed: the setting without any of the changes. Blue: better than it, orange: worse, where a test at 5 % tells the two apart; gray: it does not.",
	}}
	return writePicture(w, heading, 0.8*vg.Inch+vg.Length(len(rows))*0.34*vg.Inch, axes.Draw)
}

// change says how a point differs from the first setting. label is empty for the
// first setting itself and for a point that differs from it in several keys.
func (s SweptFigures) change(point SweptPoint) (label string, first bool) {
	changed := 0
	for k, place := range point.Places {
		if place > 0 {
			changed++
			key := s.Keys[k]
			label = fmt.Sprintf("%s: %s, not %s", key.Name[strings.LastIndex(key.Name, ".")+1:], key.Values[place], key.Values[0])
		}
	}
	if changed > 1 {
		label = ""
	}
	return label, changed == 0
}
