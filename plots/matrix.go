package plots

import (
	"image"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/palette/moreland"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A matrix is a plotter of cells in rows and columns, each in a shade of blue.
type matrix struct {
	xLabel, yLabel string
	columns, rows  []string     // names, from the left and from the top
	shares         [][]float64  // by row and column, from 0, pale, to 1, dark; NaN for a cell without color
	texts          [][]string   // of the cells, lines below each other; nil for none
	framed         *image.Point // the column and the row of the cell to frame; nil for none
}

const longestName = vg.Length(110) // of a row or column, which leaves the cells most of the picture

// cellWidth returns about how wide each of n cells beside each other is.
func cellWidth(n int) vg.Length {
	const names = vg.Length(100) // names and label of the vertical axis
	return (bodyWidth - names) / vg.Length(n)
}

// plot returns the matrix as a plot, the first row on top. height is that of a row.
func (m matrix) plot(height vg.Length) *plot.Plot {
	p := newPlot()
	p.Add(m)
	p.X.Label.Text, p.Y.Label.Text = m.xLabel, m.yLabel
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Min, axis.Width, axis.Tick.Length, axis.Padding = -0.5, 0, 0, 0
	}
	p.X.Max, p.Y.Max = float64(len(m.columns))-0.5, float64(len(m.rows))-0.5
	p.X.Padding, p.Y.Scale = 4, plot.InvertedScale{Normalizer: plot.LinearScale{}}
	nameTicks(&p.Y, m.rows, height)
	if nameTicks(&p.X, m.columns, cellWidth(len(m.columns))) {
		slant(&p.X, cellWidth(len(m.columns)))
	}
	return p
}

// nameTicks writes names at 0, 1, ... along an axis that has the given room for each,
// in letters that are as high as the room allows; where they would be too small to
// read, it leaves some out. It reports whether one of them is wider than the room.
func nameTicks(axis *plot.Axis, names []string, room vg.Length) (wide bool) {
	const smallest = vg.Length(6)
	axis.Tick.Label.Font.Size = min(smallSize, max(smallest, 0.8*room))
	stride := max(1, int(math.Ceil(float64(axis.Tick.Label.Font.Size/room))))
	var ticks plot.ConstantTicks
	for i := 0; i < len(names); i += stride {
		name := elide(axis.Tick.Label, names[i], longestName)
		wide = wide || axis.Tick.Label.Width(name) > room
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: name})
	}
	axis.Tick.Marker = ticks
	return wide
}

// slant turns the names along a horizontal axis, upright if there is little room.
func slant(axis *plot.Axis, room vg.Length) {
	label := &axis.Tick.Label
	label.Rotation, label.XAlign, label.YAlign = math.Pi/4, draw.XRight, draw.YTop
	if room < 2*smallSize {
		label.Rotation, label.YAlign = math.Pi/2, draw.YCenter
	}
}

// Plot implements plot.Plotter. Cells with texts have white lines between them.
func (m matrix) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	cell := func(column, row int) []vg.Point {
		left, top := float64(column)-0.5, float64(row)-0.5
		return corners(x(left), y(top+1), x(left+1), y(top))
	}
	for column := range m.columns {
		for row, shares := range slices.Backward(m.shares) {
			c.FillPolygon(shade(shares[column]), cell(column, row))
		}
	}
	if m.texts == nil {
		return
	}
	white := draw.LineStyle{Color: color.White, Width: 1.5}
	for column := range len(m.columns) + 1 {
		edge := x(float64(column) - 0.5)
		c.StrokeLine2(white, edge, c.Min.Y, edge, c.Max.Y)
	}
	for row := range len(m.rows) + 1 {
		edge := y(float64(row) - 0.5)
		c.StrokeLine2(white, c.Min.X, edge, c.Max.X, edge)
	}
	if m.framed != nil {
		frame := cell(m.framed.X, m.framed.Y)
		frame = append(frame, frame[0])
		c.StrokeLines(draw.LineStyle{Color: color.White, Width: 5}, frame)
		c.StrokeLines(draw.LineStyle{Color: vermillion, Width: 2.5}, frame)
	}
	style := m.textStyle()
	for row, texts := range m.texts {
		for column, text := range texts {
			style.Color = inkOn(m.shares[row][column])
			c.FillText(style, vg.Point{X: x(float64(column)), Y: y(float64(row))}, text)
		}
	}
}

// textStyle returns the style of the cells' texts, so small that the widest fits its cell.
func (m matrix) textStyle() text.Style {
	style := textStyle(labelSize, inkColor)
	if len(m.columns) <= 4 {
		style = textStyle(titleSize, inkColor)
	}
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	for _, row := range m.texts {
		for _, text := range row {
			const used = 0.9 // of the cell's width
			style.Font.Size = min(style.Font.Size, style.Font.Size*used*cellWidth(len(m.columns))/max(1, style.Width(text)))
		}
	}
	return style
}

// shades run from a pale blue to a dark one, evenly in lightness.
var shades = func() []color.Color {
	darkToLight, err := moreland.NewLuminance([]color.Color{
		color.RGBA{R: 0x08, G: 0x30, B: 0x6B, A: 0xFF}, blue, color.RGBA{R: 0xEC, G: 0xF2, B: 0xF9, A: 0xFF},
	})
	if err != nil {
		panic(err) // the colors above are not in the order of their lightness
	}
	darkToLight.SetMin(0)
	darkToLight.SetMax(1)
	return palette.Reverse(darkToLight).Palette(256).Colors()
}()

// shade returns the color of a cell with a share, or a pale gray for NaN.
func shade(share float64) color.Color {
	if math.IsNaN(share) {
		return color.Gray{Y: 0xF0}
	}
	return shades[int(share*float64(len(shades)-1)+0.5)]
}

// inkOn returns black or white, whichever contrasts more with the shade of a share.
func inkOn(share float64) color.Color {
	// The shade of this share has the relative luminance L of WCAG 2 with which black and
	// white contrast equally: (1 + 0.05) / (L + 0.05) = (L + 0.05) / 0.05, so L = 0.179
	// (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
	const even = 0.6177
	if share > even {
		return color.White
	}
	return color.Black // also for NaN
}
