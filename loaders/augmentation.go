package loaders

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// An augmentation draws how each image of an epoch is altered, once for each
// image in the order they come.
type augmentation struct {
	flips, shifts *rand.Rand // nil for none
	reach         int        // of the shifts, in pixels
}

// newAugmentation returns what the options say of an epoch.
func (o BatchOptions) newAugmentation(epoch int) *augmentation {
	a := &augmentation{reach: o.Shift}
	if o.Flip {
		a.flips = o.Random(fmt.Sprintf("flip/%d", epoch))
	}
	if o.Shift > 0 {
		a.shifts = o.Random(fmt.Sprintf("shift/%d", epoch))
	}
	return a
}

// skip leaves out images, whose draws the streams make all the same.
func (a *augmentation) skip(images int) {
	for range images {
		a.draw()
	}
}

// draw takes the next image's alteration from the streams.
func (a *augmentation) draw() alteration {
	var drawn alteration
	if a.flips != nil {
		drawn.mirrored = a.flips.Uint64()&1 == 1
	}
	if a.shifts != nil {
		drawn.right = a.shifts.IntN(2*a.reach+1) - a.reach
		drawn.down = a.shifts.IntN(2*a.reach+1) - a.reach
	}
	return drawn
}

// An alteration mirrors an image, or not, and then moves it.
type alteration struct {
	mirrored    bool
	right, down int // pixels; to the left and up where they are negative
}

// apply writes image, altered. Moving to the right what is mirrored is moving to
// the left and mirroring then, which needs no room between the two.
func (a alteration) apply(altered, image []byte, shape Shape) {
	if !a.mirrored {
		shift(altered, image, shape, a.right, a.down)
		return
	}
	shift(altered, image, shape, -a.right, a.down)
	mirror(altered, shape.Width)
}

// mirror flips an image, whose rows have the given width, left to right.
func mirror(image []byte, width int) {
	for row := range slices.Chunk(image, width) {
		slices.Reverse(row)
	}
}

// shift writes image moved right and down by fewer pixels than it has in that
// direction, left and up where they are negative. What enters is the edge,
// repeated.
func shift(shifted, image []byte, shape Shape, right, down int) {
	width := shape.Width
	for plane := 0; plane < len(image); plane += shape.Plane() {
		for y := range shape.Height {
			from := image[plane+width*min(max(y-down, 0), shape.Height-1):][:width]
			to := shifted[plane+width*y:][:width]
			if right >= 0 {
				copy(to[right:], from)
				fill(to[:right], from[0])
			} else {
				kept := copy(to, from[-right:])
				fill(to[kept:], from[width-1])
			}
		}
	}
}

func fill(bytes []byte, value byte) {
	for i := range bytes {
		bytes[i] = value
	}
}
