package runs

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"cifartrain/internal/kernels"
	"cifartrain/loaders"
	"cifartrain/metrics/pca"
	"cifartrain/plots"
)

// mostComponents bounds the yardstick: more principal components take minutes.
const mostComponents = 256

// arithmetic is what principal components are computed with.
var arithmetic = pca.Arithmetic{
	MatMulNT: kernels.MatMulNT, MatMulNN: kernels.MatMulNN, MatMulTN: kernels.MatMulTN,
	Center:      kernels.NewPixelTables([]float32{0}, []float32{1}).NormalizeRows,
	SquaredNorm: kernels.SquaredNorm,
	Share:       kernels.Share,
}

// principalComponents fits as many principal components to the training images
// as the run needs anywhere, and returns the first count of them.
func (r *Run) principalComponents(ctx context.Context, count int) (*pca.Fit, error) {
	if r.components == nil {
		most := max(count, min(r.Architecture.Latent, mostComponents), r.Architecture.PrincipalComponents())
		var err error
		if r.components, err = pca.New(ctx, arithmetic, most, r.Training); err != nil {
			return nil, err
		}
	}
	return r.components.First(count), nil
}

// measureYardstick measures what as many principal components as the model has
// latent values reach on the same images, in the loss's units. It returns nil for a
// model that does not reconstruct its input, and an error if there is no such yardstick.
func (r *Run) measureYardstick(ctx context.Context) (*pca.Result, error) {
	scale, uniform := lossScale(r.Config.Data.Normalize)
	switch {
	case !r.Architecture.Task.Reconstructs():
		return nil, nil
	case !uniform:
		return nil, errors.New("data.normalize divides the channels by different deviations")
	case r.Architecture.Latent > mostComponents:
		return nil, fmt.Errorf("model.latent is above %d", mostComponents)
	}
	fit, err := r.principalComponents(ctx, r.Architecture.Latent)
	if err != nil {
		return nil, err
	}
	measured, err := fit.Measure(ctx, r.Validation, r.Test)
	if err != nil {
		return nil, err
	}
	measured.Components = r.Architecture.Latent // even if the images' rank is lower
	measured.TrainMSE *= scale
	measured.ValidationMSE *= scale
	measured.TestMSE *= scale
	return &measured, nil
}

// ReconstructByComponents does what [Run.Reconstruct] does, by as many principal components
// of the training images as the code has values. It returns nil if they would take
// minutes.
func (r *Run) ReconstructByComponents(ctx context.Context, set *loaders.Set) (images []plots.Reconstruction, err error) {
	err = r.throughComponents(ctx, set, func(i int, reconstructed []float32) {
		images = append(images, r.reconstruction(set, i, slices.Clone(reconstructed)))
	})
	return images, err
}

// throughComponents calls visit with what these principal components reconstruct of each
// image of a set. It does nothing if they would take minutes.
func (r *Run) throughComponents(ctx context.Context, set *loaders.Set, visit func(i int, reconstructed []float32)) error {
	if r.Architecture.Latent > mostComponents {
		return nil
	}
	fit, err := r.principalComponents(ctx, r.Architecture.Latent)
	if err != nil {
		return err
	}
	return fit.Reconstruct(ctx, set, visit)
}
