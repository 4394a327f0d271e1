package loaders

import (
	"fmt"
	"iter"
	"math/rand/v2"

	"gorgonia.org/tensor"

	"cifartrain/internal/kernels"
)

// A Batch is a number of images ready for a model. It belongs to its Batcher,
// which overwrites it with the next batch.
type Batch struct {
	// Bytes holds the image of each row. Without augmentation these are the
	// set's own bytes, which nobody may change.
	Bytes  [][]byte
	Labels *tensor.Dense // (rows), indexes in the set's Classes
	Places []int         // the indexes of the rows' images in the Set
	// Transform turns Bytes into a model's input.
	Transform *Transform

	images *tensor.Dense // (rows, values of an image), nil until a model wants it
	values []float32     // of images, for a full batch
}

// Rows is the number of images. The last batch of an epoch may have fewer than
// the others.
func (b *Batch) Rows() int { return len(b.Places) }

// Images returns the rows' transformed values, (rows, values of an image), for a
// model that does not read bytes. The next batch overwrites them.
func (b *Batch) Images() *tensor.Dense {
	width := b.Transform.shape.Values()
	if b.values == nil {
		b.values = make([]float32, cap(b.Bytes)*width)
	}
	if b.images == nil || b.images.Shape()[0] != b.Rows() {
		b.images = tensor.New(tensor.WithShape(b.Rows(), width), tensor.WithBacking(b.values[:b.Rows()*width]))
	}
	b.Transform.tables.NormalizeRows(b.images.Float32s(), b.Bytes, b.Transform.mean)
	return b.images
}

// BatchOptions say how a set is split into batches.
type BatchOptions struct {
	Size    int  // images in a batch; the last one of an epoch may hold fewer
	Shuffle bool // a new order every epoch instead of the set's
	Flip    bool // mirror each image with probability 1/2
	// Shift moves each image by up to this many pixels, fewer than its size,
	// horizontally and vertically; every shift is equally likely. The pixels at
	// the edge are repeated. 0 means none.
	Shift int
	// Random returns the stream for a purpose: "shuffle/3", "flip/3" and
	// "shift/3" for the third epoch.
	Random func(purpose string) *rand.Rand
}

// A Batcher splits a set into batches. It prepares each batch when it is asked
// for, on several processors if that is faster. It prepares nothing ahead:
// waking a goroutine for that would take longer than the work itself.
type Batcher struct {
	Set *Set

	transform *Transform
	options   BatchOptions
	batch     *Batch             // overwritten for each batch of an epoch
	altered   []alteration       // what happens to each row of it
	buffers   []byte             // (B, values of an image), the altered rows; nil without augmentation
	alter     func(from, to int) // alterRows, kept to spare an allocation for each batch
	clones    []*Batcher         // for goroutines of their own
}

// NewBatcher returns a batcher for a set.
func NewBatcher(set *Set, transform *Transform, options BatchOptions) *Batcher {
	batch := &Batch{Bytes: make([][]byte, 0, options.Size), Transform: transform}
	b := &Batcher{Set: set, transform: transform, options: options, batch: batch}
	if options.Flip || options.Shift > 0 {
		b.altered = make([]alteration, options.Size)
		b.buffers, b.alter = make([]byte, options.Size*set.Shape.Values()), b.alterRows
	}
	return b
}

// Clones returns so many batchers that yield the same batches, each for a goroutine of
// its own. The next call returns the same ones.
func (b *Batcher) Clones(count int) []*Batcher {
	for len(b.clones) < count {
		b.clones = append(b.clones, NewBatcher(b.Set, b.transform, b.options))
	}
	return b.clones[:count]
}

// Size is the number of rows of a full batch.
func (b *Batcher) Size() int { return b.options.Size }

// Sizes returns the numbers of rows that the batches have: that of full batches
// and that of the last one, if it is smaller.
func (b *Batcher) Sizes() (sizes []int) {
	if b.Set.Len() >= b.options.Size {
		sizes = append(sizes, b.options.Size)
	}
	if rest := b.Set.Len() % b.options.Size; rest > 0 {
		sizes = append(sizes, rest)
	}
	return sizes
}

// NumBatches is the number of batches an epoch has.
func (b *Batcher) NumBatches() int { return (b.Set.Len() + b.options.Size - 1) / b.options.Size }

// Epoch yields the batches of an epoch, counted from 1, each image once. Epochs
// of one batcher must not overlap.
func (b *Batcher) Epoch(epoch int) iter.Seq[*Batch] { return b.EpochAfter(epoch, 0) }

// EpochAfter yields the batches of an epoch that follow its first steps
// batches. They are the same as if those had been asked for.
func (b *Batcher) EpochAfter(epoch, steps int) iter.Seq[*Batch] {
	return func(yield func(*Batch) bool) {
		order := upTo(b.Set.Len())
		if b.options.Shuffle {
			stream := b.options.Random(fmt.Sprintf("shuffle/%d", epoch))
			stream.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		}
		draw := b.options.alterations(epoch)
		skipped := min(steps*b.options.Size, len(order))
		for range skipped { // so that the streams go on as if those images had been used
			draw()
		}
		for first := skipped; first < len(order); first += b.options.Size {
			b.fill(order[first:min(first+b.options.Size, len(order))], draw)
			if !yield(b.batch) {
				return
			}
		}
	}
}

// fill fills the batch with the images at the given indexes.
func (b *Batcher) fill(places []int, draw func() alteration) {
	batch := b.batch
	if batch.Rows() != len(places) {
		batch.Labels = tensor.New(tensor.WithShape(len(places)), tensor.Of(tensor.Float32))
	}
	labels := batch.Labels.Float32s()
	batch.Places, batch.Bytes = places, batch.Bytes[:0]
	for row, place := range places {
		batch.Bytes = append(batch.Bytes, b.Set.Pixels(place))
		labels[row] = float32(b.Set.Class(place))
	}
	if b.buffers == nil {
		return
	}
	for row := range places {
		b.altered[row] = draw()
	}
	kernels.Share(len(places), len(places)*b.Set.Shape.Values(), b.alter)
}

// alterRows alters the rows from one to another.
func (b *Batcher) alterRows(from, to int) {
	values := b.Set.Shape.Values()
	for row := from; row < to; row++ {
		altered := b.buffers[row*values : (row+1)*values]
		b.altered[row].apply(altered, b.batch.Bytes[row], b.Set.Shape)
		b.batch.Bytes[row] = altered
	}
}
