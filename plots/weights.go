package plots

import (
	"fmt"
	"io"

	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/palette/moreland"
)

// Weights writes a PNG of the weights of a linear classifier to w: an image for the score
// of each class, all on the same scale. Two classes have a single score, above 0 for the
// second one: its weights are drawn once for each channel, and of color images also in
// color.
func Weights(w io.Writer, caption Caption, classes []string, weights []Image) error {
	ofTwo := len(classes) == 2 && len(weights) == 1
	if !ofTwo && (len(classes) < 3 || len(weights) != len(classes)) {
		return fmt.Errorf("%d images of weights for %d classes, want 1 for 2 classes, or one for each of 3 or more", len(weights), len(classes))
	}
	var all [][]float32
	for _, one := range weights {
		if err := one.check(); err != nil {
			return err
		}
		all = append(all, one.Values)
	}
	strongest := clearMagnitude(all...)
	shown := heading{title: "Weights of the linear classifier", caption: caption}
	if ofTwo {
		var tiles []galleryTile
		shown.notes, tiles = scoreOfTwo(classes[0], classes[1], weights[0], strongest)
		return oneGroup(shown, 2, tiles).write(w)
	}
	shown.notes = []string{"Each picture is the weights of one class's score: bright where a bright pixel speaks for the class, dark where it speaks against it, middle gray for 0. " +
		"All have the same scale."}
	tiles := make([]galleryTile, len(weights))
	for i, one := range weights {
		tiles[i] = galleryTile{[]view{one.signed(strongest)}, fullWidth(classes[i])}
	}
	across := 5
	if len(weights) > 20 {
		across = 10
	}
	return oneGroup(shown, across, tiles).write(w)
}

// scoreOfTwo returns the notes and the tiles of the weights of a score that is below 0 for
// one class and above 0 for the other.
func scoreOfTwo(negative, positive string, weights Image, strongest float64) (notes []string, tiles []galleryTile) {
	notes = []string{fmt.Sprintf("Red weights are above 0: a bright pixel there speaks for %s. Blue weights are below 0: it speaks for %s. "+
		"The strongest colors stand for ±%s and weights beyond it, light gray for 0.", positive, negative, Loss(strongest))}
	names, plane := []string{"the weights"}, weights.Height*weights.Width
	if weights.Channels == planes {
		notes = append(notes, fmt.Sprintf("All channels together: what is bright speaks for %s, what is dark for %s; middle gray is 0.", positive, negative))
		tiles = []galleryTile{{[]view{weights.signed(strongest)}, fullWidth("all channels together")}}
		names = []string{"red channel", "green channel", "blue channel"}
	}
	for channel, name := range names {
		one := Image{1, weights.Height, weights.Width, weights.Values[channel*plane : (channel+1)*plane]}
		tiles = append(tiles, galleryTile{[]view{{one, -strongest, strongest, weightColors(strongest)}}, fullWidth(name)})
	}
	return notes, tiles
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
