package plots

import (
	"cmp"
	"fmt"
	"io"
	"slices"
)

// A Filter is the weights of a unit of the first layer as an image, which shows
// what the unit responds to.
type Filter struct {
	Weights Image
	Use     float64 // share of the images for which the unit is not zero
}

// mostFilters is the largest number of filters that one picture shows.
const mostFilters = 144

// Filters writes a PNG of the first layer's filters to w, at most 144 of them, those of
// the units that are not zero on most validation images first. Units that are zero on all
// of them are counted in a note and not drawn.
func Filters(w io.Writer, caption Caption, filters []Filter) error {
	const across = 12
	live := slices.DeleteFunc(slices.Clone(filters), func(f Filter) bool { return f.Use == 0 })
	slices.SortStableFunc(live, func(a, b Filter) int { return cmp.Compare(b.Use, a.Use) })
	notes := []string{"Each picture is the weights of one unit: bright above 0, dark below, middle gray 0, each on a scale of its own. " +
		"The units that are not zero on most images come first."}
	if dead := len(filters) - len(live); dead > 0 {
		notes = append(notes, fmt.Sprintf("%d of the %d units are zero on every validation image and are not drawn.", dead, len(filters)))
	}
	if more := len(live) - mostFilters; more > 0 {
		notes = append(notes, fmt.Sprintf("%d more units, which are zero on more images than these, are not drawn.", more))
		live = live[:mostFilters]
	}
	tiles := make([]galleryTile, len(live))
	for i, f := range live {
		tiles[i].images = []view{f.Weights.signed(clearMagnitude(f.Weights.Values))}
	}
	return oneGroup(heading{"Weights of the first layer", caption, notes}, across, tiles).write(w)
}
