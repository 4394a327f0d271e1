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
		Parameters: append(linearParameters("left", Pixels, 2), linearParameters("right", Pixels, 2)...),
		output: func(n *network) *G.Node {
			n.linear(n.input, "left", ops.ReLU)
			return n.linear(n.input, "right", ops.Identity)
		},
		loss: func(n *network, output *G.Node) *G.Node { return n.mse(output, output) },
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
