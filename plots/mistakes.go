package plots

import (
	"fmt"
	"io"

	"gonum.org/v1/plot/vg/draw"
)

// A Mistake is an image that a classifier assigns to a wrong class.
type Mistake struct {
	Image            Image
	Label, Predicted string  // classes
	Score            float64 // of the predicted class; of two classes, the score itself
}

// Mistakes writes a PNG of images that a classifier gets wrong to w, each with its
// class, the class it was taken for, and the score. They are drawn in the given
// order, which should be from the surest mistake on. Mistakes returns an error for
// images of different shapes, for values that are not finite, if the caption names
// no dataset, or from w.
func Mistakes(w io.Writer, caption Caption, mistakes []Mistake) error {
	var images []Image
	var tiles []galleryTile
	for _, m := range mistakes {
		images = append(images, m.Image)
	}
	if len(images) == 0 {
		return writePicture(w, heading{"The surest mistakes", caption, []string{"No image is classified wrongly."}}, 0, func(draw.Canvas) {})
	}
	if err := checkImages(caption, images); err != nil {
		return fmt.Errorf("drawing the mistakes: %w", err)
	}
	for _, m := range mistakes {
		tiles = append(tiles, galleryTile{
			images: shown(m.Image),
			lines:  []string{m.Label, "taken for " + m.Predicted, fmt.Sprintf("score %+.2f", m.Score)},
		})
	}
	const across = 8
	heading := heading{"The surest mistakes", caption, []string{
		"Images classified wrongly with the largest scores. The score's size says how sure the model is; within ±1 it would be in doubt.",
	}}
	if err := (gallery{across, []tileGroup{{tiles: tiles}}}).write(w, heading); err != nil {
		return fmt.Errorf("drawing the mistakes: %w", err)
	}
	return nil
}
