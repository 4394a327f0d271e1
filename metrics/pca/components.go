package pca

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

const (
	// tolerance ends the fit: once another block of vectors would lower the
	// remaining error by less than this share of it, further blocks would lower
	// it by even less. roughly does so for a fit that another one begins with.
	tolerance, roughly = 1e-5, 1e-3

	// negligible is the share of the total variance below which a direction
	// counts as rounding error: the large products are computed in float32.
	negligible = 1e-7

	// fewest is the number of images to which at least the vectors are fitted
	// that another fit begins with.
	fewest = 2000
)

// fitComponents finds the first principal components of images whose squared
// values sum to total: count of them, or as many as the images' rank if that is
// smaller. squares holds for each the sum of the images' squared coordinates
// along it.
//
// It searches the span of a block of vectors and of its products with S = sum x
// x^T. The span grows by one block in each pass over the images, until the error
// has settled. This is the block Lanczos method with full orthogonalization: it
// does not need S itself, whose 3072x3072 values would cost many times as much.
// See Musco and Musco, "Randomized block Krylov methods for stronger and faster
// approximate singular value decomposition" (NeurIPS 2015).
func fitComponents(ctx context.Context, count int, images *centered, total, tolerance float64) (vectors [][]float64, squares []float64, err error) {
	random := rand.New(rand.NewPCG(12, 1))
	block, err := firstBlock(ctx, random, count, images)
	if err != nil {
		return nil, nil, err
	}
	size := len(block)
	var basis, projected [][]float64 // basis[i], (pixels), and its products with S basis[0..i]
	for gain, held := 0.0, 0.0; ; {
		products, err := images.scatterProducts(ctx, block)
		if err != nil {
			return nil, nil, err
		}
		for i, vector := range block {
			basis = append(basis, vector)
			row := make([]float64, len(basis))
			for j, b := range basis {
				row[j] = floats.Dot(b, products[i])
			}
			projected = append(projected, row)
		}
		squares, ascending, err := eigen(projected)
		if err != nil {
			return nil, nil, err
		}
		before, sum := gain, floats.Sum(squares[:min(count, len(squares))])
		gain = sum - held
		// Each gain is a smaller share of the one before than that was of its
		// own. The first "gain" is none.
		settled := gain <= negligible*total || before > 0 && before < held && gain*gain/before <= tolerance*(total-sum)
		held = sum
		if !settled {
			block = orthonormalize(products, basis, negligible*total)
			if len(block) == 0 { // the products add nothing new: continue with random vectors
				block = orthonormalize(gaussian(random, size, images.pixels), basis, negligible)
			}
		}
		if settled || len(block) == 0 {
			rank := slices.IndexFunc(append(squares, 0), func(s float64) bool { return s <= negligible*total })
			k := min(count, rank)
			return combine(basis, ascending, k), squares[:k], nil
		}
	}
}

// firstBlock returns the vectors with which a fit begins. They are random, or, if
// there are many images, mostly those fitted to a quarter of them, which saves
// most passes over all. Then random vectors find what the quarter lacks.
func firstBlock(ctx context.Context, random *rand.Rand, count int, images *centered) (block [][]float64, err error) {
	extra := max(count/8, 16)
	if few := (quarter{images.images}); few.Len() >= max(fewest, 4*count) {
		some := newCentered(images.Arithmetic, few, images.mean)
		total, err := some.squares(ctx, nil)
		if err == nil {
			block, _, err = fitComponents(ctx, count+extra/2, some, total, roughly)
		}
		if err != nil {
			return nil, err
		}
		extra /= 2
	}
	return orthonormalize(append(block, gaussian(random, extra, images.pixels)...), nil, 0), nil
}

// A quarter is every fourth image of a set.
type quarter struct{ Images }

// Len is the number of images.
func (q quarter) Len() int { return q.Images.Len() / 4 }

// Pixels returns image i.
func (q quarter) Pixels(i int) []byte { return q.Images.Pixels(4 * i) }

// orthonormalize returns unit vectors, orthogonal to basis and to each other,
// that extend the span of basis to that of vectors. It leaves out vectors that
// add less than floor in length, and all vectors once the span is the whole
// space.
func orthonormalize(vectors, basis [][]float64, floor float64) [][]float64 {
	all := slices.Clone(basis)
	for _, vector := range vectors {
		if len(all) == len(vector) {
			break
		}
		v := slices.Clone(vector)
		for range 2 { // once leaves rounding errors, twice is enough (Kahan)
			for _, b := range all {
				floats.AddScaled(v, -floats.Dot(b, v), b)
			}
		}
		if length := floats.Norm(v, 2); length > floor {
			floats.Scale(1/length, v)
			all = append(all, v)
		}
	}
	return all[len(basis):]
}

// eigen returns the eigenvalues of a symmetric matrix, given by its lower
// triangle, largest first, and its eigenvectors as columns, in the reverse order.
// Those of S restricted to a basis are in terms of the basis: the Rayleigh-Ritz
// method.
func eigen(lower [][]float64) (values []float64, ascending *mat.Dense, err error) {
	matrix := mat.NewSymDense(len(lower), nil)
	for i, row := range lower {
		for j, value := range row {
			matrix.SetSym(i, j, value)
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(matrix, true) {
		return nil, nil, errors.New("computing the eigenvalues did not converge")
	}
	ascending = new(mat.Dense)
	eigen.VectorsTo(ascending)
	values = eigen.Values(nil)
	slices.Reverse(values)
	return values, ascending, nil
}

// combine returns the vectors whose coordinates in terms of basis are the last
// k columns, the last one first.
func combine(basis [][]float64, ascending *mat.Dense, k int) [][]float64 {
	vectors := make([][]float64, k)
	for j := range vectors {
		vectors[j] = make([]float64, len(basis[0]))
		for i, b := range basis {
			floats.AddScaled(vectors[j], ascending.At(i, len(basis)-1-j), b)
		}
	}
	return vectors
}

// gaussian draws vectors of independent standard normal values.
func gaussian(random *rand.Rand, count, length int) [][]float64 {
	vectors := make([][]float64, count)
	for i := range vectors {
		vectors[i] = make([]float64, length)
		for j := range vectors[i] {
			vectors[i][j] = random.NormFloat64()
		}
	}
	return vectors
}
