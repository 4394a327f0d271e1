package ops

import (
	G "gorgonia.org/gorgonia"

	"cifartrain/internal/kernels"
)

// An Activation is the function that a layer applies to its sums.
type Activation int

// The activations there are: none, and max(0, y).
const (
	Identity Activation = iota
	ReLU
)

// addBias adds bias (n) to the live rows of y (B, n) and activates them.
func (a Activation) addBias(live *Live, y, bias []float32) {
	if a == ReLU {
		kernels.AddBiasReLU(y, bias, live.Rows, len(bias))
	} else {
		kernels.AddBias(y, bias, live.Rows, len(bias))
	}
}

// gradient returns the gradient by the sums, (B, n). y is the layer's output
// and dy the gradient by y.
func (a Activation) gradient(live *Live, y, dy *G.Node) (*G.Node, error) {
	if a == Identity {
		return dy, nil
	}
	return reluGradient(live, y, dy)
}

// reluGradient returns the gradient by ReLU's input, (B, n). y is ReLU's output
// and dy the gradient by y.
func reluGradient(live *Live, y, dy *G.Node) (*G.Node, error) {
	width := y.Shape()[1]
	op := newKernel("relu gradient", y.Shape().Clone(), y, dy)
	dx := op.elements()
	op.compute = func(v [][]float32) {
		n := live.Rows * width
		kernels.ReLUGradient(dx[:n], v[1][:n], v[0][:n])
	}
	return G.ApplyOp(op, y, dy)
}
