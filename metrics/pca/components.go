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
	// tolerance ends the fit: once another block of vectors lowers the
	// remaining error by less than this share of it, further blocks would lower
	// it by even less.
	tolerance = 1e-5

	// negligible is the share of the total variance below which a direction
	// counts as rounding error: the large products are computed in float32.
	negligible = 1e-7
)

// components are orthonormal directions, that of the largest variance first.
type components struct {
	vectors [][]float64 // (k, pixels)
	squares []float64   // (k), for each vector the sum of the images' squared coordinates along it
}

// fitComponents finds the first principal components of images whose squared
// values sum to total: as many as the largest of counts, or as many as the
// images' rank if that is smaller.
//
// It searches the span of a random block of vectors and of its products with S
// = sum x x^T. The span grows by one block in each pass over the images, until
// the errors for all of counts have settled. This is the block Lanczos method
// with full orthogonalization: it needs neither S itself, whose 3072x3072
// values would cost many times as much, nor blocks as large as the number of
// components. See Musco and Musco, "Randomized block Krylov methods for
// stronger and faster approximate singular value decomposition" (NeurIPS 2015),
// and for the small blocks Meyer, Musco and Musco, "On the unreasonable
// effectiveness of single vector Krylov methods for low-rank approximation"
// (SODA 2024). Small blocks rely on variances that are not exactly equal, as
// those of pictures never are.
func fitComponents(ctx context.Context, counts []int, images *centered, total float64) (components, error) {
	largest, pixels := slices.Max(counts), len(images.mean)
	size := min(max(largest/8, 16), vectorsAtOnce) // small blocks need fewer products, large ones fewer passes
	random := rand.New(rand.NewPCG(12, 1))
	var basis, products [][]float64 // basis[i] and S basis[i], each (pixels)
	block := orthonormalize(gaussian(random, size, pixels), nil, 0)
	held := make([]float64, len(counts))
	for {
		next, err := images.scatterProducts(ctx, block)
		if err != nil {
			return components{}, err
		}
		basis, products = append(basis, block...), append(products, next...)
		squares, coordinates, err := eigenWithin(basis, products)
		if err != nil {
			return components{}, err
		}
		settled := true
		for i, k := range counts {
			sum := floats.Sum(squares[:min(k, len(squares))])
			settled = settled && sum-held[i] <= tolerance*(total-sum)+negligible*total
			held[i] = sum
		}
		block = orthonormalize(next, basis, negligible*total)
		if len(block) == 0 { // the products add nothing new: continue with random vectors
			block = orthonormalize(gaussian(random, size, pixels), basis, negligible)
		}
		if settled || len(block) == 0 {
			rank := slices.IndexFunc(append(squares, 0), func(s float64) bool { return s <= negligible*total })
			k := min(largest, rank)
			return components{combine(basis, coordinates, k), squares[:k]}, nil
		}
	}
}

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

// eigenWithin returns the eigenvalues of S restricted to the span of basis,
// largest first, and its eigenvectors as the columns of coordinates, in terms
// of basis: the Rayleigh-Ritz method.
func eigenWithin(basis, products [][]float64) (values []float64, coordinates *mat.Dense, err error) {
	n := len(basis)
	projected := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			projected.SetSym(i, j, floats.Dot(basis[i], products[j]))
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(projected, true) {
		return nil, nil, errors.New("computing the eigenvalues did not converge")
	}
	var ascending mat.Dense
	eigen.VectorsTo(&ascending)
	coordinates = mat.NewDense(n, n, nil)
	for j := range n {
		coordinates.SetCol(j, mat.Col(nil, n-1-j, &ascending))
	}
	values = eigen.Values(nil)
	slices.Reverse(values)
	return values, coordinates, nil
}

// combine returns the vectors whose coordinates in terms of basis are the first
// k columns of coordinates.
func combine(basis [][]float64, coordinates *mat.Dense, k int) [][]float64 {
	vectors := make([][]float64, k)
	for j := range vectors {
		vectors[j] = make([]float64, len(basis[0]))
		for i, b := range basis {
			floats.AddScaled(vectors[j], coordinates.At(i, j), b)
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
