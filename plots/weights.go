package plots

import (
	"fmt"
	"io"

	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/palette/moreland"
)

// Weights writes a PNG of the weights of a linear classifier with two classes to w:
// of color images once in color and once for each channel, of gray images once.
// negative and positive name the classes that a negative and a positive score stand
// for. Weights returns an error for weights that do not have the shape of a gray or
// color image or are not finite, or from w.
func Weights(w io.Writer, caption Caption, negative, positive string, weights Image) error {
	const across = 2
	if err := weights.check(); err != nil {
		return err
	}
	strongest := clearMagnitude(weights.Values)
	notes := []string{fmt.Sprintf("Red weights are above 0: a bright pixel there speaks for %s. Blue weights are below 0: it speaks for %s. "+
		"The strongest colors stand for ±%s and weights beyond it, light gray for 0.", positive, negative, Loss(strongest))}
	names, plane := []string{"the weights"}, weights.Height*weights.Width
	var tiles []galleryTile
	if weights.Channels == planes {
		notes = append(notes, fmt.Sprintf("All channels together: what is bright speaks for %s, what is dark for %s; middle gray is 0.", positive, negative))
		tiles = []galleryTile{{[]view{weights.signed(strongest)}, fullWidth("all channels together")}}
		names = []string{"red channel", "green channel", "blue channel"}
	}
	for channel, name := range names {
		one := Image{1, weights.Height, weights.Width, weights.Values[channel*plane : (channel+1)*plane]}
		tiles = append(tiles, galleryTile{[]view{{one, -strongest, strongest, weightColors(strongest)}}, fullWidth(name)})
	}
	return oneGroup(heading{"Weights of the linear classifier", caption, notes}, across, tiles).write(w)
}

// weightColors returns colors from blue through light gray at 0 to red, which
// color-blind readers can tell apart.
func weightColors(strongest float64) palette.ColorMap {
	colors := moreland.SmoothBlueRed()
	colors.SetMin(-strongest)
	colors.SetMax(strongest)
	colors.SetConvergePoint(0)
	return colors
}

// A Template is the weights of a class's score as an image.
type Template struct {
	Class   string
	Weights Image
}

// mostTemplates is the largest number of classes that one picture shows.
const mostTemplates = 200

// Templates writes a PNG of the weights of a linear classifier with three or more
// classes to w: an image for each class, all on the same scale. (Two classes share
// their weights; [Weights] draws these.) Of more than 200 classes only the first 200
// are drawn, and a note says so. Templates returns an error for weights of different
// sizes or that are not finite, or from w.
func Templates(w io.Writer, caption Caption, templates []Template) error {
	notes := []string{"Each picture is the weights of one class's score: bright where a bright pixel speaks for the class, dark where it speaks against it, middle gray for 0. " +
		"All have the same scale."}
	if more := len(templates) - mostTemplates; more > 0 {
		notes = append(notes, fmt.Sprintf("The last %d classes are not drawn.", more))
		templates = templates[:mostTemplates]
	}
	var all [][]float32
	for _, t := range templates {
		all = append(all, t.Weights.Values)
	}
	strongest := clearMagnitude(all...)
	tiles := make([]galleryTile, len(templates))
	for i, t := range templates {
		tiles[i] = galleryTile{[]view{t.Weights.signed(strongest)}, fullWidth(t.Class)}
	}
	across := 5
	if len(templates) > 20 {
		across = 10
	}
	return oneGroup(heading{"Weights of the linear classifier", caption, notes}, across, tiles).write(w)
}
