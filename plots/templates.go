package plots

import (
	"fmt"
	"image"
	"io"
)

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
// are shown. Templates returns an error if there is no template, for weights of
// different shapes or that are not finite, if the caption names no dataset, or from
// w.
func Templates(w io.Writer, caption Caption, templates []Template) error {
	var images []Image
	strongest := 0.0
	for _, t := range templates {
		images = append(images, t.Weights)
		strongest = max(strongest, largestMagnitude(t.Weights.Values))
	}
	if err := checkImages(caption, images); err != nil {
		return fmt.Errorf("drawing the weights: %w", err)
	}
	notes := []string{"Each picture is the weights of one class's score: where it is bright a bright pixel speaks for the class, where it is dark against it, middle gray is weight 0. " +
		"All share one scale. The class with the largest score is the one predicted."}
	if more := len(templates) - mostTemplates; more > 0 {
		notes = append(notes, fmt.Sprintf("%d more classes are not shown.", more))
		templates = templates[:mostTemplates]
	}
	tiles := make([]galleryTile, len(templates))
	for i, t := range templates {
		tiles[i] = galleryTile{images: []image.Image{t.Weights.signed(strongest)}, lines: []string{t.Class}}
	}
	across := 5
	if len(templates) > 20 {
		across = 10
	}
	heading := heading{"Weights of the linear classifier", caption, notes}
	if err := (gallery{across, []tileGroup{{tiles: tiles}}}).write(w, heading); err != nil {
		return fmt.Errorf("drawing the weights: %w", err)
	}
	return nil
}
