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

	flipped, shifted [Pixels]byte
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

// apply returns the image, altered; what it returns is good until the next call.
func (a *augmentation) apply(image []byte) []byte {
	mirrored, right, down := a.draw()
	if mirrored {
		mirror(a.flipped[:], image)
		image = a.flipped[:]
	}
	if a.shifts != nil {
		shift(a.shifted[:], image, right, down)
		image = a.shifted[:]
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

// mirror writes image flipped left to right.
func mirror(flipped, image []byte) {
	for row := 0; row < Pixels; row += Side {
		for x := range Side {
			flipped[row+x] = image[row+Side-1-x]
		}
	}
}

// shift writes image moved by fewer than Side pixels right and down, left and
// up where they are negative. What enters is the edge, repeated.
func shift(shifted, image []byte, right, down int) {
	for plane := 0; plane < Pixels; plane += Side * Side {
		for y := range Side {
			from := image[plane+Side*min(max(y-down, 0), Side-1):][:Side]
			to := shifted[plane+Side*y:][:Side]
			if right >= 0 {
				copy(to[right:], from)
				fill(to[:right], from[0])
			} else {
				kept := copy(to, from[-right:])
				fill(to[kept:], from[Side-1])
			}
		}
	}
}

func fill(bytes []byte, value byte) {
	for i := range bytes {
		bytes[i] = value
	}
}
