package ops

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/kernels"
)

// MSE returns the scalar node mean((prediction - target)^2) over all elements
// of the live rows of prediction and target, both (B, n). The target is data:
// it has no gradient.
func MSE(live *Live, prediction, target *G.Node) (*G.Node, error) {
	if prediction.Dims() != 2 || !prediction.Shape().Eq(target.Shape()) {
		return nil, fmt.Errorf("ops: mse: prediction %v and target %v do not fit: want both (B, n)", prediction.Shape(), target.Shape())
	}
	width := prediction.Shape()[1]
	op := newKernel("mse", tensor.ScalarShape(), prediction, target)
	loss := op.output.(*G.F32)
	op.compute = func(v [][]float32) {
		n := live.Rows * width
		*loss = G.F32(kernels.MSE(v[0][:n], v[1][:n]))
	}
	op.wrt = []bool{true, false}
	op.differentiate = func(inputs G.Nodes, _, gradient *G.Node) (G.Nodes, error) {
		dp, err := mseGradient(live, inputs[0], inputs[1], gradient)
		return G.Nodes{dp, nil}, err
	}
	return G.ApplyOp(op, prediction, target)
}

// mseGradient returns the gradient by prediction, (B, n), for the scalar
// upstream.
func mseGradient(live *Live, prediction, target, upstream *G.Node) (*G.Node, error) {
	width := prediction.Shape()[1]
	op := newKernel("mse gradient", prediction.Shape().Clone(), prediction, target, upstream)
	dp := op.elements()
	op.compute = func(v [][]float32) {
		n := live.Rows * width
		kernels.MSEGradient(dp[:n], v[0][:n], v[1][:n], v[2][0])
	}
	return G.ApplyOp(op, prediction, target, upstream)
}
