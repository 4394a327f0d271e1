package graphs

import (
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"

	"cifartrain/graphs/ops"
)

// TestLayersAreAChain builds a model whose second layer passes by the first:
// what is told of its layers would be wrong.
func TestLayersAreAChain(t *testing.T) {
	architecture := &Architecture{
		Kind:       "fork",
		Parameters: append(LinearParameters("left", 5, 2), LinearParameters("right", 5, 2)...),
		Output: func(n *Network) *G.Node {
			n.Linear(n.Input, "left", ops.ReLU)
			return n.Linear(n.Input, "right", ops.Identity)
		},
		Loss:   func(n *Network, output *G.Node) *G.Node { return n.MSE(output, output) },
		inputs: 5,
	}
	var weights Weights
	for _, p := range architecture.Parameters {
		weights = append(weights, Weight{p.Name, dense(p.Shape, make([]float32, p.Shape.TotalSize()))})
	}
	_, err := architecture.Build(weights, 1)
	if want := `layer "right" does not take what the layer before it gives`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the error is %v, want %q", err, want)
	}
}
