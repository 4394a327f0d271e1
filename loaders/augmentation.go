package loaders

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// alterations returns a function that draws at random how each image of an epoch is
// altered, in the order of the images.
func (o BatchOptions) alterations(epoch int) (draw func() alteration) {
	var flips, shifts *rand.Rand // nil if the images are not altered in this way
	if o.Flip {
		flips = o.Random(fmt.Sprintf("flip/%d", epoch))
	}
	if o.Shift > 0 {
		shifts = o.Random(fmt.Sprintf("shift/%d", epoch))
	}
	return func() (drawn alteration) {
		if flips != nil {
			drawn.mirrored = flips.Uint64()&1 == 1
		}
		if shifts != nil {
			drawn.right = shifts.IntN(2*o.Shift+1) - o.Shift
			drawn.down = shifts.IntN(2*o.Shift+1) - o.Shift
		}
		return drawn
	}
}

// An alteration says whether an image is mirrored, and how far it is moved
// after that.
type alteration struct {
	mirrored    bool
	right, down int // in pixels; negative values mean left and up
}

// apply writes the altered image. The pixels at the edge are repeated to fill the gap
// of one that is moved; it must move by less than the image's size.
func (a alteration) apply(altered, image []byte, shape Shape) {
	width, right := shape.Width, a.right
	if a.mirrored {
		right = -right // moving to the left and then mirroring is the same, and needs no buffer in between
	}
	for plane := 0; plane < len(image); plane += shape.Plane() {
		for y := range shape.Height {
			from := image[plane+width*min(max(y-a.down, 0), shape.Height-1):][:width]
			to := altered[plane+width*y:][:width]
			gap, edge := to[:max(right, 0)], from[0]
			if right < 0 {
				gap, edge = to[width+right:], from[width-1]
			}
			copy(to[max(right, 0):], from[max(-right, 0):])
			for i := range gap {
				gap[i] = edge
			}
			if a.mirrored {
				slices.Reverse(to)
			}
		}
	}
}
