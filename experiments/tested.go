package experiments

import (
	"context"
	"sync"

	"cifartrain/loaders"
	"cifartrain/metrics"
	"cifartrain/metrics/pca"
)

// A tested run is one whose weights have seen the test images. What they make of
// these is computed once, when a picture first needs it.
type tested struct {
	*Prepared
	predictions func() ([]Prediction, error)
	codes       func() ([]float32, error)
	components  func() (*componentsTested, error)
}

// componentsTested is what principal components, as many as the code has values,
// make of the test images.
type componentsTested struct {
	fitted int       // training images that they were fitted to
	errors []float64 // mean squared errors by image, in the loss's units
	detail metrics.Detail
}

// newTested returns the run with the prepared weights.
func newTested(p *Prepared) *tested {
	return &tested{p,
		sync.OnceValues(func() ([]Prediction, error) { return p.Predict(context.Background(), p.Images.Test) }),
		sync.OnceValues(func() ([]float32, error) { return p.Encode(context.Background(), p.Images.Test) }),
		sync.OnceValues(p.testComponents),
	}
}

// fittedForTest is of how many training images the principal components are found
// that are tried on the test images one by one: of more they differ by little and
// take seconds.
const fittedForTest = 5000

// testComponents returns nil where principal components do not compare with the
// model or would take minutes.
func (p *Prepared) testComponents() (*componentsTested, error) {
	test, latent := p.Images.Test, p.Architecture.Latent
	scale, uniform := lossScale(p.Config.Data.Normalize)
	if !uniform || latent > mostComponents {
		return nil, nil
	}
	sample := p.Images.Training.Sample(fittedForTest, p.Config.Random("components"))
	result := &componentsTested{fitted: sample.Len(), errors: make([]float64, test.Len())}
	meter, plain := p.detailMeter()
	original := make([]float32, test.Shape.Values())
	err := pca.Restored(context.Background(), latent, sample, test, func(i int, restored []float32) {
		plain.Apply(original, test.Pixels(i))
		meter.Add(original, restored)
		result.errors[i] = scale * meanSquaredError(original, restored)
	})
	result.detail = meter.Detail()
	return result, err
}

// detailMeter is one for the run's images, with the transform that makes pixels
// in [0, 1] of them.
func (p *Prepared) detailMeter() (*metrics.DetailMeter, *loaders.Transform) {
	return metrics.NewDetailMeter(p.Shape.Channels, p.Shape.Height, p.Shape.Width), loaders.NewTransform(p.Shape, nil)
}

// detail measures how much of the test images' fine detail a model that restores
// them keeps, and how much the principal components do, where there are any.
func (t *tested) detail() (own, components *metrics.Detail, err error) {
	meter, plain := t.detailMeter()
	original := make([]float32, t.Shape.Values())
	err = t.restoreEach(context.Background(), t.Images.Test, func(place int, restored []float32) {
		plain.Apply(original, t.Images.Test.Pixels(place))
		meter.Add(original, restored)
	})
	if err != nil {
		return nil, nil, err
	}
	measured := meter.Detail()
	beside, err := t.components()
	if err != nil || beside == nil {
		return &measured, nil, err
	}
	return &measured, &beside.detail, nil
}
