package plots

import (
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// band is the area between the lowest and the highest of several runs' values
// over the epochs.
type band struct{ low, high curve }

// addBand adds the band to the axes, behind the curves added after it. Epochs
// at which one of the runs has nothing to draw leave a gap.
func addBand(axes *plot.Plot, b band, s scale) error {
	low, high := b.low.stretches(s), b.high.stretches(s)
	for i := range low { // both have their gaps at the same epochs
		slices.Reverse(high[i])
		area, err := plotter.NewPolygon(append(low[i], high[i]...))
		if err != nil {
			return err
		}
		area.Color, area.LineStyle.Width = translucent(b.low.color), 0
		axes.Add(area)
	}
	return nil
}

// translucent is the color with the white of the paper showing through.
func translucent(c color.Color) color.Color {
	const opacity = 0x38
	r, g, b, _ := c.RGBA()
	return color.NRGBA{R: uint8(r >> 8), G: uint8(g >> 8), B: uint8(b >> 8), A: opacity}
}
