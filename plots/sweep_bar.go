package plots

import (
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// sweptBar is a bar that shows which color in a map stands for which figure.
type sweptBar struct {
	colors     palette.Palette
	pale, best string // what stands at its ends
}

const (
	sweptBarHeight = vg.Length(26) // with the gap below it
	sweptBarLength = vg.Length(2) * vg.Inch
)

func newSweptBar(figures SweptFigures, ends sweptColors) (sweptBar, error) {
	colors, err := shareColors()
	bar := sweptBar{colors, figures.cellText(ends.pale), figures.cellText(ends.best) + ", the best"}
	switch {
	case ends.beyond == 0:
		bar.pale += ", the worst"
	case figures.Loss == "":
		bar.pale += " and below"
	default:
		bar.pale += " and above"
	}
	return bar, err
}

// draw draws the bar along the canvas's upper edge and returns the rest of it.
func (b sweptBar) draw(c draw.Canvas) draw.Canvas {
	const height, gap = vg.Length(12), vg.Length(6)
	style := textStyle(smallSize, inkColor)
	style.YAlign = draw.YCenter
	top, left := c.Max.Y, c.Min.X+style.Width(b.pale)+gap
	c.FillText(style, vg.Point{X: c.Min.X, Y: top - height/2}, b.pale)
	colors := b.colors.Colors()
	for i, color := range colors {
		step := sweptBarLength / vg.Length(len(colors))
		at := left + vg.Length(i)*step
		c.FillPolygon(color, corners(at, top-height, min(at+2*step, left+sweptBarLength), top))
	}
	c.FillText(style, vg.Point{X: left + sweptBarLength + gap, Y: top - height/2}, b.best)
	return draw.Crop(c, 0, 0, 0, -sweptBarHeight)
}
