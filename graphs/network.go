package graphs

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/graphs/ops"
)

// A Network is a graph under construction. Its methods are the layers and
// losses from which models are written. After a first error they return nil,
// and Build returns the error, so that formulas need no error handling.
type Network struct {
	Input *G.Node // (B, inputs)

	graph      *G.ExprGraph
	batch      int
	live       *ops.Live
	labels     *G.Node // (B), once Labels was called
	learnables G.Nodes
	layers     []Layer // in the order of the data
	outputs    G.Nodes // their outputs
	last       *G.Node // the output of the last one; the input before the first
	err        error
}

// newNetwork returns a graph that holds the input, whose images are of the given
// type, and a node for each weight.
func newNetwork(weights Weights, batch, inputs int, images tensor.Dtype) *Network {
	g := G.NewGraph()
	n := &Network{graph: g, batch: batch, live: &ops.Live{Rows: batch}}
	n.Input = G.NewMatrix(g, images, G.WithName("images"), G.WithShape(batch, inputs))
	n.last = n.Input
	for _, w := range weights {
		shape := w.Value.Shape()
		n.learnables = append(n.learnables, G.NewTensor(g, tensor.Float32, shape.Dims(),
			G.WithName(w.Name), G.WithShape(shape...), G.WithValue(w.Value)))
	}
	return n
}

// Labels returns the input for the indexes of the images' classes, (B).
func (n *Network) Labels() *G.Node {
	if n.labels == nil {
		n.labels = G.NewVector(n.graph, tensor.Float32, G.WithName("labels"), G.WithShape(n.batch))
	}
	return n.labels
}

// Weight returns the node of a weight. A weight that is used twice is one node,
// and Gorgonia adds up the gradients of its uses.
func (n *Network) Weight(name string) *G.Node {
	for _, node := range n.learnables {
		if node.Name() == name {
			return node
		}
	}
	n.fail(fmt.Errorf("there is no weight named %q", name))
	return nil
}

// Linear is a(x W^T + b), (B, out), with the layer's weight and bias.
func (n *Network) Linear(x *G.Node, layer string, a ops.Activation) *G.Node {
	l := Layer{Name: layer, Weight: layer + ".weight", Bias: layer + ".bias", ReLU: a == ops.ReLU}
	w, b := n.Weight(l.Weight), n.Weight(l.Bias)
	return n.layer(l, x, func() (*G.Node, error) { return ops.Linear(n.live, x, w, b, a) })
}

// LinearTransposed is a(x W + b), (B, in), with the weight (out, in) of that
// name and the bias layer_bias (in).
func (n *Network) LinearTransposed(x *G.Node, layer, weight string, a ops.Activation) *G.Node {
	l := Layer{Name: layer, Weight: weight, Bias: layer + "_bias", Transposed: true, ReLU: a == ops.ReLU}
	w, b := n.Weight(l.Weight), n.Weight(l.Bias)
	return n.layer(l, x, func() (*G.Node, error) { return ops.LinearTransposed(n.live, x, w, b, a) })
}

// layer applies op to x and records it as a layer. x must be the output of the
// layer before: a model's layers form a chain.
func (n *Network) layer(l Layer, x *G.Node, op func() (*G.Node, error)) *G.Node {
	if n.err == nil && x != n.last {
		n.fail(fmt.Errorf("layer %q does not take what the layer before it gives", l.Name))
	}
	y := n.apply(op)
	if n.err != nil {
		return nil
	}
	l.In, l.Out = x.Shape()[1], y.Shape()[1]
	n.layers, n.outputs, n.last = append(n.layers, l), append(n.outputs, y), y
	return y
}

// Latent declares that x, the output of the last layer, is the code.
func (n *Network) Latent(x *G.Node) *G.Node {
	if n.err == nil {
		n.layers[len(n.layers)-1].Latent = true
	}
	return x
}

// stack passes x through layers, with a ReLU between every two.
func (n *Network) stack(x *G.Node, names []string, layer func(x *G.Node, name string, a ops.Activation) *G.Node) *G.Node {
	for _, name := range names[:len(names)-1] {
		x = layer(x, name, ops.ReLU)
	}
	return layer(x, names[len(names)-1], ops.Identity)
}

// MSE is the scalar mean((prediction - target)^2).
func (n *Network) MSE(prediction, target *G.Node) *G.Node {
	return n.apply(func() (*G.Node, error) { return ops.MSE(n.live, prediction, target) })
}

// Classification is the scalar loss of scores (B, outputs) and the labels.
func (n *Network) Classification(loss ops.Classification, scores *G.Node) *G.Node {
	return n.apply(func() (*G.Node, error) { return loss.Node(n.live, scores, n.Labels()) })
}

func (n *Network) apply(op func() (*G.Node, error)) *G.Node {
	if n.err != nil {
		return nil
	}
	node, err := op()
	n.fail(err)
	return node
}

func (n *Network) fail(err error) {
	if n.err == nil {
		n.err = err
	}
}
