package plots

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Tweaks writes a PNG to w that shows what each change does on its own. The first
// setting is the one that has the first value of every key; each setting that
// differs from it in a single key has a row, with the mean and the range over its
// seeds, in color if it is told apart from the first. Tweaks returns an error if the
// figures contradict each other, if the first setting has no figure, if the caption
// names no dataset, or from w.
func Tweaks(w io.Writer, caption Caption, figures SweptFigures) (err error) {
	defer drawing("the changes", &err)
	if err := figures.check(caption); err != nil {
		return err
	}
	base, unit := math.NaN(), figures.unit()
	var bars []seedRange
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
		bars = append(bars, seedRange{low: unit * point.Low, mean: unit * point.Figure, high: unit * point.High, apart: point.Apart})
		labels = append(labels, label)
		values = append(values, unit*point.Low, unit*point.High, unit*point.Figure)
	}
	if !drawable(base) {
		return errors.New("the setting that the others change has no figure")
	}
	axes, ticks := newPlot(), make(plot.ConstantTicks, len(bars))
	axes.Add(newGrid(), dashed(plotter.XY{X: unit * base, Y: -1}, plotter.XY{X: unit * base, Y: float64(len(bars))}, noteColor))
	for i, bar := range bars {
		bar.at, bar.ink = float64(len(bars)-1-i), noteColor
		switch {
		case bar.apart && figures.better(bar.mean, unit*base):
			bar.ink = blue
		case bar.apart:
			bar.ink = vermillion
		}
		ticks[i] = plot.Tick{Value: bar.at, Label: elide(axes.Y.Tick.Label, labels[i], pictureWidth/2)}
		axes.Add(bar)
	}
	linearScale(slices.Min(values), slices.Max(values)).apply(&axes.X)
	axes.Y.Min, axes.Y.Max = -0.6, float64(len(bars))-0.4
	axes.Y.Tick.Marker, axes.Y.Tick.Length, axes.Y.Width = ticks, 0, 0
	axes.X.Label.Text = "Validation " + figures.measure()
	heading := heading{"What each change alone contributes", caption, []string{
		"The dot is the mean over the seeds at the best epoch, the line reaches from the lowest to the highest seed. Dashed: the setting without any of the changes. " +
			"Blue: better than it, orange: worse, where a test at 5 % tells the two apart; gray: it does not.",
	}}
	return writePicture(w, heading, 0.8*vg.Inch+vg.Length(len(bars))*0.34*vg.Inch, axes.Draw)
}

// change says how a point differs from the first setting. label is empty for the
// first setting itself and for a point that differs from it in several keys.
func (s SweptFigures) change(point SweptPoint) (label string, first bool) {
	changed := 0
	for k, place := range point.Places {
		if place > 0 {
			changed++
			key := s.Keys[k]
			label = fmt.Sprintf("%s: %s, not %s", key.short(), key.Values[place], key.Values[0])
		}
	}
	if changed > 1 {
		label = ""
	}
	return label, changed == 0
}

// seedRange is a plotter of the mean and the range over the seeds.
type seedRange struct {
	at, low, mean, high float64
	apart               bool
	ink                 color.Color
}

// Plot implements plot.Plotter.
func (s seedRange) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	c.StrokeLine2(draw.LineStyle{Color: s.ink, Width: 2}, x(s.low), y(s.at), x(s.high), y(s.at))
	c.DrawGlyph(draw.GlyphStyle{Color: s.ink, Radius: 4, Shape: draw.CircleGlyph{}}, vg.Point{X: x(s.mean), Y: y(s.at)})
}
