package loaders

import (
	"fmt"
	"math/rand/v2"
)

// An augmentation alters the images of an epoch at random, each once, in the
// order they come.
type augmentation struct {
	flips, shifts *rand.Rand // nil for none
	reach         int        // of the shifts, in pixels

	shape            Shape
	flipped, shifted []byte // (shape)
}

// newAugmentation returns what the options say of an epoch of images of a shape.
func (o BatchOptions) newAugmentation(shape Shape, epoch int) *augmentation {
	a := &augmentation{reach: o.Shift, shape: shape, flipped: make([]byte, shape.Values()), shifted: make([]byte, shape.Values())}
	if o.Flip {
		a.flips = o.Random(fmt.Sprintf("flip/%d", epoch))
	}
	if o.Shift > 0 {
		a.shifts = o.Random(fmt.Sprintf("shift/%d", epoch))
	}
	return a
}

// apply returns the image, altered; what it returns is good until the next call.
func (a *augmentation) apply(image []byte) []byte {
	mirrored, right, down := a.draw()
	if mirrored {
		mirror(a.flipped, image, a.shape.Width)
		image = a.flipped
	}
	if a.shifts != nil {
		shift(a.shifted, image, a.shape, right, down)
		image = a.shifted
	}
	return image
}

// skip leaves out images, whose draws the streams make all the same.
func (a *augmentation) skip(images int) {
	for range images {
		a.draw()
	}
}

// draw takes an image's alterations from the streams.
func (a *augmentation) draw() (mirrored bool, right, down int) {
	if a.flips != nil {
		mirrored = a.flips.Uint64()&1 == 1
	}
	if a.shifts != nil {
		right = a.shifts.IntN(2*a.reach+1) - a.reach
		down = a.shifts.IntN(2*a.reach+1) - a.reach
	}
	return mirrored, right, down
}

// mirror writes image, whose rows have the given width, flipped left to right.
func mirror(flipped, image []byte, width int) {
	for row := 0; row < len(image); row += width {
		for x := range width {
			flipped[row+x] = image[row+width-1-x]
		}
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
