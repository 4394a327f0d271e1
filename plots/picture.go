package plots

import (
	"fmt"
	"image/png"
	"io"
	"strings"

	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// encoder takes two thirds of the time of the default one, for files that are 3 %
// larger.
var encoder = png.Encoder{CompressionLevel: png.BestSpeed}

// writePicture writes a PNG that shows the heading and, below it, a body of
// the given height that drawBody draws on the canvas it is handed. A long
// heading makes the picture taller, never the body smaller. If the font lacks letters,
// a note below the body says how they are written. To a [Vector], writePicture writes
// the body alone.
func writePicture(w io.Writer, h heading, bodyHeight vg.Length, drawBody func(draw.Canvas)) error {
	if vector, is := w.(*Vector); is {
		return vector.draw(bodyHeight, drawBody)
	}
	sheet := drawSheet(h, bodyHeight, heading{}, drawBody)
	if sheet.standIns {
		sheet = drawSheet(h, bodyHeight, heading{notes: []string{"Letters that the font lacks are written as their Unicode numbers, between " + standInOpen + " and " + standInClose + "."}}, drawBody)
	}
	return encoder.Encode(w, sheet.Image())
}

func drawSheet(above heading, bodyHeight vg.Length, below heading, drawBody func(draw.Canvas)) *sheet {
	const textWidth = pictureWidth - 2*margin
	height := 2*margin + above.height(textWidth) + bodyHeight + below.height(textWidth)
	s := &sheet{Canvas: vgimg.NewWith(vgimg.UseWH(pictureWidth, height), vgimg.UseDPI(resolution))}
	page := draw.Crop(draw.New(s), margin, -margin, margin, -margin)
	body := draw.Crop(above.draw(page), 0, 0, below.height(textWidth), 0)
	drawBody(body)
	below.draw(draw.Crop(page, 0, 0, 0, body.Min.Y-headingGap-page.Max.Y))
	return s
}

// A sheet is a canvas that notices whether a text has stand-ins for letters that the
// font lacks.
type sheet struct {
	*vgimg.Canvas
	standIns bool
}

// FillString implements vg.Canvas.
func (s *sheet) FillString(face plotfont.Face, at vg.Point, text string) {
	s.standIns = s.standIns || strings.Contains(text, standInOpen)
	s.Canvas.FillString(face, at, text)
}

// corners returns the corners of a rectangle.
func corners(left, bottom, right, top vg.Length) []vg.Point {
	return []vg.Point{{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: top}, {X: left, Y: top}}
}

// drawing says in an error, if there is one, what was being drawn. It is deferred.
func drawing(what string, err *error) {
	if *err != nil {
		*err = fmt.Errorf("drawing %s: %w", what, *err)
	}
}
