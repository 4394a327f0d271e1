package graphs

import (
	"strings"

	G "gorgonia.org/gorgonia"

	"cifartrain/fuse"
)

// A Layer is a step of a model's formula as a person sees it: an affine map and
// what is applied to it. Layers are read from the graph, so that drawings and
// exports of a model show what it really computes.
type Layer struct {
	Name    string
	In, Out int

	// Weight and Bias name the layer's parameters. Layers that share a weight
	// name the same one.
	Weight, Bias string

	// Transposed says that the layer computes x W + b, with a weight (In, Out),
	// and not x W^T + b, with a weight (Out, In).
	Transposed bool

	Norm       []string // names the parameters of the batch normalization that follows; nil for none
	Activation string   // what follows then, one of activations; empty for nothing
	Latent     bool     // its output is the code from which the image is reconstructed
	X          *G.Node  // (B, In), what it is computed from
	Output     *G.Node  // (B, Out), after the activation
}

// layersOf returns the affine maps that a model's output is computed from.
func layersOf(m *Model) (layers []Layer) {
	for _, n := range m.Graph.AllNodes() { // in the order in which they were made
		affine, ok := fuse.AffineOf(n)
		if !ok || affine.Bias == nil || affine.Weight.Op() != nil {
			continue
		}
		layer := Layer{
			In: affine.X.Shape()[1], Out: n.Shape()[1], Weight: affine.Weight.Name(), Bias: affine.Bias.Name(),
			Transposed: !affine.Transposed, Latent: n == m.Code, X: affine.X, Output: n,
		}
		layer.Name = strings.TrimSuffix(strings.TrimSuffix(layer.Bias, ".bias"), "_bias")
		layer.follow(m.Graph)
		layers = append(layers, layer)
	}
	return layers
}

// follow adds to an affine map what the model applies to its output.
func (l *Layer) follow(graph *G.ExprGraph) {
	for users := graph.To(l.Output.ID()); users.Next() && l.Activation == ""; {
		user := users.Node().(*G.Node)
		name := strings.ReplaceAll(user.Op().String(), " ", "_")
		if x, ok := fuse.ReLUOf(user); ok && x == l.Output {
			name = "relu"
		}
		switch {
		case name == "batch_norm":
			for inputs := graph.From(user.ID()); inputs.Next(); {
				if name := inputs.Node().(*G.Node).Name(); inputs.Node() != l.Output {
					l.Norm = append(l.Norm, name)
				}
			}
			l.Output = user
			l.follow(graph)
			return
		case activations[name] != nil:
			l.Activation, l.Output = name, user
		}
	}
}

// IsChain reports whether the model is nothing but its layers, each of which takes
// what the one before it gives, with a ReLU or nothing between them. It is asked
// before the model is fused.
func (m *Model) IsChain() bool {
	x := m.Input
	for _, layer := range m.Layers {
		if layer.X != x || layer.Norm != nil || layer.Activation != "" && layer.Activation != "relu" {
			return false
		}
		x = layer.Output
	}
	return x == m.Output
}

// ParameterCounts returns, for each layer, how many trained values it adds to
// those of the layers before it. Their sum is [Architecture.ParameterCount].
func (a *Architecture) ParameterCounts(layers []Layer) []int {
	sizes := make(map[string]int, len(a.Parameters))
	for _, p := range a.Parameters {
		if !p.State {
			sizes[p.Name] = p.Shape.TotalSize()
		}
	}
	counts := make([]int, len(layers))
	for i, layer := range layers {
		for _, name := range append([]string{layer.Weight, layer.Bias}, layer.Norm...) {
			counts[i] += sizes[name]
			delete(sizes, name) // counted
		}
	}
	return counts
}
