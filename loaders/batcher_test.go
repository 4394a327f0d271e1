package loaders

import (
	"fmt"
	"hash/fnv"
	"iter"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// streams returns a stream of its own for every seed and purpose.
func streams(seed uint64) func(purpose string) *rand.Rand {
	return func(purpose string) *rand.Rand {
		hash := fnv.New64a()
		hash.Write([]byte(purpose))
		return rand.New(rand.NewPCG(seed, hash.Sum64()))
	}
}

// randomSet is count images of arbitrary pixels.
func randomSet(count int) *Set { return selected(randomRecords(7, count)) }

// An epochCopy is what an epoch's batches held while each was used.
type epochCopy struct {
	Rows           []int
	Places         []int
	Labels, Images []float32 // of the rows that hold images
}

func (e epochCopy) equal(other epochCopy) bool {
	return slices.Equal(e.Rows, other.Rows) && slices.Equal(e.Places, other.Places) &&
		slices.Equal(e.Labels, other.Labels) && slices.Equal(e.Images, other.Images)
}

func copyEpoch(batcher *Batcher, epoch int) epochCopy { return copyBatches(batcher.Epoch(epoch)) }

func copyBatches(batches iter.Seq[*Batch]) epochCopy {
	var all epochCopy
	for batch := range batches {
		rows := batch.Rows()
		all.Rows = append(all.Rows, rows)
		all.Places = append(all.Places, batch.Places...)
		all.Labels = append(all.Labels, batch.Labels.Float32s()[:rows]...)
		all.Images = append(all.Images, batch.Images().Float32s()[:rows*photo.Values()]...)
	}
	return all
}

// rowIs reports whether pixels are image's bytes over 255.
func rowIs(pixels []float32, image []byte) bool {
	for i, got := range pixels {
		if got != float32(image[i])/255 {
			return false
		}
	}
	return true
}

func TestEpoch(t *testing.T) {
	plain := NewTransform(photo, nil)
	for _, test := range []struct {
		images, size int
		rows         []int
	}{
		{10, 4, []int{4, 4, 2}}, {8, 4, []int{4, 4}}, {3, 4, []int{3}}, {4, 4, []int{4}}, {3, 1, []int{1, 1, 1}}, {0, 4, nil},
	} {
		for _, shuffle := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d in %ds, shuffled %v", test.images, test.size, shuffle), func(t *testing.T) {
				set := randomSet(test.images)
				batcher := NewBatcher(set, plain, BatchOptions{Size: test.size, Shuffle: shuffle, Random: streams(1)})
				if batcher.Size() != test.size || batcher.NumBatches() != len(test.rows) {
					t.Errorf("%d batches of %d, want %d of %d", batcher.NumBatches(), batcher.Size(), len(test.rows), test.size)
				}
				epoch := copyEpoch(batcher, 1)
				if diff := cmp.Diff(test.rows, epoch.Rows); diff != "" {
					t.Errorf("rows of the batches (-want +got):\n%s", diff)
				}
				seen := make([]bool, test.images)
				for row, place := range epoch.Places {
					if seen[place] {
						t.Errorf("image %d comes twice", place)
					}
					seen[place] = true
					if !shuffle && place != row {
						t.Errorf("row %d is image %d without shuffling", row, place)
					}
					if !rowIs(epoch.Images[row*photo.Values():(row+1)*photo.Values()], set.Pixels(place)) {
						t.Errorf("row %d does not hold image %d's pixels", row, place)
					}
					if want := float32(place % 10); epoch.Labels[row] != want {
						t.Errorf("row %d's label is %v, want %v", row, epoch.Labels[row], want)
					}
				}
				if slices.Contains(seen, false) {
					t.Errorf("images seen: %v", seen)
				}
			})
		}
	}
}

func TestShuffle(t *testing.T) {
	set := randomSet(50)
	places := func(seed uint64, flip bool, epochs ...int) []int {
		batcher := NewBatcher(set, NewTransform(photo, nil), BatchOptions{Size: 8, Shuffle: true, Flip: flip, Random: streams(seed)})
		var last []int
		for _, epoch := range epochs {
			last = copyEpoch(batcher, epoch).Places
		}
		return last
	}
	first := places(1, false, 1)
	if slices.IsSorted(first) {
		t.Error("the shuffled order is the set's")
	}
	if !slices.Equal(first, places(1, false, 1)) || !slices.Equal(first, places(1, true, 1)) {
		t.Error("the order does not follow from the seed and the epoch, or flipping changes it")
	}
	if slices.Equal(first, places(1, false, 2)) || slices.Equal(first, places(2, false, 1)) {
		t.Error("another epoch or seed has the same order")
	}
	// A resumed run starts with a later epoch.
	if !slices.Equal(places(1, false, 1, 2, 3), places(1, false, 3)) {
		t.Error("the third epoch depends on those before")
	}
}

