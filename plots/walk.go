package plots

import (
	"fmt"
	"io"
)

// A Walk is a straight line between the codes that an autoencoder gives two images.
type Walk struct {
	From, To          string  // e.g. "frog" and "horse"
	Original, Arrived Image   // the images whose codes are the two ends
	Steps             []Image // decoded on the way, the two ends included
}

// Walks writes a PNG of walks to w, with a row for each: the first image, the
// decoder's output at each step, the second image. It returns an error if there is
// no walk, for walks of different lengths, for images of different shapes, for
// values that are not finite, if the caption names no dataset, or from w.
func Walks(w io.Writer, caption Caption, walks []Walk) error {
	var images []Image
	for _, walk := range walks {
		images = append(append(images, walk.Original, walk.Arrived), walk.Steps...)
		if len(walk.Steps) != len(walks[0].Steps) {
			return fmt.Errorf("drawing walks: one of %d steps and one of %d; all need as many", len(walks[0].Steps), len(walk.Steps))
		}
	}
	if err := checkImages(caption, images); err != nil {
		return fmt.Errorf("drawing walks: %w", err)
	}
	tiles := make([]galleryTile, len(walks))
	for i, walk := range walks {
		row := append(append([]Image{walk.Original}, walk.Steps...), walk.Arrived)
		tiles[i] = galleryTile{images: shown(row...), lines: []string{walk.From + " to " + walk.To}}
	}
	heading := heading{"Walks through the code", caption, []string{
		"At the ends of a row two images, between them what the decoder makes of the codes on the straight line from one's code to the other's. " +
			"Where the middle shows a mixture that could be a picture, the code between images means something; where it only fades, it does not.",
	}}
	if err := (gallery{1, []tileGroup{{tiles: tiles}}}).write(w, heading); err != nil {
		return fmt.Errorf("drawing walks: %w", err)
	}
	return nil
}
