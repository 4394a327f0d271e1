package pca

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// Errors returns the mean squared error of each of the images, with pixels in
// [0, 1], when they are reconstructed from the given number of principal
// components of the fitted images. Its own errors are those of [Fit].
func Errors(ctx context.Context, components int, fitted, images Images) ([]float64, error) {
	errors, err := imageErrors(ctx, components, fitted, images)
	if err != nil {
		return nil, fmt.Errorf("finding the errors that principal components leave: %w", err)
	}
	return errors, nil
}

func imageErrors(ctx context.Context, count int, fitted, images Images) ([]float64, error) {
	if fitted.Len() == 0 || count < 1 {
		return nil, fmt.Errorf("%d components of %d images; at least one of each is needed", count, fitted.Len())
	}
	sums, err := sumUp(ctx, "training", fitted, len(fitted.Pixels(0)))
	if err != nil {
		return nil, err
	}
	mean := sums.mean()
	found, err := fitComponents(ctx, []int{count}, newCentered(fitted, mean), sums.squaresAbout(mean))
	if err != nil {
		return nil, err
	}
	vectors, pixels := found.vectors, len(mean)
	n := len(vectors)
	v, along := matrix(n, pixels, single(vectors...)), make([]float32, imagesAtOnce*n)
	errors := make([]float64, 0, images.Len())
	err = newCentered(images, mean).each(ctx, func(x blas32.General) { // x is (images, pixels)
		y := matrix(x.Rows, n, along)
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, x, v, 0, y) // y = x v^T
		for i := range x.Rows {
			left := squaredLength(x.Data[i*pixels:(i+1)*pixels]) - squaredLength(y.Data[i*n:(i+1)*n])
			errors = append(errors, max(0, left)/(255*255*float64(pixels)))
		}
	})
	return errors, err
}

func squaredLength(values []float32) float64 {
	sum := 0.0
	for _, value := range values {
		sum += float64(value) * float64(value)
	}
	return sum
}
