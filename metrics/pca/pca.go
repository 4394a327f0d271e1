// Package pca fits principal components to images. They are the yardstick for
// an autoencoder: no linear one with as many latent values reconstructs the
// training images better.
package pca

import (
	"context"
	"fmt"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// Images are pictures of equal size in bytes, 0 to 255. Pixels returns those of
// image i, which must not be changed; goroutines may call it at once.
type Images interface {
	Len() int
	Pixels(i int) []byte
}

// Arithmetic is what a fit spends nearly all its time with. A caller passes in
// the fastest functions that it has. Results do not depend on the number of
// processors if those of the functions do not.
type Arithmetic struct {
	MatMulNT func(c, a, b []float32, m, n, k int) // sets C = A B^T for A (m, k), B (n, k) and C (m, n)
	MatMulNN func(c, a, b []float32, m, n, k int) // sets C = A B for A (m, k), B (k, n) and C (m, n)
	MatMulTN func(c, a, b []float32, m, n, k int) // sets C = A^T B for A (k, m), B (k, n) and C (m, n)

	Center      func(rows []float32, images [][]byte, mean []float32) // sets each row to an image's byte/255 - mean; a nil mean stands for zeros
	SquaredNorm func(values []float32) float64                        // the sum of the squared values

	// Share calls work for parts of 0 to n, on several processors. numbers is how
	// many numbers all of it reads.
	Share func(n, numbers int, work func(from, to int))
}

// A Fit holds the first principal components of some images with pixels in
// [0, 1]. With the images' mean m and the components v_1..v_k, an image x is
// reconstructed as m + sum_j v_j (v_j·(x - m)). Since the components are
// orthonormal, the squared error is |x - m|² - sum_j (v_j·(x - m))². See Bishop,
// "Pattern Recognition and Machine Learning" (2006), section 12.1.
type Fit struct {
	Vectors [][]float64 // (k, pixels), that of the largest variance first

	arithmetic Arithmetic
	mean       []float32 // (pixels)
	images     int
	total      float64   // the images' squared distance from the mean
	squares    []float64 // (k), the part of it along each vector
}

// New fits count principal components to images, or as many as the images' rank
// if that is smaller. The error that they leave is above the smallest possible
// one by at most about 1e-5 of it. When ctx ends, New stops soon and returns an
// error that wraps ctx's. Its only other error is that there are no images or
// components.
func New(ctx context.Context, arithmetic Arithmetic, count int, images Images) (*Fit, error) {
	if images.Len() == 0 || count < 1 {
		return nil, fmt.Errorf("principal components: %d of %d images; at least one of each is needed", count, images.Len())
	}
	fit := &Fit{arithmetic: arithmetic, images: images.Len()}
	var err error
	if fit.mean, err = meanOf(ctx, arithmetic, images); err == nil {
		set := newCentered(arithmetic, images, fit.mean)
		if fit.total, err = set.squares(ctx, nil); err == nil {
			fit.Vectors, fit.squares, err = fitComponents(ctx, count, set, fit.total, tolerance)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("principal components: %w", err)
	}
	return fit, nil
}

// First returns the fit of the first count components.
func (f *Fit) First(count int) *Fit {
	first := *f
	first.Vectors = f.Vectors[:min(count, len(f.Vectors))]
	return &first
}

// MSE is the mean squared error of a pixel that the components leave in the
// images they were fitted to.
func (f *Fit) MSE() float64 {
	left := f.total - floats.Sum(f.squares[:len(f.Vectors)])
	return max(0, left) / float64(f.images*len(f.mean)) // rounding may make it negative
}

// Explained is the share of those images' variance that the components explain,
// in [0, 1]; it is 1 if there is no variance.
func (f *Fit) Explained() float64 {
	if f.total == 0 {
		return 1
	}
	return min(1, floats.Sum(f.squares[:len(f.Vectors)])/f.total)
}

// A Result says how well a number of principal components reconstruct images
// with pixels in [0, 1].
type Result struct {
	Components int `json:"components"`

	// The mean squared error of a pixel: on the training images, to which the
	// components were fitted, and on the images to which they were not.
	TrainMSE      float64 `json:"train_mse"`
	ValidationMSE float64 `json:"validation_mse"`
	TestMSE       float64 `json:"test_mse"`

	// ExplainedShare is the share of the training images' variance that the
	// components explain, in [0, 1].
	ExplainedShare float64 `json:"explained_share"`
}

// Measure returns how well the components reconstruct the images to which they
// were fitted, and others. Its only error is ctx's.
func (f *Fit) Measure(ctx context.Context, validation, test Images) (Result, error) {
	validationMSE, err := f.Error(ctx, validation)
	if err != nil {
		return Result{}, err
	}
	testMSE, err := f.Error(ctx, test)
	return Result{len(f.Vectors), f.MSE(), validationMSE, testMSE, f.Explained()}, err
}

// Error returns the mean squared error of a pixel that the components leave in
// other images, of which there must be one at least. Its only error is ctx's.
func (f *Fit) Error(ctx context.Context, images Images) (mse float64, err error) {
	left, err := newCentered(f.arithmetic, images, f.mean).squares(ctx, f.Vectors)
	return max(0, left) / float64(images.Len()*len(f.mean)), err
}

// Reconstruct reconstructs each of the images, of which there must be one at least,
// in order, and calls visit with it: pixels that are mostly in [0, 1] and are
// overwritten after the call. Its only error is ctx's.
func (f *Fit) Reconstruct(ctx context.Context, images Images, visit func(i int, reconstructed []float32)) error {
	n, pixels, v := len(f.Vectors), len(f.mean), single(f.Vectors)
	along, reconstructed := make([]float32, imagesAtOnce*n), make([]float32, imagesAtOnce*pixels)
	set := newCentered(f.arithmetic, images, f.mean)
	set.Share = func(n, _ int, work func(from, to int)) { work(0, n) } // in order
	return set.each(ctx, func(_, first, count int, x []float32) {
		f.arithmetic.MatMulNT(along, x, v, count, n, pixels)             // (count, n)
		f.arithmetic.MatMulNN(reconstructed, along, v, count, pixels, n) // (count, pixels)
		for i, row := range slices.Collect(slices.Chunk(reconstructed[:count*pixels], pixels)) {
			for p, m := range f.mean {
				row[p] += m
			}
			visit(first+i, row)
		}
	})
}
