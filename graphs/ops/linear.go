package ops

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/internal/kernels"
)

// Linear returns the node y = a(x W^T + b), (B, out), for x (B, in), W (out, in),
// b (out) and the activation a: torch.nn.Linear and what follows it. No gradient
// by x is computed where x is an input of the graph. Where out is 1 and nothing
// follows, x may be an input that takes [Images].
func Linear(live *Live, x, w, b *G.Node, a Activation) (*G.Node, error) {
	if x.Dims() != 2 || w.Dims() != 2 || b.Dims() != 1 || x.Shape()[1] != w.Shape()[1] || b.Shape()[0] != w.Shape()[0] {
		return nil, fmt.Errorf("linear: x %v, W %v and b %v do not fit: want (B, in), (out, in) and (out)", x.Shape(), w.Shape(), b.Shape())
	}
	batch, in, out := x.Shape()[0], x.Shape()[1], w.Shape()[0]
	if x.Dtype() == tensor.Byte {
		if out != 1 || a != Identity {
			return nil, fmt.Errorf("linear: images as bytes give one sum without an activation, not %d", out)
		}
		return linearOfImages(live, x, w, b)
	}

	op := newKernel("linear", tensor.Shape{batch, out}, x, w, b)
	y := op.elements()
	op.compute = func(v [][]float32) {
		kernels.MatMulNT(y, v[0], v[1], live.Rows, out, in)
		a.addBias(live, y, v[2])
	}
	return differentiableLayer(op, live, x, w, b, a, linearInputGradient, linearWeightGradient)
}

// differentiableLayer applies op, which computes a layer's output from x, w and
// b. The first function computes the gradient by x from the gradient by the
// layer's sums and w; the second computes the gradient by w from the gradient by
// the sums and x. The gradient by x is left out where x is an input of the graph.
func differentiableLayer(op *kernel, live *Live, x, w, b *G.Node, a Activation,
	byX, byW func(live *Live, dy, other *G.Node) (*G.Node, error)) (*G.Node, error) {
	op.wrt = []bool{x.Op() != nil, true, true}
	op.differentiate = func(inputs G.Nodes, output, gradient *G.Node) (grads G.Nodes, err error) {
		if gradient, err = a.gradient(live, output, gradient); err != nil {
			return nil, err
		}
		grads = make(G.Nodes, 3)
		if op.wrt[0] {
			if grads[0], err = byX(live, gradient, inputs[1]); err != nil {
				return nil, err
			}
		}
		if grads[1], err = byW(live, gradient, inputs[0]); err != nil {
			return nil, err
		}
		grads[2], err = columnSums(live, gradient)
		return grads, err
	}
	return G.ApplyOp(op, x, w, b)
}

// linearInputGradient returns dx = dy W, (B, in), for dy (B, out), W (out, in).
func linearInputGradient(live *Live, dy, w *G.Node) (*G.Node, error) {
	out, in := w.Shape()[0], w.Shape()[1]
	op := newKernel("linear input gradient", tensor.Shape{dy.Shape()[0], in}, dy, w)
	dx := op.elements()
	op.compute = func(v [][]float32) { kernels.MatMulNN(dx, v[0], v[1], live.Rows, in, out) }
	return G.ApplyOp(op, dy, w)
}

// linearWeightGradient returns dW = dy^T x, (out, in), for dy (B, out), x (B, in).
func linearWeightGradient(live *Live, dy, x *G.Node) (*G.Node, error) {
	out, in := dy.Shape()[1], x.Shape()[1]
	op := newKernel("linear weight gradient", tensor.Shape{out, in}, dy, x)
	dw := op.elements()
	op.compute = func(v [][]float32) { kernels.MatMulTN(dw, v[0], v[1], out, in, live.Rows) }
	op.adding = func(summand *G.Node) (*G.Node, error) {
		sum := newKernel("linear weight gradient and sum", tensor.Shape{out, in}, dy, x, summand)
		sum.output = op.output // op itself is not computed any more
		sum.compute = func(v [][]float32) { kernels.AddMatMulTN(dw, v[2], v[0], v[1], out, in, live.Rows) }
		return G.ApplyOp(sum, dy, x, summand)
	}
	return G.ApplyOp(op, dy, x)
}

// columnSums returns db, (out), the sum of dy (B, out) over the batch.
func columnSums(live *Live, dy *G.Node) (*G.Node, error) {
	out := dy.Shape()[1]
	op := newKernel("bias gradient", tensor.Shape{out}, dy)
	db := op.elements()
	op.compute = func(v [][]float32) { kernels.ColumnSums(db, v[0], live.Rows, out) }
	return G.ApplyOp(op, dy)
}
