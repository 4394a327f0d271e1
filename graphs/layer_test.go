package graphs_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cifartrain/graphs"
)

// TestLayers pins what each model says it is made of.
func TestLayers(t *testing.T) {
	models := map[string][]graphs.Layer{
		"linear_svm": {
			{Name: "fc", In: 3072, Out: 1, Weight: "fc.weight", Bias: "fc.bias"},
		},
		"mlp": {
			{Name: "0", In: 3072, Out: 128, Weight: "0.weight", Bias: "0.bias", Activation: "relu"},
			{Name: "2", In: 128, Out: 1, Weight: "2.weight", Bias: "2.bias"},
		},
		"autoencoder": {
			{Name: "encoder.0", In: 3072, Out: 128, Weight: "encoder.0.weight", Bias: "encoder.0.bias", Activation: "relu"},
			{Name: "encoder.2", In: 128, Out: 32, Weight: "encoder.2.weight", Bias: "encoder.2.bias", Latent: true},
			{Name: "decoder.0", In: 32, Out: 128, Weight: "decoder.0.weight", Bias: "decoder.0.bias", Activation: "relu"},
			{Name: "decoder.2", In: 128, Out: 3072, Weight: "decoder.2.weight", Bias: "decoder.2.bias"},
		},
		"tied_autoencoder": {
			{Name: "enc_fc1", In: 3072, Out: 128, Weight: "enc_fc1.weight", Bias: "enc_fc1.bias", Activation: "relu"},
			{Name: "enc_fc2", In: 128, Out: 32, Weight: "enc_fc2.weight", Bias: "enc_fc2.bias", Latent: true},
			{Name: "dec_fc1", In: 32, Out: 128, Weight: "enc_fc2.weight", Bias: "dec_fc1_bias", Transposed: true, Activation: "relu"},
			{Name: "dec_fc2", In: 128, Out: 3072, Weight: "enc_fc1.weight", Bias: "dec_fc2_bias", Transposed: true},
		},
	}
	for _, kind := range graphs.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			got := layersOf(t, kind.Name, 128)
			if difference := cmp.Diff(models[kind.Name], got, cmpopts.IgnoreFields(graphs.Layer{}, "X", "Output")); difference != "" {
				t.Errorf("the layers differ (-want +got):\n%s", difference)
			}
		})
	}
}

// TestParameterCounts adds up the layers' counts, at several depths.
func TestParameterCounts(t *testing.T) {
	for _, kind := range graphs.Kinds() {
		for _, hidden := range [][]int{{128}, {512, 256, 128}, {7, 7, 7, 7}} {
			architecture := newModel(t, kind.Name, graphs.Spec{Hidden: hidden, Latent: 32, C: 1})
			sum := 0
			for _, count := range architecture.ParameterCounts(layersOf(t, kind.Name, hidden...)) {
				sum += count
			}
			if want := architecture.ParameterCount(); sum != want {
				t.Errorf("%s %v: the layers have %d parameters together, want %d", kind.Name, hidden, sum, want)
			}
		}
	}
}

// layersOf are those of a model with the given widths and a latent of 32.
func layersOf(t *testing.T, kind string, hidden ...int) []graphs.Layer {
	t.Helper()
	architecture := newModel(t, kind, graphs.Spec{Hidden: hidden, Latent: 32, C: 1})
	model, err := architecture.Build(architecture.Initialize(streams(1)), 1)
	if err != nil {
		t.Fatal(err)
	}
	return model.Layers
}
