package plots

import (
	"fmt"
	"io"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	_ "gonum.org/v1/plot/vg/vgpdf" // for PDF
	_ "gonum.org/v1/plot/vg/vgsvg" // for SVG
)

// A Vector is a writer that makes vector files for a paper of the charts of this
// package: a function that writes a chart as PNG to any other writer writes it to a
// Vector in its own format and width, its texts as text, and without its
// heading, since a paper has captions.
type Vector struct {
	io.Writer
	Format string    // svg or pdf
	Width  vg.Length // of the whole file
}

// letterScale is the size of a vector file's letters and lines, as a share of a PNG's: labels
// of 8 points, as papers have them.
const letterScale = 2. / 3

// draw writes a body of the given height, measured as in a PNG.
func (v *Vector) draw(bodyHeight vg.Length, drawBody func(draw.Canvas)) error {
	const edge = vg.Length(2) // for lines at the edges
	width := v.Width / letterScale
	canvas, err := draw.NewFormattedCanvas(v.Width, (bodyHeight+2*edge)*letterScale, v.Format)
	if err != nil {
		return fmt.Errorf("making a vector file: %w", err)
	}
	canvas.Scale(letterScale, letterScale)
	drawBody(draw.Canvas{Canvas: canvas, Rectangle: vg.Rectangle{Min: vg.Point{X: edge, Y: edge}, Max: vg.Point{X: width - edge, Y: bodyHeight + edge}}})
	_, err = canvas.WriteTo(v.Writer)
	return err
}
