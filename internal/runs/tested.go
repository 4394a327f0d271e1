package runs

import (
	"context"
	"slices"
	"sync"

	"cifartrain/loaders"
	"cifartrain/metrics/pca"
)

// A tested run runs the test images through the model once, when a picture
// first needs the result.
type tested struct {
	*Prepared
	predictions func() ([]Prediction, error)
	components  func() (*componentsTested, error)
}

// componentsTested holds how well principal components, as many as the code has
// values, reconstruct the test images.
type componentsTested struct {
	fitted int       // the number of training images that they were fitted to
	errors []float64 // the mean squared error of each image, in the loss's units
}

// newTested returns the tested run with the prepared weights.
func newTested(p *Prepared) *tested {
	return &tested{p,
		sync.OnceValues(func() ([]Prediction, error) { return p.Predict(context.Background(), p.Images.Test) }),
		sync.OnceValues(p.testComponents),
	}
}

// fittedForTest is the number of training images to which these principal
// components are fitted. More would change them little and take seconds.
const fittedForTest = 5000

// testComponents returns nil if principal components cannot be compared with
// the model or would take minutes.
func (p *Prepared) testComponents() (*componentsTested, error) {
	test, latent := p.Images.Test, p.Architecture.Latent
	scale, uniform := lossScale(p.Config.Data.Normalize)
	if !uniform || latent > mostComponents {
		return nil, nil
	}
	sample := p.Images.Training.Sample(fittedForTest, p.Config.Random("components"))
	result := &componentsTested{fitted: sample.Len(), errors: make([]float64, test.Len())}
	plain := loaders.NewTransform(p.Shape, nil)
	original := make([]float32, test.Shape.Values())
	components, err := pca.New(context.Background(), arithmetic, latent, sample)
	if err != nil {
		return nil, err
	}
	err = components.Restore(context.Background(), test, func(i int, restored []float32) {
		plain.Apply(original, test.Pixels(i))
		result.errors[i] = scale * meanSquaredError(original, restored)
	})
	return result, err
}

// RestoreByComponents reconstructs images from as many principal components as the
// code has values, and says how many training images they were fitted to. It
// returns nil if they would take minutes.
func (p *Prepared) RestoreByComponents(ctx context.Context, set *loaders.Set) (restored [][]float32, fitted int, err error) {
	if p.Architecture.Latent > mostComponents {
		return nil, 0, nil
	}
	restored = make([][]float32, set.Len())
	sample := p.Images.Training.Sample(fittedForTest, p.Config.Random("components"))
	components, err := pca.New(ctx, arithmetic, p.Architecture.Latent, sample)
	if err == nil {
		err = components.Restore(ctx, set, func(i int, pixels []float32) { restored[i] = slices.Clone(pixels) })
	}
	return restored, sample.Len(), err
}
