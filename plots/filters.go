package plots

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"slices"
)

// A Filter is the weights of a unit of the first layer as an image, which shows
// what the unit responds to.
type Filter struct {
	Weights Image
	Use     float64 // share of the images for which the unit is not zero
}

// The most filters that one picture shows. A few dead ones are enough, because they
// look alike.
const (
	mostFilters     = 150
	mostDeadFilters = 12
)

// Filters writes a PNG of the first layer's filters to w, at most 150 of them, the
// most used first. Units that are zero for every image are crossed out; at most 12
// of these are shown, and a note counts all of them. Filters returns an error if
// there is no filter, for weights of different shapes or that are not finite, for a
// use outside 0 to 1, if the caption names no dataset, or from w.
func Filters(w io.Writer, caption Caption, filters []Filter) error {
	if err := checkFilters(caption, filters); err != nil {
		return fmt.Errorf("drawing the filters: %w", err)
	}
	sorted := slices.Clone(filters)
	slices.SortStableFunc(sorted, func(a, b Filter) int { return cmp.Compare(b.Use, a.Use) })
	dead := 0
	for _, f := range sorted {
		if f.Use == 0 {
			dead++
		}
	}
	notes := []string{
		"Each picture is the weights of one unit: where it is bright the unit wants a bright pixel, where it is dark a dark one, middle gray is weight 0. " +
			"Each has a scale of its own. Below: on how many of the images the unit is not zero.",
		fmt.Sprintf("None of the %d units is dead: some image wakes each.", len(sorted)),
	}
	if dead > 0 {
		notes[1] = fmt.Sprintf("%d of the %d units are dead: zero on every image, so that they contribute nothing and no gradient wakes them.", dead, len(sorted))
	}
	if dead > mostDeadFilters {
		notes[1] += fmt.Sprintf(" %d of them are shown.", mostDeadFilters)
		sorted = sorted[:len(sorted)-dead+mostDeadFilters]
	}
	if more := len(sorted) - mostFilters; more > 0 {
		notes = append(notes, fmt.Sprintf("%d more units, less used than these, are not shown.", more))
		sorted = sorted[:mostFilters]
	}
	tiles := make([]galleryTile, len(sorted))
	for i, f := range sorted {
		tiles[i] = galleryTile{
			images: []image.Image{f.Weights.signed(largestMagnitude(f.Weights.Values))},
			lines:  []string{useText(f.Use)}, struck: f.Use == 0,
		}
	}
	const across = 12
	heading := heading{"What the first layer looks for", caption, notes}
	if err := (gallery{across, []tileGroup{{tiles: tiles}}}).write(w, heading); err != nil {
		return fmt.Errorf("drawing the filters: %w", err)
	}
	return nil
}

func checkFilters(caption Caption, filters []Filter) error {
	images := make([]Image, len(filters))
	for i, f := range filters {
		if images[i] = f.Weights; !(f.Use >= 0 && f.Use <= 1) {
			return errors.New("a unit's use is not a share between 0 and 1")
		}
	}
	return checkImages(caption, images)
}

// useText writes a share so that only a unit that is never active is written as 0,
// and only one that is always active as 100 %.
func useText(use float64) string {
	const percent = 100
	switch rounded := math.Round(percent * use); {
	case use == 0:
		return "dead"
	case rounded == 0:
		return "< 1%"
	case rounded == percent && use < 1:
		return "> 99%"
	default:
		return fmt.Sprintf("%.0f%%", rounded)
	}
}
