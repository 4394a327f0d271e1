package runs

import (
	"context"
	"slices"
	"sync"

	"cifartrain/loaders"
	"cifartrain/metrics/pca"
	"cifartrain/training"
)

// results is what is known of a run's weights, computed once, when it is first
// needed.
type results struct {
	mutex     sync.Mutex // held by who evaluates
	evaluator *training.Evaluator

	tested      sync.Once
	predictions []Prediction // of the test images
	err         error

	compared   sync.Once
	components *componentsTested
	failed     error
}

// predictions returns what the model predicts of the test images.
func (r *Run) predictions() ([]Prediction, error) {
	r.results.tested.Do(func() { r.results.predictions, r.results.err = r.Predict(context.Background(), r.Test) })
	return r.results.predictions, r.results.err
}

// besideComponents returns how well principal components restore the test images.
func (r *Run) besideComponents() (*componentsTested, error) {
	r.results.compared.Do(func() { r.results.components, r.results.failed = r.testComponents() })
	return r.results.components, r.results.failed
}

// evaluate calls work with the evaluator of the run's weights and a set's batches.
// One caller at a time evaluates.
func (r *Run) evaluate(set *loaders.Set, work func(*training.Evaluator, *loaders.Batcher) error) error {
	r.results.mutex.Lock()
	defer r.results.mutex.Unlock()
	if r.results.evaluator == nil {
		r.results.evaluator = training.NewEvaluator(r.Architecture, r.Weights)
	}
	return work(r.results.evaluator, r.Batches(set))
}

// closeEvaluator frees what evaluates the run's weights, if it was needed.
func (r *Run) closeEvaluator() error {
	if r == nil || r.results == nil || r.results.evaluator == nil {
		return nil
	}
	err := r.results.evaluator.Close()
	r.results.evaluator = nil
	return err
}

// Score evaluates the run's weights on a set of its images.
func (r *Run) Score(ctx context.Context, set *loaders.Set) (evaluation training.Evaluation, err error) {
	err = r.evaluate(set, func(e *training.Evaluator, batches *loaders.Batcher) (err error) {
		evaluation, err = e.Evaluate(ctx, batches)
		return err
	})
	return evaluation, err
}

// componentsTested holds how well principal components, as many as the code has
// values, reconstruct the test images.
type componentsTested struct {
	fitted int       // the number of training images that they were fitted to
	errors []float64 // the mean squared error of each image, in the loss's units
}

// fittedForTest is the number of training images to which these principal
// components are fitted. More would change them little and take seconds.
const fittedForTest = 5000

// testComponents returns nil if principal components cannot be compared with
// the model or would take minutes.
func (r *Run) testComponents() (*componentsTested, error) {
	test, latent := r.Test, r.Architecture.Latent
	scale, uniform := lossScale(r.Config.Data.Normalize)
	if !uniform || latent > mostComponents {
		return nil, nil
	}
	sample := r.Training.Sample(fittedForTest, r.Config.Random("components"))
	result := &componentsTested{fitted: sample.Len(), errors: make([]float64, test.Len())}
	plain := loaders.NewTransform(r.Shape, nil)
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
func (r *Run) RestoreByComponents(ctx context.Context, set *loaders.Set) (restored [][]float32, fitted int, err error) {
	if r.Architecture.Latent > mostComponents {
		return nil, 0, nil
	}
	restored = make([][]float32, set.Len())
	sample := r.Training.Sample(fittedForTest, r.Config.Random("components"))
	components, err := pca.New(ctx, arithmetic, r.Architecture.Latent, sample)
	if err == nil {
		err = components.Restore(ctx, set, func(i int, pixels []float32) { restored[i] = slices.Clone(pixels) })
	}
	return restored, sample.Len(), err
}
