package plots

import (
	"fmt"
	"image"
	"io"
)

// A RestoredImage is an image and its reconstruction by an autoencoder.
type RestoredImage struct {
	Name               string // e.g. "4711, frog"
	Original, Restored Image
	MSE                float64
	Note               string // a line below the error; "" for none
}

// RestoredGroup is a group of images, e.g. those that are restored worst.
type RestoredGroup struct {
	Title  string
	Images []RestoredImage
}

// RestoredGroups writes a PNG of images beside their reconstructions to w, with
// the mean squared error of each, in groups below each other. note is a further
// note below the title; it may be empty. RestoredGroups returns an error if there is
// no image, for images of different shapes, for values that are not finite, if the
// caption names no dataset, or from w.
func RestoredGroups(w io.Writer, caption Caption, title, note string, groups []RestoredGroup) error {
	var images []Image
	for _, group := range groups {
		for _, m := range group.Images {
			images = append(images, m.Original, m.Restored)
		}
	}
	if err := checkImages(caption, images); err != nil {
		return fmt.Errorf("drawing reconstructions: %w", err)
	}
	const across = 6
	sheet := gallery{across: across}
	for _, group := range groups {
		tiles := make([]galleryTile, len(group.Images))
		for i, m := range group.Images {
			tiles[i] = galleryTile{images: shown(m.Original, m.Restored), lines: []string{m.Name, "MSE " + Loss(m.MSE)}}
			if m.Note != "" {
				tiles[i].lines = append(tiles[i].lines, m.Note)
			}
		}
		sheet.groups = append(sheet.groups, tileGroup{group.Title, tiles})
	}
	notes := []string{"Left the image, right its reconstruction, and below both the mean squared error over all values."}
	if note != "" {
		notes[0] += " " + note
	}
	heading := heading{title, caption, notes}
	if err := sheet.write(w, heading); err != nil {
		return fmt.Errorf("drawing reconstructions: %w", err)
	}
	return nil
}

// shown returns images in the form in which they are drawn.
func shown(images ...Image) []image.Image {
	views := make([]image.Image, len(images))
	for i, m := range images {
		views[i] = m.Picture()
	}
	return views
}
