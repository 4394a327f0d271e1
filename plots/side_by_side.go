package plots

import (
	"fmt"
	"io"
)

// Restorations are one model's reconstructions of images.
type Restorations struct {
	Model  string
	Images []Image // a reconstruction of each image
}

// A NamedImage is an image with a name, e.g. "4711, frog".
type NamedImage struct {
	Name string
	Image
}

// SideBySide writes a PNG of images and their reconstructions by several models to
// w: the images are in the first row, and below them is a row for each model, with
// the mean squared error of each image. It returns an error if there is no image, for images
// of different shapes or values that are not finite, a model without a
// reconstruction for each image, if the caption names no dataset, or from w.
func SideBySide(w io.Writer, caption Caption, images []NamedImage, models []Restorations) error {
	var all []Image
	originals := tileGroup{title: "The images"}
	for _, m := range images {
		all = append(all, m.Image)
	}
	for _, model := range models {
		if len(model.Images) != len(images) {
			return fmt.Errorf("drawing reconstructions side by side: %s has %d of %d images", model.Model, len(model.Images), len(images))
		}
		all = append(all, model.Images...)
	}
	if err := checkImages(caption, all); err != nil {
		return fmt.Errorf("drawing reconstructions side by side: %w", err)
	}
	for _, m := range images {
		originals.tiles = append(originals.tiles, galleryTile{images: shown(m.Image), lines: []string{m.Name}})
	}
	sheet := gallery{len(images), []tileGroup{originals}}
	for _, model := range models {
		group := tileGroup{title: model.Model}
		for i, restored := range model.Images {
			error := Reconstruction{Original: images[i].Image, Reconstructed: restored}.meanSquaredError()
			group.tiles = append(group.tiles, galleryTile{images: shown(restored), lines: []string{"MSE " + Loss(error)}})
		}
		sheet.groups = append(sheet.groups, group)
	}
	heading := heading{"The same images restored by each", caption, []string{"Below a reconstruction: the mean squared error over all its values, in pixels from 0 to 1."}}
	if err := sheet.write(w, heading); err != nil {
		return fmt.Errorf("drawing reconstructions side by side: %w", err)
	}
	return nil
}
