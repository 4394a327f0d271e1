package plots

import (
	"image/color"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/palette/moreland"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"cifartrain/metrics"
)

// emptyColor is the color of the cells in a row without images.
var emptyColor = color.Gray{Y: 0xF0}

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

// cellBorders is a plotter that draws white lines around the cells of a matrix.
type cellBorders struct{ columns, rows int }

// Plot implements plot.Plotter.
func (n cellBorders) Plot(c draw.Canvas, p *plot.Plot) {
	style := draw.LineStyle{Color: color.White, Width: 1.5}
	x, y := p.Transforms(&c)
	for i := range n.columns + 1 {
		edge := x(float64(i) - 0.5)
		c.StrokeLine2(style, edge, c.Min.Y, edge, c.Max.Y)
	}
	for i := range n.rows + 1 {
		edge := y(float64(i) - 0.5)
		c.StrokeLine2(style, c.Min.X, edge, c.Max.X, edge)
	}
}

// cellTexts returns the counts and, below them, the shares of all cells.
func cellTexts(shares rowShares, colors palette.Palette) (counts, percents *plotter.Labels, err error) {
	var at plotter.XYs
	var countTexts, percentTexts []string
	var countStyles, percentStyles []text.Style
	countSize, percentSize := cellFonts(shares.Confusion)
	n, _ := shares.Dims()
	for row := range n {
		for column, count := range shares.row(row) {
			share := shares.Z(column, row)
			ink := inkOn(shareColor(colors, share))
			at = append(at, plotter.XY{X: float64(column), Y: float64(row)})
			countTexts = append(countTexts, strconv.Itoa(count))
			percentTexts = append(percentTexts, percentText(share))
			countStyles = append(countStyles, centered(bold(textStyle(countSize, ink))))
			percentStyles = append(percentStyles, centered(textStyle(percentSize, ink)))
		}
	}
	if counts, err = plotter.NewLabels(plotter.XYLabels{XYs: at, Labels: countTexts}); err != nil {
		return nil, nil, err
	}
	if percents, err = plotter.NewLabels(plotter.XYLabels{XYs: at, Labels: percentTexts}); err != nil {
		return nil, nil, err
	}
	counts.TextStyle, counts.Offset = countStyles, vg.Point{Y: 0.65 * countSize}
	percents.TextStyle, percents.Offset = percentStyles, vg.Point{Y: -0.75 * percentSize}
	return counts, percents, nil
}

// cellFonts returns the font sizes of counts and shares: large if there are few
// cells, and otherwise so small that the longest text fits its cell.
func cellFonts(confusion *metrics.Confusion) (countSize, percentSize vg.Length) {
	n := len(confusion.Classes)
	countSize, percentSize = 12, smallSize
	if n <= 4 {
		countSize, percentSize = 20, 13
	}
	largest := 0
	for _, row := range confusion.Counts {
		largest = max(largest, slices.Max(row))
	}
	fit := func(style text.Style, longest string) vg.Length {
		const used = 0.9 // of the cell's width
		return style.Font.Size * min(1, used*cellWidth(n)/style.Width(longest))
	}
	return fit(bold(textStyle(countSize, inkColor)), strconv.Itoa(largest)),
		fit(textStyle(percentSize, inkColor), percentText(1))
}

// percentText writes a share for a cell. A cell in a row without images has none.
func percentText(share float64) string {
	if math.IsNaN(share) {
		return "–"
	}
	return Percent(share)
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
