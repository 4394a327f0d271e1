package runs

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cifartrain/configs"
	"cifartrain/loaders/cifar"
	"cifartrain/plots/diagram"
)

// TestNetwork pins what the diagram of a model with tied weights is told.
func TestNetwork(t *testing.T) {
	config, err := configs.Load("autoencoder_tied", nil, Kinds())
	if err != nil {
		t.Fatal(err)
	}
	prepared, err := new(Session).Prepare(context.Background(), config, Need{Weights: DrawnWeights})
	if err != nil {
		t.Fatal(err)
	}
	architecture := prepared.Architecture
	model, err := architecture.Build(prepared.Weights, 1)
	if err != nil {
		t.Fatal(err)
	}
	want := diagram.Network{
		Title: "tied_autoencoder", Input: "images, 3 × 32 × 32 = 3072 values", Loss: "mean squared error",
		Layers: []diagram.Layer{
			{Name: "enc_fc1", In: 3072, Out: 128, Weight: "weight 128 × 3072", Parameters: 128*3072 + 128, Activation: "ReLU"},
			{Name: "enc_fc2", In: 128, Out: 32, Weight: "weight 32 × 128", Parameters: 32*128 + 32, Latent: true},
			{Name: "dec_fc1", In: 32, Out: 128, Weight: "shared 128 × 32", Parameters: 128, Activation: "ReLU", SharesWith: "enc_fc2", Transposed: true},
			{Name: "dec_fc2", In: 128, Out: 3072, Weight: "shared 3072 × 128", Parameters: 3072, SharesWith: "enc_fc1", Transposed: true},
		},
	}
	if difference := cmp.Diff(want, network(cifar.Shape, architecture, model)); difference != "" {
		t.Errorf("the diagram's network differs (-want +got):\n%s", difference)
	}
}
