package runs

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gorgonia.org/tensor"

	"cifartrain/internal/exports"
	"cifartrain/internal/reports"
	"cifartrain/loaders"
)

const (
	demoSamples    = 16 // images to start from
	demoDirections = 8  // sliders
)

// Demo returns the data for a page that computes the model itself, with the
// prepared weights: an autoencoder's decoder, or a classifier with one layer.
// It needs the images.
func (r *Run) Demo(ctx context.Context) (exports.Demo, error) {
	model, err := r.Architecture.Build(r.Weights, 1)
	if err != nil {
		return exports.Demo{}, err
	}
	demo := exports.Demo{
		Channels: r.Shape.Channels, Height: r.Shape.Height, Width: r.Shape.Width,
		Title: r.Config.Name, Trained: fmt.Sprintf("%s, trained on %s (%s)", r.Architecture.Kind, r.Dataset.Name, reports.ClassList(r.Classes)),
		Classes: r.Classes, Mean: r.Transform.MeanImage(), Latent: r.Architecture.Latent, Norm: r.Normalization(),
	}
	tensors, behind := r.Weights.ByName(), demo.Latent == 0
	for _, layer := range model.Layers {
		if behind {
			weight := tensors[layer.Weight] // (out, in)
			if layer.Transposed {
				weight = weight.Clone().(*tensor.Dense)
				if err := errors.Join(weight.T(), weight.Transpose()); err != nil {
					return exports.Demo{}, err
				}
			}
			demo.Layers = append(demo.Layers, exports.DemoLayer{
				In: layer.In, Out: layer.Out, ReLU: layer.Activation == "relu", Bias: tensors[layer.Bias].Float32s(), Weights: weight.Float32s(),
			})
		}
		behind = behind || layer.Latent
	}
	if !model.IsChain() {
		return exports.Demo{}, Requestf("a %s has no page: the page computes layers that follow one another, with a ReLU or nothing between them", r.Architecture.Kind)
	}
	if demo.Latent == 0 && len(demo.Layers) != 1 {
		return exports.Demo{}, Requestf("a %s has no page that shows what speaks for which class: it has more than one layer", r.Architecture.Kind)
	}
	chosen := r.Test.Sample(demoSamples, r.Config.Random("demo"))
	for i := range chosen.Len() {
		demo.Samples = append(demo.Samples, exports.DemoSample{
			Name: fmt.Sprintf("test image %d, %s", chosen.Index(i), chosen.Classes[chosen.Class(i)]), Pixels: chosen.Pixels(i),
		})
	}
	if demo.Latent == 0 {
		return demo, nil
	}
	return demo, r.addDirections(ctx, &demo, chosen)
}

// addDirections adds to the demo the directions in which the codes of the test images
// differ most, and the codes of the chosen images.
func (r *Run) addDirections(ctx context.Context, demo *exports.Demo, chosen *loaders.Set) error {
	test := r.Test
	codes, err := r.Encode(ctx, test)
	if err != nil {
		return err
	}
	table := mat.NewDense(test.Len(), demo.Latent, nil)
	for i, value := range codes {
		table.Set(i/demo.Latent, i%demo.Latent, float64(value))
	}
	for z := range demo.Latent {
		demo.Center = append(demo.Center, float32(stat.Mean(mat.Col(nil, z, table), nil)))
	}
	var components stat.PC
	if test.Len() < 2 || !components.PrincipalComponents(table, nil) {
		return Requestf("the codes of the %d test images are all the same, so they differ in no direction", test.Len())
	}
	var vectors mat.Dense
	components.VectorsTo(&vectors)
	variances := components.VarsTo(nil)
	total := floats.Sum(variances)
	for d := range min(demoDirections, demo.Latent) {
		if variances[d] <= 1e-9*total {
			break // nothing differs along it
		}
		var direction []float32
		for _, value := range mat.Col(nil, d, &vectors) {
			direction = append(direction, float32(value))
		}
		demo.Directions = append(demo.Directions, direction)
		demo.Spreads = append(demo.Spreads, math.Sqrt(variances[d]))
		demo.Shares = append(demo.Shares, variances[d]/total)
	}
	own, err := r.Encode(ctx, chosen)
	for i := range demo.Samples {
		demo.Samples[i].Code = own[i*demo.Latent:][:demo.Latent]
	}
	return err
}