func TestRandomPurposes(t *testing.T) {
	var asked []string
	options := BatchOptions{Size: 4, Shuffle: true, Flip: true, Shift: 1, Random: func(purpose string) *rand.Rand {
		asked = append(asked, purpose)
		return streams(1)(purpose)
	}}
	copyEpoch(NewBatcher(randomSet(10), NewTransform(photo, nil), options), 3)
	if diff := cmp.Diff([]string{"shuffle/3", "flip/3", "shift/3"}, asked); diff != "" {
		t.Errorf("streams asked for (-want +got):\n%s", diff)
	}
}

// A set that is not augmented is read where it lies; altered images are
// written elsewhere.
func TestBytesLeaveTheSetAlone(t *testing.T) {
	for _, options := range []BatchOptions{{Size: 8}, {Size: 8, Flip: true, Shift: 2, Random: streams(1)}} {
		set := randomSet(20)
		before := slices.Clone(set.images.records)
		for batch := range NewBatcher(set, NewTransform(photo, nil), options).Epoch(1) {
			if len(batch.Bytes) != batch.Rows() {
				t.Fatalf("%d rows of bytes for %d images", len(batch.Bytes), batch.Rows())
			}
			for row, place := range batch.Places {
				if own := &batch.Bytes[row][0] == &set.Pixels(place)[0]; own == (options.Shift > 0) {
					t.Errorf("altered: %v; row %d is the set's own: %v", options.Shift > 0, row, own)
				}
			}
		}
		if !slices.Equal(set.images.records, before) {
			t.Error("the set's images have changed")
		}
	}
}

func TestEpochOnOneOrTwoProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	set := randomSet(300)
	transform := NewTransform(photo, cifarNormalization).Centered(set)
	var copies []epochCopy
	for _, processors := range []int{1, 2} {
		runtime.GOMAXPROCS(processors)
		batcher := NewBatcher(set, transform, BatchOptions{Size: 64, Shuffle: true, Flip: true, Shift: 3, Random: streams(1)})
		copies = append(copies, copyEpoch(batcher, 1))
	}
	if !copies[0].equal(copies[1]) {
		t.Error("the batches depend on GOMAXPROCS")
	}
}

// An epoch entered after any number of steps goes on as it would have.
func TestEpochAfter(t *testing.T) {
	batcher := NewBatcher(randomSet(100), NewTransform(photo, nil), BatchOptions{Size: 8, Shuffle: true, Flip: true, Random: streams(1)})
	whole := copyBatches(batcher.Epoch(2))
	for steps := range 15 { // the epoch has 13
		done := min(8*steps, 100)
		want := epochCopy{whole.Rows[min(steps, 13):], whole.Places[done:], whole.Labels[done:], whole.Images[done*photo.Values():]}
		if !copyBatches(batcher.EpochAfter(2, steps)).equal(want) {
			t.Errorf("after %d steps the epoch goes on otherwise", steps)
		}
	}
}

// An epoch allocates a few things, a batch nothing.
func TestEpochAllocations(t *testing.T) {
	allocations := func(images int) float64 {
		batcher := NewBatcher(randomSet(images), NewTransform(photo, nil), BatchOptions{Size: 4, Shuffle: true, Flip: true, Shift: 2, Random: streams(1)})
		return testing.AllocsPerRun(5, func() {
			for range batcher.Epoch(1) {
			}
		})
	}
	few, many := allocations(8), allocations(800)
	t.Logf("%v allocations in an epoch of 2 batches, %v in one of 200", few, many)
	if few > 40 || many > few+10 {
		t.Errorf("%v allocations in an epoch of 2 batches, %v in one of 200; want few, whatever the batches", few, many)
	}
}

func BenchmarkEpoch(b *testing.B) {
	set := randomSet(10_000)
	normalized := NewTransform(photo, cifarNormalization)
	for name, options := range map[string]BatchOptions{"plain": {}, "flipped": {Flip: true}, "shifted": {Shift: 2}, "centered": {}} {
		transform := normalized
		if name == "centered" {
			transform = normalized.Centered(set)
		}
		b.Run(name, func(b *testing.B) {
			options.Size, options.Shuffle, options.Random = 64, true, streams(1)
			batcher := NewBatcher(set, transform, options)
			b.ReportAllocs()
			epoch := 0
			for b.Loop() {
				epoch++
				for range batcher.Epoch(epoch) {
				}
			}
			b.ReportMetric(float64(epoch*set.Len())/b.Elapsed().Seconds(), "images/s")
		})
	}
}
