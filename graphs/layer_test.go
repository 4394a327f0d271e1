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
	for _, kind := range graphs.Kinds {
		architecture := newModel(kind.Name, graphs.Spec{Hidden: []int{128}, Latent: 32, C: 1})
		got := must(architecture.Build(architecture.Initialize(streams(1)), 1)).Layers
		if difference := cmp.Diff(models[kind.Name], got, cmpopts.IgnoreFields(graphs.Layer{}, "X", "Output")); difference != "" {
			t.Errorf("the layers of a %s differ (-want +got):\n%s", kind.Name, difference)
		}
	}
}
