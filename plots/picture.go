package plots

import (
	"image/png"
	"io"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// encoder takes two thirds of the time of the default one, for files that are 3 %
// larger.
var encoder = png.Encoder{CompressionLevel: png.BestSpeed}

// writePicture writes a PNG that shows the heading and, below it, a body of
// the given height that drawBody draws on the canvas it is handed. A long
// heading makes the picture taller, never the body smaller.
func writePicture(w io.Writer, heading heading, bodyHeight vg.Length, drawBody func(draw.Canvas)) error {
	textWidth := pictureWidth - 2*margin
	height := margin + heading.height(textWidth) + bodyHeight + margin
	sheet := vgimg.NewWith(vgimg.UseWH(pictureWidth, height), vgimg.UseDPI(resolution))
	page := draw.Crop(draw.New(sheet), margin, -margin, margin, -margin)
	drawBody(heading.draw(page))
	return encoder.Encode(w, sheet.Image())
}
