package loaders

import (
	"fmt"
	"iter"
	"math/rand/v2"

	"gorgonia.org/tensor"

	"cifartrain/kernels"
)

// A Batch is a number of images ready for a model. It belongs to its Batcher,
// which fills it anew when the next one is asked for.
type Batch struct {
	// Bytes holds the rows' images, a row each. The rows of a set that is not
	// augmented are the set's own; nobody may write to them.
	Bytes  [][]byte
	Labels *tensor.Dense // (B), each class's place in the set's Classes
	// Places are those of the rows' images in the Set. A last batch has fewer
	// than B; the labels beyond them are stale.
	Places []int32
	// Transform turns Bytes into a model's input.
	Transform *Transform

	images *tensor.Dense // (B, values of an image), nil until a model wants it
}

// Rows is the number of rows, from the first, that hold images.
func (b *Batch) Rows() int { return len(b.Places) }

// Images returns the rows' transformed values, (B, values of an image), for a
// model that does not read bytes. The next batch's are written over them; the
// rows beyond the batch's last are stale.
func (b *Batch) Images() *tensor.Dense {
	if b.images == nil {
		b.images = tensor.New(tensor.WithShape(cap(b.Bytes), b.Transform.shape.Values()), tensor.Of(tensor.Float32))
	}
	b.Transform.tables.NormalizeRows(b.images.Float32s(), b.Bytes, b.Transform.mean)
	return b.images
}

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

// A Batcher cuts a set into batches. It prepares each when it is asked for, on
// as many processors as that is worth: what there is to do takes less time than
// waking a goroutine that would do it ahead.
type Batcher struct {
	Set *Set

	transform *Transform
	options   BatchOptions
	batch     *Batch       // filled anew for each batch of an epoch
	altered   []alteration // what happens to each row of it
	buffers   []byte       // (B, values of an image), the altered rows; nil for none
}

// NewBatcher returns a batcher over set.
func NewBatcher(set *Set, transform *Transform, options BatchOptions) *Batcher {
	b := &Batcher{Set: set, transform: transform, options: options}
	b.batch = &Batch{
		Bytes:     make([][]byte, 0, options.Size),
		Labels:    tensor.New(tensor.WithShape(options.Size), tensor.Of(tensor.Float32)),
		Transform: transform,
	}
	if options.Flip || options.Shift > 0 {
		b.altered = make([]alteration, options.Size)
		b.buffers = make([]byte, options.Size*set.Shape.Values())
	}
	return b
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
		order := b.order(epoch)
		augmentation := b.options.newAugmentation(epoch)
		skipped := min(steps*b.options.Size, len(order))
		augmentation.skip(skipped)
		for first := skipped; first < len(order); first += b.options.Size {
			b.fill(order[first:min(first+b.options.Size, len(order))], augmentation)
			if !yield(b.batch) {
				return
			}
		}
	}
}

// fill makes the batch that of the images at places.
func (b *Batcher) fill(places []int32, augmentation *augmentation) {
	batch, labels := b.batch, b.batch.Labels.Float32s()
	batch.Places, batch.Bytes = places, batch.Bytes[:0]
	for row, place := range places {
		batch.Bytes = append(batch.Bytes, b.Set.Pixels(int(place)))
		labels[row] = float32(b.Set.Class(int(place)))
	}
	if b.buffers == nil {
		return
	}
	for row := range places {
		b.altered[row] = augmentation.draw()
	}
	kernels.Share(len(places), len(places)*b.Set.Shape.Values(), b)
}

// Rows alters some rows of the batch, for [kernels.Share].
func (b *Batcher) Rows(from, to int) {
	values := b.Set.Shape.Values()
	for row := from; row < to; row++ {
		altered := b.buffers[row*values : (row+1)*values]
		b.altered[row].apply(altered, b.batch.Bytes[row], b.Set.Shape)
		b.batch.Bytes[row] = altered
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
