package ops

import (
	G "gorgonia.org/gorgonia"

	"cifartrain/kernels"
)

// ReLU returns the node y = max(0, x), (B, n), for x (B, n).
func ReLU(live *Live, x *G.Node) (*G.Node, error) {
	width := x.Shape()[1]
	op := newKernel("relu", x.Shape().Clone(), x)
	y := op.elements()
	op.compute = func(v [][]float32) {
		n := live.Rows * width
		kernels.ReLU(y[:n], v[0][:n])
	}
	op.wrt = []bool{true}
	op.differentiate = func(_ G.Nodes, output, gradient *G.Node) (G.Nodes, error) {
		dx, err := reluGradient(live, output, gradient)
		return G.Nodes{dx}, err
	}
	return G.ApplyOp(op, x)
}

// reluGradient returns the gradient by ReLU's input, (B, n), from its output y
// and the gradient dy by that.
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
