package runs

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"cifartrain/graphs"
	"cifartrain/loaders"
	"cifartrain/plots"
	"cifartrain/training"
)

// An evaluator evaluates a run's weights, its last ones and its best, for one caller at
// a time.
type evaluator struct {
	sync.Mutex
	*training.Evaluator // nil before it is needed
}

func (e *evaluator) of(architecture *graphs.Architecture, weights graphs.Weights) *training.Evaluator {
	if e.Evaluator == nil {
		e.Evaluator = training.NewEvaluator(architecture, weights)
	}
	e.SetWeights(weights)
	return e.Evaluator
}

func (r *Run) with(weights graphs.Weights) *Run {
	other := *r
	other.Weights, other.predictions = weights, nil
	return &other
}

// batches returns a set's batches for evaluation: in order and unaltered.
func (r *Run) batches(set *loaders.Set) *loaders.Batcher {
	return loaders.NewBatcher(set, r.Transform, loaders.BatchOptions{Size: r.Config.Data.EvalBatchSize})
}

// evaluate calls work with the evaluator of the run's weights and a set's batches.
func (r *Run) evaluate(set *loaders.Set, work func(*training.Evaluator, *loaders.Batcher) error) error {
	r.evaluator.Lock()
	defer r.evaluator.Unlock()
	return work(r.evaluator.of(r.Architecture, r.Weights), r.batches(set))
}

// Score evaluates the run's weights on a set of its images.
func (r *Run) Score(ctx context.Context, set *loaders.Set) (evaluation training.Evaluation, err error) {
	err = r.evaluate(set, func(e *training.Evaluator, batches *loaders.Batcher) (err error) {
		evaluation, err = e.Evaluate(ctx, batches)
		return err
	})
	return evaluation, err
}

// A Prediction is the model's output for an image.
type Prediction struct {
	Scores    []float32 // of a classifier: one score for two classes, otherwise one for each class
	Predicted int       // of a classifier: the index of the class
	// Probabilities are those of the classes, of a classifier whose scores say them;
	// otherwise nil.
	Probabilities []float64
	MSE           float64 // of a model that reconstructs: the mean over the input values
}

// Predict runs a set through the model with the prepared weights.
func (r *Run) Predict(ctx context.Context, set *loaders.Set) ([]Prediction, error) {
	predictions := make([]Prediction, set.Len())
	given := make([]float32, set.Shape.Values())
	return predictions, r.outputs(ctx, set, func(place int, output []float32) {
		if r.Architecture.Task.Reconstructs() {
			r.Transform.Apply(given, set.Pixels(place))
			predictions[place].MSE = meanSquaredError(given, output)
			return
		}
		predictions[place] = Prediction{Scores: slices.Clone(output), Predicted: r.Architecture.Predict(output), Probabilities: r.Architecture.ProbabilitiesOf(output)}
	})
}

func (r *Run) outputs(ctx context.Context, set *loaders.Set, visit func(place int, output []float32)) error {
	return r.evaluate(set, func(e *training.Evaluator, batches *loaders.Batcher) error {
		_, err := e.Outputs(ctx, batches, visit)
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

// Reconstruct returns the images of a set beside what a model that reconstructs its input
// makes of them, with the mean squared errors of pixels in [0, 1].
func (r *Run) Reconstruct(ctx context.Context, set *loaders.Set) ([]plots.Reconstruction, error) {
	images := make([]plots.Reconstruction, set.Len())
	return images, r.outputs(ctx, set, func(place int, output []float32) {
		images[place] = r.reconstruction(set, place, r.Transform.Invert(output))
	})
}

// reconstructNoisy is like Reconstruct, but the model sees the images with noise, which is as
// strong as in training and comes from the seed: the same images get the same again.
// A transform subtracts its mean image, so the noise is subtracted from that.
func (r *Run) reconstructNoisy(ctx context.Context, set *loaders.Set) ([]plots.Reconstruction, error) {
	images, input := make([]plots.Reconstruction, set.Len()), make([]float32, r.Shape.Values())
	random := r.Config.Random("reconstructions/noise")
	for i := range images {
		mean := make([]float32, len(input))
		copy(mean, r.Transform.MeanImage())
		for j := range mean {
			mean[j] -= float32(r.Config.Data.Noise * random.NormFloat64())
		}
		one, noisy := set.Pick([]int{i}), *r
		noisy.Transform = r.Transform.WithMeanImage(mean)
		err := noisy.outputs(ctx, one, func(_ int, output []float32) {
			images[i] = r.reconstruction(one, 0, r.Transform.Invert(output))
		})
		if err != nil {
			return nil, err
		}
		noisy.Transform.Apply(input, one.Pixels(0))
		images[i].Noisy = r.drawn(r.Transform.Invert(input))
	}
	return images, nil
}

func (r *Run) reconstruction(set *loaders.Set, i int, pixels []float32) plots.Reconstruction {
	original := r.Picture(set, i)
	return plots.Reconstruction{
		Name:     fmt.Sprintf("%d, %s", set.Index(i), set.Classes[set.Class(i)]),
		Original: original, Reconstructed: r.drawn(pixels), MSE: meanSquaredError(original.Values, pixels),
	}
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
	return r.drawn(values)
}

func (r *Run) drawn(pixels []float32) plots.Image {
	return plots.Image{Channels: r.Shape.Channels, Height: r.Shape.Height, Width: r.Shape.Width, Values: pixels}
}

// byClass groups the values of the test images by class.
func (r *Run) byClass(of func(i int) float64) []plots.ClassValues {
	all := make([]plots.ClassValues, len(r.Test.Classes))
	for class, name := range r.Test.Classes {
		all[class].Class = name
	}
	for i := range r.Test.Len() {
		class := &all[r.Test.Class(i)]
		class.Values = append(class.Values, of(i))
	}
	return all
}

// hardestClasses leaves out classes without images and, if there are many
// classes, the easiest ones, and returns how many these are.
func hardestClasses(all []plots.ClassValues, ease func(plots.ClassValues) float64) (classes []plots.ClassValues, omitted int) {
	const most = 20
	classes = slices.DeleteFunc(all, func(c plots.ClassValues) bool { return len(c.Values) == 0 })
	if len(classes) <= most {
		return classes, 0
	}
	slices.SortStableFunc(classes, func(a, b plots.ClassValues) int { return cmp.Compare(ease(a), ease(b)) })
	return classes[:most], len(classes) - most
}
