package pca

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// Restored reconstructs each of the images, in order, from the given number of
// principal components of the fitted images, and calls visit with it: pixels
// that are mostly in [0, 1] and are overwritten after the call. Its other
// errors are those of [Fit].
func Restored(ctx context.Context, components int, fitted, images Images, visit func(i int, restored []float32)) error {
	if err := restoredImages(ctx, components, fitted, images, visit); err != nil {
		return fmt.Errorf("reconstructing images from principal components: %w", err)
	}
	return nil
}

func restoredImages(ctx context.Context, count int, fitted, images Images, visit func(i int, restored []float32)) error {
	if fitted.Len() == 0 || count < 1 {
		return fmt.Errorf("%d components of %d images; at least one of each is needed", count, fitted.Len())
	}
	sums, err := sumUp(ctx, "training", fitted, len(fitted.Pixels(0)))
	if err != nil {
		return err
	}
	mean := sums.mean()
	found, err := fitComponents(ctx, []int{count}, newCentered(fitted, mean), sums.squaresAbout(mean))
	if err != nil {
		return err
	}
	n, pixels := len(found.vectors), len(mean)
	v := matrix(n, pixels, single(found.vectors...))
	along, restored := make([]float32, imagesAtOnce*n), make([]float32, imagesAtOnce*pixels)
	place, centered := 0, newCentered(images, mean)
	return centered.each(ctx, func(x blas32.General) { // x is (images, pixels)
		y, r := matrix(x.Rows, n, along), matrix(x.Rows, pixels, restored)
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, x, v, 0, y)   // y = x v^T
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, y, v, 0, r) // r = y v
		for i := range x.Rows {
			row := r.Data[i*pixels : (i+1)*pixels]
			for p := range row {
				row[p] = (row[p] + centered.mean[p]) / 255
			}
			visit(place, row)
			place++
		}
	})
}
