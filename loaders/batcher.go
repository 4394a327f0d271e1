package loaders

import (
	"fmt"
	"iter"
	"math/rand/v2"

	"gorgonia.org/tensor"
)

// A Batch is a number of images ready for a model. It belongs to its Batcher,
// which fills it anew after the next one was asked for.
type Batch struct {
	Images *tensor.Dense // (B, values of an image), transformed
	Labels *tensor.Dense // (B), each class's place in the set's Classes
	// Places are those of the rows' images in the Set. A last batch has fewer
	// than B; the rows beyond them are stale.
	Places []int32
}

// Rows is the number of rows, from the first, that hold images.
func (b *Batch) Rows() int { return len(b.Places) }

// BatchOptions say how a set is cut into batches.
type BatchOptions struct {
	Size    int  // images a batch; the last one of an epoch may hold fewer
	Shuffle bool // a new order every epoch instead of the set's
	Flip    bool // mirror each image with probability 1/2
	// Shift moves each image by up to so many pixels, fewer than it has, to
	// either side and up or down, each shift as likely as any other; 0 = none.
	// The edges are repeated.
	Shift int
	// Random returns the stream for a purpose: "shuffle/3", "flip/3" and
	// "shift/3" for the third epoch.
	Random func(purpose string) *rand.Rand
}

// A Batcher cuts a set into batches, preparing the next while one is used.
type Batcher struct {
	Set *Set

	transform *Transform
	options   BatchOptions
	batches   []*Batch // in use or in preparation
}

// NewBatcher returns a batcher over set.
func NewBatcher(set *Set, transform *Transform, options BatchOptions) *Batcher {
	b := &Batcher{Set: set, transform: transform, options: options}
	values := set.Shape.Values()
	for range prefetch(options.Size * values) {
		b.batches = append(b.batches, &Batch{
			Images: tensor.New(tensor.WithShape(options.Size, values), tensor.Of(tensor.Float32)),
			Labels: tensor.New(tensor.WithShape(options.Size), tensor.Of(tensor.Float32)),
		})
	}
	return b
}

// prefetch is how many batches a batcher keeps, an even number, where one holds
// the given number of float32 values. A small batch is used up so fast that
// waking the goroutine that prepares the next would take as long as the work
// itself, so it prepares several at a time.
func prefetch(values int) int {
	const most, bytes = 8, 8 << 20
	return max(2, min(most, bytes/4/values)/2*2)
}

// Size is the number of rows of a batch, B.
func (b *Batcher) Size() int { return b.options.Size }

// Batches is the number of batches an epoch has.
func (b *Batcher) Batches() int { return (b.Set.Len() + b.options.Size - 1) / b.options.Size }

// Epoch yields the batches of an epoch, counted from 1, each image once. Epochs
// of one batcher must not overlap.
func (b *Batcher) Epoch(epoch int) iter.Seq[*Batch] { return b.EpochAfter(epoch, 0) }

// EpochAfter yields the batches of an epoch that follow the first steps of
// them, as they would come had those been made too.
func (b *Batcher) EpochAfter(epoch, steps int) iter.Seq[*Batch] {
	return func(yield func(*Batch) bool) {
		empty, filled := make(chan *Batch, len(b.batches)), make(chan *Batch, len(b.batches))
		for _, batch := range b.batches {
			empty <- batch
		}
		go func() {
			defer close(filled)
			b.fill(epoch, steps, empty, filled)
		}()
		defer func() { // after a break, wait until nobody writes to the batches
			close(empty)
			for range filled {
			}
		}()
		var used []*Batch
		for batch := range filled {
			if !yield(batch) {
				return
			}
			used = append(used, batch)
			if len(used) < len(b.batches)/2 {
				continue
			}
			for _, batch := range used {
				empty <- batch
			}
			used = used[:0]
		}
	}
}

// fill prepares an epoch's batches after the first steps of them until all are
// made or empty is closed.
func (b *Batcher) fill(epoch, steps int, empty <-chan *Batch, filled chan<- *Batch) {
	order := b.order(epoch)
	augmentation := b.options.newAugmentation(b.Set.Shape, epoch)
	values := b.Set.Shape.Values()
	skipped := min(steps*b.options.Size, len(order))
	augmentation.skip(skipped)
	for first := skipped; first < len(order); first += b.options.Size {
		batch, open := <-empty
		if !open {
			return
		}
		places := order[first:min(first+b.options.Size, len(order))]
		batch.Places = places
		images, labels := batch.Images.Float32s(), batch.Labels.Float32s()
		for row, place := range places {
			image := augmentation.apply(b.Set.Pixels(int(place)))
			b.transform.Apply(images[row*values:(row+1)*values], image)
			labels[row] = float32(b.Set.Class(int(place)))
		}
		filled <- batch
	}
}

// order is the epoch's order of the set's images.
func (b *Batcher) order(epoch int) []int32 {
	order := make([]int32, b.Set.Len())
	for i := range order {
		order[i] = int32(i)
	}
	if b.options.Shuffle {
		stream := b.options.Random(fmt.Sprintf("shuffle/%d", epoch))
		stream.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	return order
}
