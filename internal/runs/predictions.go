package runs

import (
	"context"
	"slices"
	"sort"

	"cifartrain/loaders"
	"cifartrain/plots"
	"cifartrain/training"
)

// A Prediction is the model's output for an image.
type Prediction struct {
	Scores    []float32 // of a classifier: one score for two classes, otherwise one for each class
	Predicted int       // of a classifier: the index of the class
	MSE       float64   // of a model that restores: the mean over the input values
}

// Predict runs a set through the model with the prepared weights.
func (r *Run) Predict(ctx context.Context, set *loaders.Set) ([]Prediction, error) {
	predictions := make([]Prediction, set.Len())
	given := make([]float32, set.Shape.Values())
	visit := func(place int, output []float32) {
		predictions[place].Scores, predictions[place].Predicted = slices.Clone(output), r.Architecture.Predict(output)
	}
	if r.Architecture.Task.Restores() {
		visit = func(place int, output []float32) {
			r.Transform.Apply(given, set.Pixels(place))
			predictions[place].MSE = meanSquaredError(given, output)
		}
	}
	return predictions, r.evaluate(set, func(e *training.Evaluator, batches *loaders.Batcher) error {
		_, err := e.Outputs(ctx, batches, visit)
		return err
	})
}

// Restore runs a set through a model that restores its input, and returns the
// reconstructions as pixels in [0, 1].
func (r *Run) Restore(ctx context.Context, set *loaders.Set) ([][]float32, error) {
	restored := make([][]float32, set.Len())
	return restored, r.restoreEach(ctx, set, func(place int, pixels []float32) { restored[place] = pixels })
}

// restoreEach does the work of Restore for one image after the other.
func (r *Run) restoreEach(ctx context.Context, set *loaders.Set, visit func(place int, pixels []float32)) error {
	return r.evaluate(set, func(e *training.Evaluator, batches *loaders.Batcher) error {
		_, err := e.Outputs(ctx, batches, func(place int, output []float32) { visit(place, r.Transform.Invert(output)) })
		return err
	})
}

// Encode returns the codes of a set (n, latent), row by row.
func (r *Run) Encode(ctx context.Context, set *loaders.Set) ([]float32, error) {
	latent := r.Architecture.Latent
	codes := make([]float32, set.Len()*latent)
	return codes, r.evaluate(set, func(e *training.Evaluator, batches *loaders.Batcher) error {
		return e.Codes(ctx, batches, func(place int, code []float32) { copy(codes[place*latent:], code) })
	})
}

func meanSquaredError(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		difference := float64(a[i]) - float64(b[i])
		sum += difference * difference
	}
	return sum / float64(len(a))
}

// Picture returns an image of a set for drawing.
func (r *Run) Picture(set *loaders.Set, i int) plots.Image {
	values := make([]float32, set.Shape.Values())
	loaders.NewTransform(set.Shape, nil).Apply(values, set.Pixels(i))
	return r.Drawn(values)
}

// Drawn returns pixels in [0, 1] as an image for drawing.
func (r *Run) Drawn(pixels []float32) plots.Image {
	return plots.Image{Channels: r.Shape.Channels, Height: r.Shape.Height, Width: r.Shape.Width, Values: pixels}
}

// Percentiles say where a value stands among others.
type Percentiles []float64 // sorted

// NewPercentiles returns the percentiles of the predictions' errors.
func NewPercentiles(of []Prediction) Percentiles {
	values := make(Percentiles, len(of))
	for i, prediction := range of {
		values[i] = prediction.MSE
	}
	slices.Sort(values)
	return values
}

// Of returns how many percent of the values are lower.
func (p Percentiles) Of(value float64) float64 {
	return 100 * float64(sort.SearchFloat64s(p, value)) / float64(len(p))
}
