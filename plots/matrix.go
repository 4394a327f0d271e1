package plots

import (
	"image"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/palette/moreland"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A matrix is cells in rows and columns, each in a shade of blue. It implements
// plotter.GridXYZ, whose rows run upwards, so that the first row is the grid's last.
type matrix struct {
	xLabel, yLabel string
	columns, rows  []string    // names, from the left and from the top
	shares         [][]float64 // by row and column, from 0, pale, to 1, dark; NaN for a cell without color
	texts          [][]string  // of the cells, lines below each other; nil for none
	framed         image.Point // the column and the row of the cell to frame
	frame          bool        // whether there is one
}

func (m matrix) Dims() (columns, rows int)   { return len(m.columns), len(m.rows) }
func (m matrix) X(column int) float64        { return float64(column) }
func (m matrix) Y(row int) float64           { return float64(row) }
func (m matrix) Z(column, row int) float64   { return m.shares[len(m.rows)-1-row][column] }
func (m matrix) text(column, row int) string { return m.texts[len(m.rows)-1-row][column] }

// emptyColor is the color of a cell without a share.
var emptyColor = color.Gray{Y: 0xF0}

const longestName = vg.Length(110) // of a row or column, which leaves the cells most of the picture

// cellWidth returns about how wide each of n cells beside each other is.
func cellWidth(n int) vg.Length {
	const names = vg.Length(100) // names and label of the vertical axis
	return (bodyWidth - names) / vg.Length(n)
}

// plot returns the matrix as a plot. height is that of a row.
func (m matrix) plot(height vg.Length) (*plot.Plot, error) {
	colors, err := shareColors()
	if err != nil {
		return nil, err
	}
	heat := plotter.NewHeatMap(m, colors)
	heat.Min, heat.Max, heat.NaN = 0, 1, emptyColor
	p := newPlot()
	p.Add(heat)
	if m.texts != nil {
		labels, err := m.labels(colors)
		if err != nil {
			return nil, err
		}
		p.Add(cellBorders{m}, labels)
	}
	p.X.Label.Text, p.Y.Label.Text = m.xLabel, m.yLabel
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Width, axis.Tick.Length, axis.Padding = 0, 0, 0
	}
	p.X.Padding = 4
	upwards := slices.Clone(m.rows)
	slices.Reverse(upwards)
	nameTicks(&p.Y, upwards, height)
	if nameTicks(&p.X, m.columns, cellWidth(len(m.columns))) {
		slant(&p.X, cellWidth(len(m.columns)))
	}
	return p, nil
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

// labels returns the texts of all cells, in black or white, whichever is easier to
// read, and so small that the widest fits its cell.
func (m matrix) labels(colors palette.Palette) (*plotter.Labels, error) {
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
	var at plotter.XYLabels
	var styles []text.Style
	for row := range m.rows {
		for column := range m.columns {
			at.XYs = append(at.XYs, plotter.XY{X: float64(column), Y: float64(row)})
			at.Labels = append(at.Labels, m.text(column, row))
			style.Color = inkOn(shareColor(colors, m.Z(column, row)))
			styles = append(styles, style)
		}
	}
	labels, err := plotter.NewLabels(at)
	if err != nil {
		return nil, err
	}
	labels.TextStyle = styles
	return labels, nil
}

// shareColors runs from a pale blue at a share of 0 to a dark one at 1, evenly
// in lightness.
func shareColors() (palette.Palette, error) {
	darkToLight, err := moreland.NewLuminance([]color.Color{
		color.RGBA{R: 0x08, G: 0x30, B: 0x6B, A: 0xFF}, blue, color.RGBA{R: 0xEC, G: 0xF2, B: 0xF9, A: 0xFF},
	})
	if err != nil {
		return nil, err
	}
	darkToLight.SetMin(0)
	darkToLight.SetMax(1)
	return palette.Reverse(darkToLight).Palette(256), nil
}

// shareColor returns the color of a cell. It rounds as the heat map does.
func shareColor(colors palette.Palette, share float64) color.Color {
	if math.IsNaN(share) {
		return emptyColor
	}
	all := colors.Colors()
	return all[int(share*float64(len(all)-1)+0.5)]
}

// inkOn returns black or white, whichever contrasts more with the background,
// by the WCAG 2 definition of relative luminance
// (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance).
func inkOn(background color.Color) color.Color {
	// Black and white contrast equally at the luminance L where
	// (1 + 0.05) / (L + 0.05) = (L + 0.05) / 0.05.
	const even = 0.179
	if luminance(background) > even {
		return color.Black
	}
	return color.White
}

func luminance(c color.Color) float64 {
	linear := func(channel uint32) float64 {
		v := float64(channel) / 0xFFFF
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	r, g, b, _ := c.RGBA()
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// cellBorders is a plotter of white lines between the cells of a matrix and of the
// frame around one of them.
type cellBorders struct{ matrix }

// Plot implements plot.Plotter.
func (b cellBorders) Plot(c draw.Canvas, p *plot.Plot) {
	style := draw.LineStyle{Color: color.White, Width: 1.5}
	x, y := p.Transforms(&c)
	for i := range len(b.columns) + 1 {
		edge := x(float64(i) - 0.5)
		c.StrokeLine2(style, edge, c.Min.Y, edge, c.Max.Y)
	}
	for i := range len(b.rows) + 1 {
		edge := y(float64(i) - 0.5)
		c.StrokeLine2(style, c.Min.X, edge, c.Max.X, edge)
	}
	if !b.frame {
		return
	}
	column, row := float64(b.framed.X), float64(len(b.rows)-1-b.framed.Y)
	frame := corners(x(column-0.5), y(row-0.5), x(column+0.5), y(row+0.5))
	frame = append(frame, frame[0])
	c.StrokeLines(draw.LineStyle{Color: color.White, Width: 5}, frame)
	c.StrokeLines(draw.LineStyle{Color: vermillion, Width: 2.5}, frame)
}
