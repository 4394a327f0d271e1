package plots

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Tweaks writes a PNG to w that shows what each change does on its own. The first
// setting is the one that has the first value of every key; each setting that
// differs from it in a single key has a row, with the mean and the range over its
// seeds. Tweaks returns an error if the figures contradict each other, if the first
// setting has no figure, if the caption names no dataset, or from w.
func Tweaks(w io.Writer, caption Caption, figures SweptFigures) error {
	err := figures.check(caption)
	if err == nil {
		err = drawTweaks(w, caption, figures)
	}
	if err != nil {
		return fmt.Errorf("drawing the changes: %w", err)
	}
	return nil
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

func drawTweaks(w io.Writer, caption Caption, figures SweptFigures) error {
	base := SweptPoint{Figure: math.NaN()}
	type row struct {
		label string
		point SweptPoint
	}
	var rows []row
	unit := figures.unit()
	var values []float64
	for _, point := range figures.Points {
		label, first := figures.change(point)
		if first {
			base, label = point, "none of them"
		}
		if label == "" || !drawable(point.Figure) {
			continue
		}
		rows = append(rows, row{label, point})
		values = append(values, unit*point.Low, unit*point.High, unit*point.Figure)
	}
	if !drawable(base.Figure) {
		return errors.New("the setting that the others change has no figure")
	}
	axes, ticks := newPlot(), make(plot.ConstantTicks, len(rows))
	axes.Add(newGrid(), upright{unit * base.Figure})
	for i, one := range rows {
		at := float64(len(rows) - 1 - i)
		ink := color.Color(noteColor)
		switch {
		case figures.better(one.point.Figure, base.Figure):
			ink = blue
		case figures.better(base.Figure, one.point.Figure):
			ink = vermillion
		}
		ticks[i] = plot.Tick{Value: at, Label: one.label}
		axes.Add(seedRange{at: at, low: unit * one.point.Low, mean: unit * one.point.Figure, high: unit * one.point.High, ink: ink})
	}
	scale := linearScale(slices.Min(values), slices.Max(values))
	scale.apply(&axes.X)
	axes.Y.Min, axes.Y.Max = -0.6, float64(len(rows))-0.4
	axes.Y.Tick.Marker, axes.Y.Tick.Length, axes.Y.Width = ticks, 0, 0
	axes.X.Label.Text = "Validation loss (" + figures.Loss + ")"
	if figures.Loss == "" {
		axes.X.Label.Text = "Validation accuracy (%)"
	}
	heading := heading{"What each change alone contributes", caption, []string{
		"The dot is the mean over the seeds at the best epoch, the line reaches from the lowest to the highest seed. Dashed: the setting without any of the changes. " +
			"Blue: better than it, orange: worse. Where lines overlap much, seeds decide more than the change.",
	}}
	return writePicture(w, heading, 0.8*vg.Inch+vg.Length(len(rows))*0.34*vg.Inch, axes.Draw)
}

// upright is a plotter of a vertical dashed line at a place on the horizontal axis.
type upright struct{ at float64 }

// Plot implements plot.Plotter.
func (u upright) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	c.StrokeLine2(draw.LineStyle{Color: noteColor, Width: 1, Dashes: []vg.Length{5, 4}}, x(u.at), c.Min.Y, x(u.at), c.Max.Y)
}

// seedRange is a plotter of the mean and the range over the seeds.
type seedRange struct {
	at, low, mean, high float64
	ink                 color.Color
}

// Plot implements plot.Plotter.
func (s seedRange) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	c.StrokeLine2(draw.LineStyle{Color: s.ink, Width: 2}, x(s.low), y(s.at), x(s.high), y(s.at))
	c.DrawGlyph(draw.GlyphStyle{Color: s.ink, Radius: 4, Shape: draw.CircleGlyph{}}, vg.Point{X: x(s.mean), Y: y(s.at)})
}
