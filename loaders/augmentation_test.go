package loaders

import (
	"bytes"
	"slices"
	"testing"
)

const side = 32 // of photo

// TestAlterations compares with the definition, pixel by pixel: what a shifted image
// shows at a place, the image has at the nearest of its places to where that
// came from; a mirrored one has it on the other side.
func TestAlterations(t *testing.T) {
	image := randomRecords(photo, 4, 1)[1:]
	altered := make([]byte, photo.Values())
	for _, a := range []alteration{{false, 0, 0}, {true, 0, 0}, {false, 1, 0}, {false, -1, 0}, {false, 0, 1}, {false, 0, -1}, {true, 3, -2}, {false, -4, 4}, {false, 31, 31}, {true, -31, -31}} {
		a.apply(altered, image, photo)
		for i, got := range altered {
			plane, y, x := i/(side*side), i/side%side, i%side
			fromY, fromX := min(max(y-a.down, 0), side-1), min(max(x-a.right, 0), side-1)
			if a.mirrored {
				fromX = side - 1 - fromX
			}
			if want := image[plane*side*side+fromY*side+fromX]; got != want {
				t.Fatalf("%+v: plane %d, row %d, column %d is %d, want %d", a, plane, y, x, got, want)
			}
		}
	}
}

// alter returns the image as the augmentation's next alteration makes it.
func alter(a *augmentation, image []byte) []byte {
	altered := make([]byte, len(image))
	a.draw().apply(altered, image, photo)
	return altered
}

// TestShifts finds each image of an epoch among all its shifts and counts them:
// each comes as often as any other, and epochs and seeds differ.
func TestShifts(t *testing.T) {
	const images, reach = 1000, 1
	set := randomSet(t, images)
	shifts := func(seed uint64, epoch int) (found [][2]int) {
		t.Helper()
		augmentation := BatchOptions{Shift: reach, Random: streams(seed)}.newAugmentation(epoch)
		shifted := make([]byte, photo.Values())
		for i := range set.Len() {
			got := alter(augmentation, set.Pixels(i))
			for right := -reach; right <= reach; right++ {
				for down := -reach; down <= reach; down++ {
					if shift(shifted, set.Pixels(i), photo, right, down); bytes.Equal(got, shifted) {
						found = append(found, [2]int{right, down})
					}
				}
			}
			if len(found) != i+1 {
				t.Fatalf("image %d is %d shifts of itself, want one", i, len(found)-i)
			}
		}
		return found
	}
	first := shifts(1, 1)
	counts := make(map[[2]int]int)
	for _, by := range first {
		counts[by]++
	}
	// Four standard deviations of 1000 draws of one in nine are 40.
	for by, count := range counts {
		if len(counts) != 9 || count < 71 || count > 151 {
			t.Errorf("the shift %v comes %d times, want about 111; there are %d shifts", by, count, len(counts))
		}
	}
	if !slices.Equal(shifts(1, 1), first) {
		t.Error("the same epoch shifts otherwise")
	}
	if slices.Equal(shifts(1, 2), first) || slices.Equal(shifts(2, 1), first) {
		t.Error("another epoch or seed shifts alike")
	}
}

// TestFlipAndShift proves that the shift is of the flipped image, and that
// neither depends on whether there is the other.
func TestFlipAndShift(t *testing.T) {
	set := randomSet(t, 100)
	both := BatchOptions{Flip: true, Shift: 5, Random: streams(1)}.newAugmentation(1)
	flip := BatchOptions{Flip: true, Random: streams(1)}.newAugmentation(1)
	move := BatchOptions{Shift: 5, Random: streams(1)}.newAugmentation(1)
	for i := range set.Len() {
		want := alter(move, alter(flip, set.Pixels(i)))
		if got := alter(both, set.Pixels(i)); !bytes.Equal(got, want) {
			t.Fatalf("image %d is not its flip, shifted", i)
		}
	}
}
