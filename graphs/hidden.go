package graphs

import (
	"fmt"
	"math/rand/v2"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/fuse"
)

// Hidden adds batch normalization, activation and dropout, as far as the spec asks for
// them, to a hidden layer's affine map (B, n). It takes its own parameters from the
// front of p and returns the others.
type Hidden func(affine *G.Node, p G.Nodes) (values *G.Node, rest G.Nodes)

// activations are the functions that hidden layers may have, each as torch's default
// defines it.
var activations = map[string]func(x *G.Node) *G.Node{
	"relu":       relu,
	"leaky_relu": func(x *G.Node) *G.Node { return G.Must(fuse.LeakyReLU(x, 0.01)) },
	"elu":        func(x *G.Node) *G.Node { return G.Must(fuse.ELU(x)) },
	"gelu":       func(x *G.Node) *G.Node { return G.Must(fuse.GELU(x)) },
	"sigmoid":    func(x *G.Node) *G.Node { return G.Must(G.Sigmoid(x)) },
	"tanh":       func(x *G.Node) *G.Node { return G.Must(G.Tanh(x)) },
}

// hidden returns the model's Hidden, for training or for evaluation.
func (m *Model) hidden(spec Spec, training bool) Hidden {
	return func(x *G.Node, p G.Nodes) (*G.Node, G.Nodes) {
		if spec.BatchNorm {
			x, p = G.Must(fuse.BatchNorm(x, p[0], p[1], p[2], p[3], training)), p[4:]
		}
		x = activations[spec.Activation](x)
		if training && spec.Dropout > 0 {
			x = G.Must(G.HadamardProd(x, m.addNoise(x, func(random *rand.Rand) float32 {
				if random.Float64() < spec.Dropout {
					return 0
				}
				return float32(1 / (1 - spec.Dropout))
			})))
		}
		return x, p
	}
}

// A noise is an input of random numbers, of the shape of another node.
type noise struct {
	values []float32
	draw   func(*rand.Rand) float32
}

// addNoise adds an input of the shape of x to the model, whose values draw returns.
func (m *Model) addNoise(x *G.Node, draw func(*rand.Rand) float32) *G.Node {
	values := tensor.New(tensor.WithShape(x.Shape()...), tensor.Of(tensor.Float32))
	m.noises = append(m.noises, noise{values.Float32s(), draw})
	return G.NewMatrix(m.Graph, tensor.Float32, G.WithName(fmt.Sprint("noise ", len(m.noises))), G.WithShape(x.Shape()...), G.WithValue(values))
}

// Randomize draws the random numbers that the next run uses: which hidden values are
// dropped and what is added to the images. random is asked for the stream only if
// there are any.
func (m *Model) Randomize(random func() *rand.Rand) {
	var stream *rand.Rand
	for i, n := range m.noises {
		if i == 0 {
			stream = random()
		}
		for i := range n.values {
			n.values[i] = n.draw(stream)
		}
	}
}

// normParameters are those of torch.nn.BatchNorm1d(width), if the spec asks for it.
// The number of batches, which torch keeps beside them, is the last.
func (s Spec) normParameters(layer string, width int) []Parameter {
	if !s.BatchNorm {
		return nil
	}
	shape := tensor.Shape{width}
	return []Parameter{
		{Name: layer + ".weight", Shape: shape, Fill: 1},
		{Name: layer + ".bias", Shape: shape},
		{Name: layer + ".running_mean", Shape: shape, State: true},
		{Name: layer + ".running_var", Shape: shape, Fill: 1, State: true},
		{Name: layer + batchesSeen, Shape: tensor.Shape{1}, State: true},
	}
}

// batchesSeen ends the name of the number of batches that a batch normalization has
// been trained on, which no formula uses. Torch takes its shape, (1), for a scalar.
const batchesSeen = ".num_batches_tracked"
