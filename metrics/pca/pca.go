// Package pca fits principal components to images. They are the yardstick for
// an autoencoder: no linear one with as many latent values restores the
// training images better.
package pca

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Images are pictures of equal size in bytes, 0 to 255. Pixels returns those of
// image i, which must not be changed.
type Images interface {
	Len() int
	Pixels(i int) []byte
}

// A Result says how well a number of principal components reconstruct images
// with pixels in [0, 1]. On the training images no linear autoencoder with as
// many latent values can do better.
//
// With the training images' mean m and first principal components v_1..v_k, an
// image x is reconstructed as m + sum_j v_j (v_j·(x - m)). Since the components
// are orthonormal, the squared error is |x - m|² - sum_j (v_j·(x - m))². See
// Bishop, "Pattern Recognition and Machine Learning" (2006), section 12.1.
type Result struct {
	Components int `json:"components"`

	// The mean squared error of a pixel: on the training images, to which the
	// components were fitted, and on the images to which they were not.
	TrainMSE      float64 `json:"train_mse"`
	ValidationMSE float64 `json:"validation_mse"`
	TestMSE       float64 `json:"test_mse"`

	// ExplainedShare is the share of the training images' variance that the
	// components explain, in [0, 1]; it is 1 if there is no variance.
	ExplainedShare float64 `json:"explained_share"`
}

// Fit fits principal components to the training images and returns a result for
// each number of components in counts, in that order. A number above the rank
// of the training images gives the result of the rank, because there is nothing
// left to fit.
//
// The training error is above the exact one by at most about 1e-5 of it. All
// work is done in the calling goroutine, so that a fit can run beside training;
// the figures are the same for any number of processors.
//
// When ctx ends, Fit stops soon and returns an error that wraps ctx's. Its
// other errors concern unsuitable arguments: a set without images, images of
// different sizes, numbers below 1.
func Fit(ctx context.Context, counts []int, training, validation, test Images) ([]Result, error) {
	results, err := fit(ctx, counts, training, validation, test)
	if err != nil {
		return nil, fmt.Errorf("principal components: %w", err)
	}
	return results, nil
}

// Components returns the first principal components of images as orthonormal
// rows (count, pixels), ordered by falling variance. There are fewer if the
// images' rank is lower. Cost and errors are those of Fit.
func Components(ctx context.Context, count int, images Images) ([][]float64, error) {
	if images.Len() == 0 || count < 1 {
		return nil, fmt.Errorf("principal components: %d of %d images; at least one of each is needed", count, images.Len())
	}
	sums, err := sumUp(ctx, "training", images, len(images.Pixels(0)))
	if err != nil {
		return nil, fmt.Errorf("principal components: %w", err)
	}
	mean := sums.mean()
	fitted, err := fitComponents(ctx, []int{count}, newCentered(images, mean), sums.squaresAbout(mean))
	if err != nil {
		return nil, fmt.Errorf("principal components: %w", err)
	}
	return fitted.vectors, nil
}

func fit(ctx context.Context, counts []int, training, validation, test Images) ([]Result, error) {
	if len(counts) == 0 || slices.Min(counts) < 1 {
		return nil, fmt.Errorf("the numbers of components are %v; name at least one, each 1 or more", counts)
	}
	if training.Len() == 0 {
		return nil, errors.New("there are no training images; at least one is needed")
	}
	sums, err := sumUp(ctx, "training", training, len(training.Pixels(0)))
	if err != nil {
		return nil, err
	}
	mean := sums.mean()
	fitted, err := fitComponents(ctx, counts, newCentered(training, mean), sums.squaresAbout(mean))
	if err != nil {
		return nil, err
	}
	trainErrors := reconstructionErrors(sums, mean, fitted.squares)
	validationErrors, err := measureErrors(ctx, "validation", validation, mean, fitted)
	if err != nil {
		return nil, err
	}
	testErrors, err := measureErrors(ctx, "test", test, mean, fitted)
	if err != nil {
		return nil, err
	}
	results := make([]Result, len(counts))
	for i, count := range counts {
		k := min(count, len(fitted.vectors))
		results[i] = Result{count, trainErrors[k], validationErrors[k], testErrors[k], 1}
		if trainErrors[0] > 0 {
			results[i].ExplainedShare = 1 - trainErrors[k]/trainErrors[0]
		}
	}
	return results, nil
}

// measureErrors returns the reconstruction errors of images to which the
// components were not fitted; see reconstructionErrors.
func measureErrors(ctx context.Context, name string, images Images, mean []float64, fitted components) ([]float64, error) {
	sums, err := sumUp(ctx, name, images, len(mean))
	if err != nil {
		return nil, err
	}
	squares, err := newCentered(images, mean).squaresAlong(ctx, fitted.vectors)
	if err != nil {
		return nil, err
	}
	return reconstructionErrors(sums, mean, squares), nil
}

// reconstructionErrors returns the mean squared errors of a pixel in [0, 1]
// that the first 0, 1, ... len(squares) components leave. For each component,
// squares holds the sum over the images of the squared coordinates along it, in
// bytes squared.
func reconstructionErrors(sums pixelSums, mean, squares []float64) []float64 {
	scale := 255 * 255 * float64(sums.count) * float64(len(mean))
	remaining := sums.squaresAbout(mean)
	mse := []float64{remaining / scale}
	for _, held := range squares {
		remaining = max(0, remaining-held) // rounding may make it negative
		mse = append(mse, remaining/scale)
	}
	return mse
}
