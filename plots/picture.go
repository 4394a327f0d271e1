package plots

import (
	"image/color"
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
	_, dark := w.(darkWriter)
	sheet := drawSheet(dark, h, bodyHeight, heading{}, drawBody)
	if sheet.standIns {
		sheet = drawSheet(dark, h, bodyHeight, heading{notes: []string{"Letters that the font lacks are written as their Unicode numbers, between " + standInOpen + " and " + standInClose + "."}}, drawBody)
	}
	return encoder.Encode(w, sheet.Image())
}

func drawSheet(dark bool, above heading, bodyHeight vg.Length, below heading, drawBody func(draw.Canvas)) *sheet {
	height := 2*rim + above.height(bodyWidth) + bodyHeight + below.height(bodyWidth)
	paper := color.Color(color.White)
	if dark {
		paper = onDark(paper)
	}
	s := &sheet{Canvas: vgimg.NewWith(vgimg.UseWH(pictureWidth, height), vgimg.UseDPI(resolution), vgimg.UseBackgroundColor(paper)), dark: dark}
	page := draw.Crop(draw.New(s), rim, -rim, rim, -rim)
	body := draw.Crop(above.draw(page), 0, 0, below.height(bodyWidth), 0)
	drawBody(body)
	below.draw(draw.Crop(page, 0, 0, 0, body.Min.Y-headingGap-page.Max.Y))
	return s
}

// A sheet is a canvas that notices whether a text has stand-ins for letters that the
// font lacks. On a dark one, colors are turned as onDark says, but not images.
type sheet struct {
	*vgimg.Canvas
	standIns, dark bool
}

// SetColor implements vg.Canvas. A line that is not drawn has no color.
func (s *sheet) SetColor(c color.Color) {
	if s.dark && c != nil {
		c = onDark(c)
	}
	s.Canvas.SetColor(c)
}

type darkWriter struct{ io.Writer }

// OnDark returns a writer for dark pages: a function of this package that writes a PNG
// writes it there in light ink on dark paper.
func OnDark(w io.Writer) io.Writer { return darkWriter{w} }

// onDark turns the lightness of a color upside down and keeps its hue. White becomes
// the paper of a dark page.
func onDark(c color.Color) color.Color {
	const darkest = 0x1A
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	turn := 255 - int(min(n.R, n.G, n.B)) - int(max(n.R, n.G, n.B))
	shade := func(value uint8) uint8 { return uint8(darkest + (int(value)+turn)*(255-darkest)/255) }
	return color.NRGBA{R: shade(n.R), G: shade(n.G), B: shade(n.B), A: n.A}
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
