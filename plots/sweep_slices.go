package plots

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// SweepSlices writes a PNG to w with a panel for each key. In it every setting is a
// dot: to the right its value of the key, upwards its validation figure. The axis of
// a key that was drawn from a range has numbers; that of any other key has the
// listed values. Paler rings are settings that were left behind, with what they
// had reached; crosses at the lower edge are settings without a figure. SweepSlices
// returns an error as [SweepLines] does.
func SweepSlices(w io.Writer, caption Caption, figures SweptFigures) error {
	err := figures.check(caption)
	if err == nil {
		err = writeSweepSlices(w, caption, figures)
	}
	if err != nil {
		return fmt.Errorf("drawing the sweep: %w", err)
	}
	return nil
}

func writeSweepSlices(w io.Writer, caption Caption, figures SweptFigures) error {
	const mostAbreast, height = 3, 2.6 * vg.Inch
	q := accuracyQuantity
	if figures.Loss != "" {
		q = lossQuantity(figures.Loss)
	}
	var values []float64
	for _, point := range figures.Points {
		if drawable(point.Figure) {
			values = append(values, figures.unit()*point.Figure)
		}
		if point.Reached != 0 {
			values = append(values, figures.unit()*point.Reached)
		}
	}
	up, label := q.axis(values, nil)
	columns := min(len(figures.Keys), mostAbreast)
	if len(figures.Keys) == 4 {
		columns = 2
	}
	rows := (len(figures.Keys) + columns - 1) / columns
	panels := make([][]*plot.Plot, rows)
	for k, key := range figures.Keys {
		panel := newPlot()
		panel.Add(newGrid(), sweptDots{figures, k, up})
		panel.X.Label.Text = key.Name
		key.across((pictureWidth-2*margin)/vg.Length(columns) - panelGap).apply(&panel.X)
		up.apply(&panel.Y)
		if k%columns == 0 {
			panel.Y.Label.Text = "Validation " + q.name + label[len(q.name):]
			panels[k/columns] = make([]*plot.Plot, columns)
		}
		panels[k/columns][k%columns] = panel
	}
	tiles := draw.Tiles{Cols: columns, Rows: rows, PadX: panelGap, PadY: panelGap}
	return writePicture(w, figures.slicesHeading(caption, up.notes), vg.Length(rows)*height, func(canvas draw.Canvas) {
		for row, places := range plot.Align(panels, tiles, canvas) {
			for column, place := range places {
				if panels[row][column] != nil {
					panels[row][column].Draw(place)
				}
			}
		}
	})
}

func (s SweptFigures) slicesHeading(caption Caption, notes []string) heading {
	text := "Each dot is a setting, with its figure of the best epoch; the best of all is ringed."
	if slices.ContainsFunc(s.Points, func(p SweptPoint) bool { return p.Reached != 0 }) {
		text += " Gray rings were left behind on the way and show what they had reached."
	}
	if slices.ContainsFunc(s.Points, func(p SweptPoint) bool { return math.IsNaN(p.Figure) && p.Reached == 0 }) {
		text += " A cross at the lower edge has no figure: it failed, or is not done."
	}
	return heading{fmt.Sprintf("Validation %s of %d settings", s.measure(), len(s.Points)), caption, append([]string{text}, notes...)}
}

// An acrossAxis says where the values of a key lie in its panel, from left to right.
type acrossAxis struct {
	key   SweptKey
	scale scale
	width vg.Length // of the panel
}

// across returns the axis of a key in a panel of the given width.
func (k SweptKey) across(width vg.Length) acrossAxis {
	if !k.Drawn {
		return acrossAxis{key: k, width: width}
	}
	var values []float64
	for _, text := range k.Values {
		if value, err := strconv.ParseFloat(text, 64); err == nil {
			values = append(values, value)
		}
	}
	axis := acrossAxis{key: k, width: width, scale: linearScale(slices.Min(values), slices.Max(values))}
	if k.Logarithmic {
		room := math.Pow(slices.Max(values)/slices.Min(values), roomAround)
		axis.scale = scale{low: slices.Min(values) / room, high: slices.Max(values) * room, logarithmic: true}
	}
	return axis
}

func (a acrossAxis) apply(axis *plot.Axis) {
	if a.key.Drawn {
		a.scale.apply(axis)
		axis.Tick.Marker = fewer{axis.Tick.Marker}
		return
	}
	axis.Min, axis.Max = -0.5, float64(len(a.key.Values))-0.5
	nameValues(axis, a.key.Values, a.width/vg.Length(len(a.key.Values)))
}

// place returns where the key's value with the given index lies.
func (a acrossAxis) place(value int) float64 {
	if !a.key.Drawn {
		return float64(value)
	}
	number, _ := strconv.ParseFloat(a.key.Values[value], 64) // across has read it
	return a.scale.place(number)
}

// fewer leaves out labels of another ticker if it has many, because a panel is only a
// third as wide as a picture.
type fewer struct{ plot.Ticker }

// Ticks implements plot.Ticker.
func (f fewer) Ticks(low, high float64) []plot.Tick {
	const most = 4
	ticks := f.Ticker.Ticks(low, high)
	stride := (len(ticks) + most - 1) / most
	for i := range ticks {
		if i%max(1, stride) > 0 {
			ticks[i].Label = ""
		}
	}
	return ticks
}

// sweptDots is a plotter of all settings against one key.
type sweptDots struct {
	figures SweptFigures
	key     int
	up      scale
}

// Plot implements plot.Plotter.
func (d sweptDots) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	axis := d.figures.Keys[d.key].across(0)
	best, _ := d.figures.best(func(SweptPoint) bool { return true })
	for _, point := range d.figures.Points {
		if point.Places[d.key] == NoEffect {
			continue
		}
		across := x(axis.place(point.Places[d.key]))
		at := func(figure float64) vg.Point {
			return vg.Point{X: across, Y: y(d.up.place(d.figures.unit() * figure))}
		}
		switch {
		case drawable(point.Figure):
			c.DrawGlyph(draw.GlyphStyle{Color: translucent(blue, 0xC0), Radius: 3, Shape: draw.CircleGlyph{}}, at(point.Figure))
		case point.Reached != 0:
			c.DrawGlyph(draw.GlyphStyle{Color: translucent(noteColor, 0xC0), Radius: 2.5, Shape: draw.RingGlyph{}}, at(point.Reached))
		default:
			c.DrawGlyph(draw.GlyphStyle{Color: vermillion, Radius: 3, Shape: draw.CrossGlyph{}}, vg.Point{X: across, Y: c.Min.Y + 5})
		}
	}
	if place := best.Places[d.key]; place != NoEffect {
		ring, core, err := bestMark(plotter.XY{X: axis.place(place), Y: d.up.place(d.figures.unit() * best.Figure)}, blue)
		if err == nil { // a single point is always sound
			ring.Plot(c, p)
			core.Plot(c, p)
		}
	}
}
