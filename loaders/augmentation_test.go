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
	image := randomRecords(4, 1)[1:]
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

// TestAugmentation counts an epoch's alterations: each comes as often as any other,
// epochs and seeds differ, and batches hold the altered images.
func TestAugmentation(t *testing.T) {
	const images = 1000
	options := BatchOptions{Size: 64, Flip: true, Shift: 1}
	draw := func(seed uint64, epoch int) (drawn []alteration) {
		options.Random = streams(seed)
		next := options.alterations(epoch)
		for range images {
			drawn = append(drawn, next())
		}
		return drawn
	}
	if first := draw(1, 1); slices.Equal(draw(1, 2), first) || slices.Equal(draw(2, 1), first) {
		t.Error("another epoch or seed alters alike")
	}
	counts := make(map[alteration]int)
	drawn := draw(1, 1)
	for _, a := range drawn {
		counts[a]++
	}
	// Four standard deviations of 1000 draws of one in 18 are 29.
	for a, count := range counts {
		if len(counts) != 18 || count < 27 || count > 84 {
			t.Errorf("%+v comes %d times, want about 56; there are %d alterations", a, count, len(counts))
		}
	}
	set, want := randomSet(images), make([]byte, photo.Values())
	for batch := range NewBatcher(set, NewTransform(photo, nil), options).Epoch(1) {
		for row, place := range batch.Places {
			if drawn[place].apply(want, set.Pixels(place), photo); !bytes.Equal(batch.Bytes[row], want) {
				t.Errorf("image %d is not altered as drawn", place)
			}
		}
	}
}

// TestFlipAndShift proves that the shift is of the flipped image, and that
// neither depends on whether there is the other.
func TestFlipAndShift(t *testing.T) {
	set := randomSet(100)
	both := BatchOptions{Flip: true, Shift: 5, Random: streams(1)}.alterations(1)
	flip := BatchOptions{Flip: true, Random: streams(1)}.alterations(1)
	move := BatchOptions{Shift: 5, Random: streams(1)}.alterations(1)
	flipped, want, got := make([]byte, photo.Values()), make([]byte, photo.Values()), make([]byte, photo.Values())
	for i := range set.Len() {
		flip().apply(flipped, set.Pixels(i), photo)
		move().apply(want, flipped, photo)
		if both().apply(got, set.Pixels(i), photo); !bytes.Equal(got, want) {
			t.Fatalf("image %d is not its flip, shifted", i)
		}
	}
}
