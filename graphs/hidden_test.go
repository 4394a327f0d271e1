package graphs_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"

	"cifartrain/graphs"
)

// TestDropout counts what is dropped over many draws, and finds nothing dropped where
// the model is used.
func TestDropout(t *testing.T) {
	architecture := must(graphs.New(graphs.Kinds, "mlp", graphs.Spec{Inputs: 4, Classes: 3, Hidden: []int{100}, Init: "torch", Dropout: 0.3}))
	weights, random := architecture.Initialize(streams(1)), rand.New(rand.NewPCG(1, 2))
	model := must(architecture.BuildToTrain(weights, 50))
	dropped, draws := 0, 0
	for range 40 {
		model.Randomize(func() *rand.Rand { return random })
		for _, node := range model.Graph.AllNodes() {
			if node.Name() != "noise 1" {
				continue
			}
			for _, factor := range node.Value().(*tensor.Dense).Float32s() {
				if draws++; factor == 0 {
					dropped++
				} else if math.Abs(float64(factor)-1/0.7) > 1e-7 {
					t.Fatalf("a value that is kept is multiplied by %g, want 1/0.7", factor)
				}
			}
		}
	}
	// The deviation of the share is 0.001.
	if share := float64(dropped) / float64(draws); draws != 200_000 || math.Abs(share-0.3) > 0.005 {
		t.Errorf("%d of %d values are dropped, want 0.3 of them", dropped, draws)
	}
	used := must(architecture.Build(weights, 50))
	used.Randomize(func() *rand.Rand { t.Error("using the model asks for random numbers"); return random })
}
