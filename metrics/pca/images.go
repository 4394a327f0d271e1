package pca

import (
	"context"
	"slices"
)

const (
	// imagesAtOnce is how many images are converted to float32 at a time, so
	// that they stay in a processor's cache for both products.
	imagesAtOnce = 256
	// stripes is how many parts a set of images is cut into, whatever the number
	// of processors. Sums over them are added up in order.
	stripes = 16
)

// centered are images minus a mean.
type centered struct {
	Arithmetic
	images Images
	mean   []float32 // (pixels), nil for zeros
	pixels int
}

func newCentered(arithmetic Arithmetic, images Images, mean []float32) *centered {
	return &centered{arithmetic, images, mean, len(images.Pixels(0))}
}

// each calls visit with all images, count of them at a time from the one at
// first on, as the rows of x, (count, pixels). The images of a stripe come in
// order; those of several stripes may come at once.
func (c *centered) each(ctx context.Context, visit func(stripe, first, count int, x []float32)) error {
	n := c.images.Len()
	c.Share(stripes, n*c.pixels, func(from, to int) {
		rows, block := make([][]byte, 0, imagesAtOnce), make([]float32, imagesAtOnce*c.pixels)
		for stripe := from; stripe < to; stripe++ {
			end := n * (stripe + 1) / stripes
			for first := n * stripe / stripes; first < end && ctx.Err() == nil; first += imagesAtOnce {
				rows = rows[:0]
				for i := first; i < min(first+imagesAtOnce, end); i++ {
					rows = append(rows, c.images.Pixels(i))
				}
				x := block[:len(rows)*c.pixels]
				c.Center(x, rows, c.mean)
				visit(stripe, first, len(rows), x)
			}
		}
	})
	return ctx.Err()
}

// total adds up, in float64, what visit adds to a stripe's sums, of the given
// length, for some of the images.
func (c *centered) total(ctx context.Context, length int, visit func(sums []float64, count int, x []float32)) ([]float64, error) {
	sums := make([]float64, stripes*length)
	err := c.each(ctx, func(stripe, _, count int, x []float32) { visit(sums[stripe*length:][:length], count, x) })
	total := sums[:length]
	for other := range slices.Chunk(sums[length:], max(1, length)) {
		for i, sum := range other {
			total[i] += sum
		}
	}
	return total, err
}

// meanOf returns the mean image, of pixels in [0, 1].
func meanOf(ctx context.Context, arithmetic Arithmetic, images Images) ([]float32, error) {
	set := newCentered(arithmetic, images, nil)
	ones := slices.Repeat([]float32{1}, imagesAtOnce)
	sums, err := set.total(ctx, set.pixels, func(sums []float64, count int, x []float32) {
		some := make([]float32, set.pixels)
		set.MatMulTN(some, ones, x, 1, set.pixels, count)
		add(sums, some)
	})
	mean := make([]float32, set.pixels)
	for p, sum := range sums {
		mean[p] = float32(sum / float64(images.Len()))
	}
	return mean, err
}

// squares returns the sum of |x|² over the images x, minus that of the squared
// coordinates along some orthonormal vectors.
func (c *centered) squares(ctx context.Context, vectors [][]float64) (float64, error) {
	n, v := len(vectors), single(vectors)
	left, err := c.total(ctx, 1, func(left []float64, count int, x []float32) {
		along := make([]float32, count*n)
		c.MatMulNT(along, x, v, count, n, c.pixels)
		left[0] += c.SquaredNorm(x) - c.SquaredNorm(along)
	})
	return left[0], err
}

// scatterProducts returns S v for each of the vectors v, where S is the sum of
// x x^T over the images x.
func (c *centered) scatterProducts(ctx context.Context, vectors [][]float64) ([][]float64, error) {
	n, v := len(vectors), single(vectors)
	products, err := c.total(ctx, n*c.pixels, func(sums []float64, count int, x []float32) {
		along, some := make([]float32, count*n), make([]float32, n*c.pixels)
		c.MatMulNT(along, x, v, count, n, c.pixels)    // x v^T, (count, n)
		c.MatMulTN(some, along, x, n, c.pixels, count) // (x v^T)^T x, (n, pixels)
		add(sums, some)
	})
	return slices.Collect(slices.Chunk(products, c.pixels)), err
}

// add adds values to sums, which are in float64 because float32 is too coarse
// for sums over all images.
func add(sums []float64, values []float32) {
	for i, value := range values {
		sums[i] += float64(value)
	}
}

// single returns the vectors' values in float32, one vector after another.
func single(vectors [][]float64) []float32 {
	var values []float32
	for _, v := range vectors {
		for _, x := range v {
			values = append(values, float32(x))
		}
	}
	return values
}
