package plots

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
)

const (
	figureSide = 1000.
	figureRim  = 10.    // left and right of the first and the last epoch
	farAbove   = -20000 // where spikes end that leave the axes
)

// x is where an epoch stands, from the left.
func (f *figure) x(epoch float64) float64 {
	first, last := float64(f.Values.First), float64(f.Values.Last)
	if first == last {
		return figureSide / 2
	}
	return figureRim + (figureSide-2*figureRim)*(epoch-first)/(last-first)
}

// y is where a value placed on the scale stands, from the top.
func (f *figure) y(placed float64) float64 {
	low, high := f.scale.place(f.scale.low), f.scale.place(f.scale.high)
	return max(farAbove, figureSide*(high-placed)/(high-low))
}

// rounded has the decimals that a picture can show.
func rounded(place float64) float64 { return math.Round(100*place) / 100 }

// draw adds a curve to a panel. In stretches so short that a line would hardly
// show, and in curves of few epochs, these are points too.
func (f *figure) draw(panel *figurePanel, c curve, series int, look string) {
	const fewEpochs = 25
	short := max(1, (f.Values.Last-f.Values.First+1)/fewEpochs)
	var line, dots strings.Builder
	for _, stretch := range c.stretches(f.scale) {
		for i, p := range stretch {
			writePlace(&line, i == 0, f.x(p.X), f.y(p.Y))
			if len(stretch) <= short || len(c.points) <= fewEpochs {
				dots.WriteString(f.dot(p.X, p.Y))
			}
		}
	}
	panel.Lines = append(panel.Lines, figureShape{look, series, line.String()})
	if dots.Len() > 0 {
		panel.Dots = append(panel.Dots, figureShape{look, series, dots.String()})
	}
}

// band is the path around a band.
func (f *figure) band(b band, series int, look string) figureShape {
	var path strings.Builder
	low, high := b.low.stretches(f.scale), b.high.stretches(f.scale)
	for i := range low { // both have their gaps at the same epochs
		slices.Reverse(high[i])
		for k, p := range append(low[i], high[i]...) {
			writePlace(&path, k == 0, f.x(p.X), f.y(p.Y))
		}
		path.WriteByte('Z')
	}
	return figureShape{look, series, path.String()}
}

// level is the path of a line across the panel.
func (f *figure) level(look string, value float64) figureShape {
	y := strconv.FormatFloat(rounded(f.y(f.scale.place(value))), 'f', -1, 64)
	return figureShape{look, -1, "M0 " + y + "H1000"}
}

// dot is a path of no length, which round ends make a dot of any size.
func (f *figure) dot(epoch, placed float64) string {
	var path strings.Builder
	writePlace(&path, true, f.x(epoch), f.y(placed))
	return path.String() + "h0"
}

// writePlace goes on with a path at a place, or begins it there.
func writePlace(path *strings.Builder, begin bool, x, y float64) {
	command := byte('L')
	if begin {
		command = 'M'
	}
	path.WriteByte(command)
	path.WriteString(strconv.FormatFloat(math.Round(10*x)/10, 'f', -1, 64))
	path.WriteByte(' ')
	path.WriteString(strconv.FormatFloat(math.Round(10*y)/10, 'f', -1, 64))
}

// values are a curve's by epoch, from the figure's first on.
func (f *figure) values(c curve) []json.RawMessage {
	var values []json.RawMessage
	for epoch := f.Values.First; epoch < int(c.points[0].X); epoch++ {
		values = append(values, nothing)
	}
	for _, p := range c.points {
		values = append(values, f.number(p.Y))
	}
	return values
}

// nothing is a value that is not a finite number.
var nothing = json.RawMessage("null")

// number is a value with the digits that a reader sees: JSON has no NaN.
func (f *figure) number(value float64) json.RawMessage {
	switch {
	case !drawable(value):
		return nothing
	case f.Values.Percent:
		return strconv.AppendFloat(nil, value, 'f', 2, 64)
	}
	return strconv.AppendFloat(nil, value, 'g', 5, 64)
}
