package plots

import (
	"image"
	"math"

	scaling "golang.org/x/image/draw"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// pixelImage is a plotter that shows every pixel of an image as a square of whole
// PNG pixels, as large as fits, in the middle of the canvas. gonum's plotter.Image
// would blur an enlarged image. An image with more pixels than the canvas is scaled
// down.
type pixelImage struct{ image.Image }

// Plot implements plot.Plotter.
func (p pixelImage) Plot(c draw.Canvas, _ *plot.Plot) {
	size := c.Size()
	room := image.Pt(int(math.Floor(float64(size.X/pixel)+1e-6)), int(math.Floor(float64(size.Y/pixel)+1e-6)))
	enlarged := image.NewRGBA(image.Rectangle{Max: fitted(p.Bounds().Size(), room)})
	scaler := scaling.Scaler(scaling.NearestNeighbor)
	if enlarged.Rect.Dx() < p.Bounds().Dx() {
		scaler = scaling.BiLinear
	}
	scaler.Scale(enlarged, enlarged.Rect, p.Image, p.Bounds(), scaling.Src, nil)
	shape := vg.Point{X: vg.Length(enlarged.Rect.Dx()) * pixel, Y: vg.Length(enlarged.Rect.Dy()) * pixel}
	corner := vg.Point{
		X: wholePixels(c.Min.X + (size.X-shape.X)/2),
		Y: wholePixels(c.Min.Y + (size.Y-shape.Y)/2),
	}
	c.DrawImage(vg.Rectangle{Min: corner, Max: corner.Add(shape)}, enlarged)
}

// fitted returns the size at which an image is drawn in a room of so many PNG
// pixels: the largest whole multiple of its own size that fits, or a smaller size if
// the image has more pixels than the room.
func fitted(size, room image.Point) image.Point {
	if factor := min(room.X/size.X, room.Y/size.Y); factor > 0 {
		return size.Mul(factor)
	}
	if size.X*room.Y > size.Y*room.X {
		return image.Pt(room.X, size.Y*room.X/size.X)
	}
	return image.Pt(size.X*room.Y/size.Y, room.Y)
}

// wholePixels rounds a coordinate to whole PNG pixels, so that the edges of an image
// lie between them.
func wholePixels(x vg.Length) vg.Length {
	return vg.Length(math.Round(float64(x/pixel))) * pixel
}
