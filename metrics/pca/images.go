package pca

import (
	"context"
	"fmt"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// pixelSums are sums over a set of images in bytes, exact in whole numbers.
type pixelSums struct {
	count   int
	sums    []uint64 // (pixels), of each pixel over the images
	squares uint64   // the sum of all squared pixels of all images
}

// sumUp adds up images, which must have the given number of pixels. name is
// what an error calls them.
func sumUp(ctx context.Context, name string, images Images, pixels int) (pixelSums, error) {
	s := pixelSums{count: images.Len(), sums: make([]uint64, pixels)}
	if s.count == 0 {
		return pixelSums{}, fmt.Errorf("there are no %s images; at least one is needed", name)
	}
	for i := range s.count {
		if err := ctx.Err(); err != nil {
			return pixelSums{}, err
		}
		image := images.Pixels(i)
		if len(image) != pixels || pixels == 0 {
			return pixelSums{}, fmt.Errorf("%s image %d has %d pixels and the first training image %d; all need the same number, at least one", name, i, len(image), pixels)
		}
		squares := uint64(0)
		for p, b := range image {
			s.sums[p] += uint64(b)
			squares += uint64(b) * uint64(b)
		}
		s.squares += squares
	}
	return s, nil
}

// mean is the set's mean image.
func (s pixelSums) mean() []float64 {
	mean := make([]float64, len(s.sums))
	for p, sum := range s.sums {
		mean[p] = float64(sum) / float64(s.count)
	}
	return mean
}

// squaresAbout is the sum of |x - mean|² over the images x.
func (s pixelSums) squaresAbout(mean []float64) float64 {
	total := float64(s.squares)
	for p, m := range mean {
		total += m * (float64(s.count)*m - 2*float64(s.sums[p]))
	}
	return max(0, total)
}

// The block sizes of the matrix products. Gonum computes a product in the
// calling goroutine, and fastest, if the result has fewer than four blocks of
// 64x64.
const (
	imagesAtOnce  = 192
	vectorsAtOnce = 64
	pixelsAtOnce  = 192
)

// centered holds images minus a mean, converted to float32 a few at a time: a
// float32 copy of all of CIFAR-10 would take 700 MB.
type centered struct {
	images Images
	mean   []float32 // (pixels)
	block  []float32 // (imagesAtOnce, pixels)
}

func newCentered(images Images, mean []float64) *centered {
	return &centered{images, single(mean), make([]float32, min(imagesAtOnce, images.Len())*len(mean))}
}

// each calls visit with the images, in order, as rows of matrices.
func (c *centered) each(ctx context.Context, visit func(x blas32.General)) error {
	pixels := len(c.mean)
	for first := 0; first < c.images.Len(); first += imagesAtOnce {
		if err := ctx.Err(); err != nil {
			return err
		}
		count := min(imagesAtOnce, c.images.Len()-first)
		for i := range count {
			row := c.block[i*pixels : (i+1)*pixels]
			for p, b := range c.images.Pixels(first + i)[:pixels] {
				row[p] = float32(b) - c.mean[p]
			}
		}
		visit(matrix(count, pixels, c.block))
	}
	return nil
}

// scatterProducts returns S v for each of at most vectorsAtOnce vectors v,
// where S is the sum of x x^T over the images x.
func (c *centered) scatterProducts(ctx context.Context, vectors [][]float64) ([][]float64, error) {
	n, pixels := len(vectors), len(c.mean)
	v := matrix(n, pixels, single(vectors...))
	along := make([]float32, imagesAtOnce*n)
	sums := make([]float32, n*pixels) // over one batch of images; float32 is too coarse for all of them
	products := make([][]float64, n)
	for i := range products {
		products[i] = make([]float64, pixels)
	}
	err := c.each(ctx, func(x blas32.General) { // x is (images, pixels)
		y := matrix(x.Rows, n, along)
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, x, v, 0, y) // y = x v^T
		s := matrix(n, pixels, sums)
		for p := 0; p < pixels; p += pixelsAtOnce { // s = y^T x
			q := min(p+pixelsAtOnce, pixels)
			blas32.Gemm(blas.Trans, blas.NoTrans, 1, y, columns(x, p, q), 0, columns(s, p, q))
		}
		for i, product := range products {
			for p, sum := range sums[i*pixels : (i+1)*pixels] {
				product[p] += float64(sum)
			}
		}
	})
	return products, err
}

// squaresAlong returns for each of the vectors the sum over the images of the
// squared coordinate along it.
func (c *centered) squaresAlong(ctx context.Context, vectors [][]float64) ([]float64, error) {
	squares := make([]float64, 0, len(vectors))
	for some := range slices.Chunk(vectors, vectorsAtOnce) {
		n := len(some)
		v := matrix(n, len(c.mean), single(some...))
		along := make([]float32, imagesAtOnce*n)
		sums := make([]float64, n)
		err := c.each(ctx, func(x blas32.General) { // x is (images, pixels)
			y := matrix(x.Rows, n, along)
			blas32.Gemm(blas.NoTrans, blas.Trans, 1, x, v, 0, y) // y = x v^T
			for i, value := range y.Data {
				sums[i%n] += float64(value) * float64(value)
			}
		})
		if err != nil {
			return nil, err
		}
		squares = append(squares, sums...)
	}
	return squares, nil
}

// matrix is the first rows*columns values of data as a matrix, row by row.
func matrix(rows, columns int, data []float32) blas32.General {
	return blas32.General{Rows: rows, Cols: columns, Stride: columns, Data: data[:rows*columns]}
}

// columns returns the columns of m from one up to, but without, another.
func columns(m blas32.General, from, to int) blas32.General {
	return blas32.General{Rows: m.Rows, Cols: to - from, Stride: m.Stride, Data: m.Data[from : (m.Rows-1)*m.Stride+to]}
}

// single returns the vectors' values in float32, one vector after another.
func single(vectors ...[]float64) []float32 {
	var values []float32
	for _, v := range vectors {
		values = slices.Grow(values, len(v))
		for _, x := range v {
			values = append(values, float32(x))
		}
	}
	return values
}
