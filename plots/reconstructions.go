package plots

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
)

// A Reconstruction is an image and its reconstruction by an autoencoder, which has the
// same shape and may have values below 0 and above 1.
type Reconstruction struct {
	Name                    string // e.g. "4711, frog"
	Original, Reconstructed Image
	Noisy                   Image   // what the model was shown, if that is not the original
	MSE                     float64 // the mean squared error over all values
	Note                    string  // a line below the error; "" for none
}

// ReconstructionGroup is a group of images, e.g. those that are reconstructed worst.
type ReconstructionGroup struct {
	Title  string
	Images []Reconstruction
}

// mostWithDifferences is the largest number of pairs with room for a third image of each.
const mostWithDifferences = 16

// Reconstructions writes a PNG of images beside their reconstructions to w, with the mean
// squared error of each and the range of values below each image. Between the two stands
// the noisy image, if there is one. Values outside 0 to 1 are clipped in the images, but
// not in the ranges. Up to 16 pairs have one more image, the absolute difference.
func Reconstructions(w io.Writer, caption Caption, pairs []Reconstruction) error {
	third, white := len(pairs) <= mostWithDifferences, 0.0
	differences := make([]Image, len(pairs))
	for i, pair := range pairs {
		if err := cmp.Or(pair.Original.check(), pair.Reconstructed.check()); err != nil {
			return fmt.Errorf("%s: %w", pair.Name, err)
		}
		if len(pair.Original.Values) != len(pair.Reconstructed.Values) {
			return fmt.Errorf("%s: the two images differ in shape", pair.Name)
		}
		differences[i] = pair.difference()
		white = max(white, float64(slices.Max(differences[i].Values)))
	}
	columns := "From left to right: the image"
	if len(pairs) > 0 && pairs[0].Noisy.Values != nil {
		columns += ", the noisy image that the model sees, its reconstruction of that"
	} else {
		columns += ", its reconstruction"
	}
	if third {
		columns += fmt.Sprintf(", and the absolute difference between image and reconstruction, the mean of the channels, from black for 0 to white for %s", Loss(white))
	}
	notes := []string{columns + ". MSE: the mean squared error of the reconstruction over all values. Below each image: the range of its values; those below 0 look like 0, those above 1 like 1."}
	tiles := make([]galleryTile, len(pairs))
	for i, pair := range pairs {
		shown := []Image{pair.Original, pair.Reconstructed}
		if pair.Noisy.Values != nil {
			shown = slices.Insert(shown, 1, pair.Noisy)
		}
		var ranges []string
		for _, m := range shown {
			tiles[i].images, ranges = append(tiles[i].images, m.plain()), append(ranges, rangeOf(m))
		}
		if third {
			tiles[i].images = append(tiles[i].images, view{differences[i], 0, max(white, smallestLoss), nil})
			ranges = append(ranges, rangeOf(differences[i]))
		}
		tiles[i].lines = append(fullWidth(pair.Name+": MSE "+Loss(pair.MSE)), ranges)
	}
	across := 4
	switch {
	case len(pairs) <= 4:
		across = 1
	case third:
		across = 2
	}
	return oneGroup(heading{"Reconstructions of validation images", caption, notes}, across, tiles).write(w)
}

// difference returns each pixel's absolute difference, the mean of its channels.
func (r Reconstruction) difference() Image {
	plane := r.Original.Height * r.Original.Width
	values := make([]float32, plane)
	for i, original := range r.Original.Values {
		values[i%plane] += float32(math.Abs(float64(original)-float64(r.Reconstructed.Values[i])) / float64(r.Original.Channels))
	}
	return Image{1, r.Original.Height, r.Original.Width, values}
}

// rangeOf writes the smallest and the largest value of an image.
func rangeOf(m Image) string {
	low, high := float64(slices.Min(m.Values)), float64(slices.Max(m.Values))
	const many = 10 // numbers of at least this size are written with three significant digits
	if max(-low, high) >= many {
		return fmt.Sprintf("%.3g..%.3g", low, high)
	}
	rounded := func(value float64) float64 {
		const thousandths = 1000
		return math.Round(thousandths*value)/thousandths + 0 // turns -0 into 0
	}
	return fmt.Sprintf("%.3f..%.3f", rounded(low), rounded(high))
}

// ReconstructionGroups writes a PNG of images beside their reconstructions to w, with the mean
// squared error of each, in groups below each other. note is a further note below the
// title; it may be empty.
func ReconstructionGroups(w io.Writer, caption Caption, title, note string, groups []ReconstructionGroup) error {
	const across = 6
	notes := []string{"Left the image, right its reconstruction. MSE: the mean squared error over all values, in the unit of the loss.", note}
	sheet := gallery{heading{title, caption, notes}, across, nil}
	for _, group := range groups {
		tiles := make([]galleryTile, len(group.Images))
		for i, m := range group.Images {
			tiles[i] = galleryTile{[]view{m.Original.plain(), m.Reconstructed.plain()}, fullWidth(m.Name, "MSE "+Loss(m.MSE))}
			if m.Note != "" {
				tiles[i].lines = append(tiles[i].lines, []string{m.Note})
			}
		}
		sheet.groups = append(sheet.groups, tileGroup{group.Title, tiles})
	}
	return sheet.write(w)
}

// SideBySide writes a PNG to w of images and their reconstructions by several models.
// models holds a group for each model, with the same images in the same order: the images
// are in the first row, and below them is a row for each model, with the mean squared
// error of each image.
func SideBySide(w io.Writer, caption Caption, models []ReconstructionGroup) error {
	originals := tileGroup{title: "The images"}
	sheet := gallery{heading{"The same images restored by each model", caption, []string{
		"Test images drawn by the seed. MSE: the mean squared error over all values, of pixels from 0 to 1.",
	}}, 1, []tileGroup{originals}}
	for i, model := range models {
		if len(model.Images) != len(models[0].Images) {
			return fmt.Errorf("%s has %d images and %s %d, want as many", models[0].Title, len(models[0].Images), model.Title, len(model.Images))
		}
		group := tileGroup{title: model.Title}
		for _, m := range model.Images {
			if i == 0 {
				originals.tiles = append(originals.tiles, galleryTile{[]view{m.Original.plain()}, fullWidth(m.Name)})
			}
			group.tiles = append(group.tiles, galleryTile{[]view{m.Reconstructed.plain()}, fullWidth("MSE " + Loss(m.MSE))})
		}
		sheet.groups = append(sheet.groups, group)
	}
	sheet.groups[0], sheet.across = originals, max(1, len(originals.tiles))
	return sheet.write(w)
}
