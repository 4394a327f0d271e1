package plots

import (
	"image"
	"math"

	scaling "golang.org/x/image/draw"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// pixelImage is a plotter that shows every pixel of an image as a square of
// whole PNG pixels, as large as fits the canvas's middle. gonum's plotter.Image
// would smooth an enlarged image into a blur.
type pixelImage struct{ image.Image }

// Plot implements plot.Plotter.
func (p pixelImage) Plot(c draw.Canvas, _ *plot.Plot) {
	bounds, size := p.Bounds(), c.Size()
	factor := int(math.Floor(float64(min(
		size.X/vg.Length(bounds.Dx()),
		size.Y/vg.Length(bounds.Dy()))/pixel) + 1e-6))
	if factor < 1 {
		return
	}
	enlarged := image.NewRGBA(image.Rect(0, 0, factor*bounds.Dx(), factor*bounds.Dy()))
	scaling.NearestNeighbor.Scale(enlarged, enlarged.Rect, p.Image, bounds, scaling.Src, nil)
	shape := vg.Point{X: vg.Length(enlarged.Rect.Dx()) * pixel, Y: vg.Length(enlarged.Rect.Dy()) * pixel}
	corner := vg.Point{
		X: wholePixels(c.Min.X + (size.X-shape.X)/2),
		Y: wholePixels(c.Min.Y + (size.Y-shape.Y)/2),
	}
	c.DrawImage(vg.Rectangle{Min: corner, Max: corner.Add(shape)}, enlarged)
}

// wholePixels rounds a coordinate to the PNG's pixels, so that an image falls
// on them undivided.
func wholePixels(x vg.Length) vg.Length {
	return vg.Length(math.Round(float64(x/pixel))) * pixel
}
