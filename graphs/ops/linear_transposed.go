package ops

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/internal/kernels"
)

// LinearTransposed returns the node y = a(x W + b), (B, in), for x (B, out),
// W (out, in), b (in) and the activation a: a Linear layer's weight used
// backwards, as a tied decoder does. No gradient by x is computed where x is an
// input of the graph.
func LinearTransposed(live *Live, x, w, b *G.Node, a Activation) (*G.Node, error) {
	if x.Dims() != 2 || w.Dims() != 2 || b.Dims() != 1 || x.Shape()[1] != w.Shape()[0] || b.Shape()[0] != w.Shape()[1] {
		return nil, fmt.Errorf("linear transposed: x %v, W %v and b %v do not fit: want (B, out), (out, in) and (in)", x.Shape(), w.Shape(), b.Shape())
	}
	batch, out, in := x.Shape()[0], w.Shape()[0], w.Shape()[1]

	op := newKernel("linear transposed", tensor.Shape{batch, in}, x, w, b)
	y := op.elements()
	op.compute = func(v [][]float32) {
		kernels.MatMulNN(y, v[0], v[1], live.Rows, in, out)
		a.addBias(live, y, v[2])
	}
	return differentiableLayer(op, live, x, w, b, a, linearTransposedInputGradient, linearTransposedWeightGradient)
}

// linearTransposedWeightGradient returns dW = x^T dy, (out, in): the weight
// gradient of a Linear layer whose input is dy and whose output's gradient is x.
func linearTransposedWeightGradient(live *Live, dy, x *G.Node) (*G.Node, error) {
	return linearWeightGradient(live, x, dy)
}

// linearTransposedInputGradient returns dx = dy W^T, (B, out), for dy (B, in),
// W (out, in).
func linearTransposedInputGradient(live *Live, dy, w *G.Node) (*G.Node, error) {
	out, in := w.Shape()[0], w.Shape()[1]
	op := newKernel("linear transposed input gradient", tensor.Shape{dy.Shape()[0], out}, dy, w)
	dx := op.elements()
	op.compute = func(v [][]float32) { kernels.MatMulNT(dx, v[0], v[1], live.Rows, out, in) }
	return G.ApplyOp(op, dy, w)
}
