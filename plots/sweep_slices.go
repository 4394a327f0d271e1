package plots

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// SweepSlices writes a PNG to w with a panel for each key. In it every setting is a dot:
// to the right its value of the key, upwards its validation figure, with a line from its
// lowest to its highest seed. The axis of a key that was drawn from a range has numbers;
// that of any other key has the listed values, at equal distances. Gray rings are
// settings that were left behind, with what they had reached; crosses at the lower edge
// are settings without a figure; short dashes are the yardsticks.
func SweepSlices(w io.Writer, caption Caption, figures SweptFigures) error {
	if err := figures.check(); err != nil {
		return err
	}
	const mostAbreast, slanted = 3, 0.7 * vg.Inch
	height := 2.6 * vg.Inch // of a row
	var values []float64
	for _, p := range figures.Points {
		for _, value := range []float64{p.Figure, p.Low, p.High, p.Reached, p.Yardstick} {
			if drawable(value) && value != 0 {
				values = append(values, figures.quantity().unit*value)
			}
		}
	}
	up, label := figures.quantity().axis(values, nil)
	columns := min(len(figures.Keys), mostAbreast)
	if len(figures.Keys) == 4 {
		columns = 2
	}
	var panels []*plot.Plot
	for k, key := range figures.Keys {
		panel := newPlot()
		across := key.across()
		panel.Add(newGrid(), sweptDots{figures, k, across, up})
		panel.X.Label.Text = key.Name
		if k%columns == 0 {
			panel.Y.Label.Text = "Validation " + figures.quantity().name + label[len(figures.quantity().name):]
		}
		up.apply(&panel.Y)
		across.apply(&panel.X)
		if room := cellWidth(columns*len(key.Values)) / 1.2; key.Drawn {
			panel.X.Tick.Marker = fewer(panel.X.Tick.Marker)
		} else if nameTicks(&panel.X, key.Values, room) {
			slant(&panel.X, room)
			height = 2.6*vg.Inch + slanted
		}
		panels = append(panels, panel)
	}
	return writePlots(w, figures.slicesHeading(caption, up.notes), nil, columns, height, panels...)
}

// slicesHeading explains the signs that occur.
func (s SweptFigures) slicesHeading(caption Caption, notes []string) heading {
	has := func(sign func(SweptPoint) bool) bool { return slices.ContainsFunc(s.Points, sign) }
	text := "Each dot is a setting with its figure of the best epoch; the best of all is ringed."
	if s.severalSeeds() {
		text = "Each dot is a setting with its mean over seeds at the best epoch, its line reaches from the lowest to the highest seed; the best of all is ringed."
	}
	if has(func(p SweptPoint) bool { return p.Yardstick != 0 }) {
		text += " Short dashes: as many principal components."
	}
	if has(func(p SweptPoint) bool { return p.Reached != 0 }) {
		text += " Gray rings were left behind on the way and show what they had reached."
	}
	if has(func(p SweptPoint) bool { return math.IsNaN(p.Figure) && p.Reached == 0 }) {
		text += " A cross at the lower edge has no figure: it failed, or is not done."
	}
	return heading{fmt.Sprintf("Validation %s of %d settings", s.quantity().name, len(s.Points)), caption, append([]string{text}, notes...)}
}

// across returns the axis along which the key's values lie: that of their numbers if
// they were drawn from a range, else that of their indexes.
func (k SweptKey) across() scale {
	if !k.Drawn {
		return scale{low: -0.5, high: float64(len(k.Values)) - 0.5}
	}
	low, high := math.Inf(1), math.Inf(-1)
	for place := range k.Values {
		low, high = min(low, k.at(place)), max(high, k.at(place))
	}
	if k.Logarithmic {
		room := math.Pow(high/low, roomAround)
		return scale{low: low / room, high: high * room, logarithmic: true}
	}
	return linearScale(low, high)
}

// at returns the number of the key's value with the given index.
func (k SweptKey) at(place int) float64 {
	if k.Drawn {
		number, _ := strconv.ParseFloat(k.Values[place], 64) // the config's reader has read it before
		return number
	}
	return float64(place)
}

// sweptDots is a plotter of all settings against one key.
type sweptDots struct {
	figures    SweptFigures
	key        int
	across, up scale
}

// Plot implements plot.Plotter.
func (d sweptDots) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	draws := func(ink color.Color, radius vg.Length, shape draw.GlyphDrawer, at vg.Point) {
		c.DrawGlyph(draw.GlyphStyle{Color: ink, Radius: radius, Shape: shape}, at)
	}
	for i, point := range append(slices.Clone(d.figures.Points), d.figures.best()) {
		if point.Places[d.key] == NoEffect {
			continue
		}
		at := func(figure float64) vg.Point {
			return vg.Point{X: x(d.across.place(d.figures.Keys[d.key].at(point.Places[d.key]))), Y: y(d.up.place(d.figures.quantity().unit * figure))}
		}
		switch {
		case i == len(d.figures.Points): // the best, over all others
			bestMark{core: blue}.draw(&c, at(point.Figure))
		case drawable(point.Figure):
			if point.Yardstick != 0 {
				middle := at(point.Yardstick)
				c.StrokeLine2(draw.LineStyle{Color: noteColor, Width: 1.25}, middle.X-10, middle.Y, middle.X+10, middle.Y)
			}
			c.StrokeLine2(draw.LineStyle{Color: translucent(blue, 0x80), Width: 1.5}, at(point.Low).X, at(point.Low).Y, at(point.High).X, at(point.High).Y)
			draws(translucent(blue, 0xC0), 3, draw.CircleGlyph{}, at(point.Figure))
		case point.Reached != 0:
			draws(translucent(noteColor, 0xC0), 2.5, draw.RingGlyph{}, at(point.Reached))
		default:
			draws(vermillion, 3, draw.CrossGlyph{}, vg.Point{X: at(0).X, Y: c.Min.Y + 5})
		}
	}
}
