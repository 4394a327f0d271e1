package graphs

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/graphs/ops"
)

// A network is a graph in the making. Its methods are the layers and losses
// that models are written from; after a first error they return nil, and err
// holds it, so that a formula reads without interruption.
type network struct {
	graph      *G.ExprGraph
	batch      int
	live       *ops.Live
	input      *G.Node // (B, 3072)
	target     *G.Node // (B), once labels was called
	learnables G.Nodes
	layers     []Layer // in the order of the data
	outputs    G.Nodes // what each of them gives
	last       *G.Node // what the last of them gives; the input before the first
	err        error
}

// newNetwork returns a graph that holds the input and a node for each weight.
func newNetwork(weights Weights, batch int) *network {
	g := G.NewGraph()
	n := &network{graph: g, batch: batch, live: &ops.Live{Rows: batch}}
	n.input = G.NewMatrix(g, tensor.Float32, G.WithName("images"), G.WithShape(batch, Pixels))
	n.last = n.input
	for _, w := range weights {
		shape := w.Value.Shape()
		n.learnables = append(n.learnables, G.NewTensor(g, tensor.Float32, shape.Dims(),
			G.WithName(w.Name), G.WithShape(shape...), G.WithValue(w.Value)))
	}
	return n
}

// labels adds the input for the images' class places, (B), and returns it.
func (n *network) labels() *G.Node {
	n.target = G.NewVector(n.graph, tensor.Float32, G.WithName("labels"), G.WithShape(n.batch))
	return n.target
}

// weight returns the node of the weight of that name. A weight used twice is
// one node, and Gorgonia adds up the gradients of its uses.
func (n *network) weight(name string) *G.Node {
	for _, node := range n.learnables {
		if node.Name() == name {
			return node
		}
	}
	n.fail(fmt.Errorf("no weight is called %q", name))
	return nil
}

// linear is a(x W^T + b), (B, out), with the layer's weight and bias.
func (n *network) linear(x *G.Node, layer string, a ops.Activation) *G.Node {
	l := Layer{Name: layer, Weight: layer + ".weight", Bias: layer + ".bias", ReLU: a == ops.ReLU}
	w, b := n.weight(l.Weight), n.weight(l.Bias)
	return n.layer(l, x, func() (*G.Node, error) { return ops.Linear(n.live, x, w, b, a) })
}

// linearTransposed is a(x W + b), (B, in), with the weight (out, in) of that
// name and the bias layer_bias (in).
func (n *network) linearTransposed(x *G.Node, layer, weight string, a ops.Activation) *G.Node {
	l := Layer{Name: layer, Weight: weight, Bias: layer + "_bias", Transposed: true, ReLU: a == ops.ReLU}
	w, b := n.weight(l.Weight), n.weight(l.Bias)
	return n.layer(l, x, func() (*G.Node, error) { return ops.LinearTransposed(n.live, x, w, b, a) })
}

// layer applies op to x and notes it as a layer, which must follow the one
// before: layers are told as a chain.
func (n *network) layer(l Layer, x *G.Node, op func() (*G.Node, error)) *G.Node {
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

// latent says that x, which the last layer gave, is the code.
func (n *network) latent(x *G.Node) *G.Node {
	if n.err == nil {
		n.layers[len(n.layers)-1].Latent = true
	}
	return x
}

// stack puts x through layers, with a ReLU between any two.
func (n *network) stack(x *G.Node, names []string, layer func(x *G.Node, name string, a ops.Activation) *G.Node) *G.Node {
	for _, name := range names[:len(names)-1] {
		x = layer(x, name, ops.ReLU)
	}
	return layer(x, names[len(names)-1], ops.Identity)
}

// mse is the scalar mean((prediction - target)^2).
func (n *network) mse(prediction, target *G.Node) *G.Node {
	return n.apply(func() (*G.Node, error) { return ops.MSE(n.live, prediction, target) })
}

func (n *network) apply(op func() (*G.Node, error)) *G.Node {
	if n.err != nil {
		return nil
	}
	node, err := op()
	n.fail(err)
	return node
}

func (n *network) fail(err error) {
	if n.err == nil {
		n.err = err
	}
}
