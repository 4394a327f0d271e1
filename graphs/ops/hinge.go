package ops

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/kernels"
)

// Hinge returns the scalar node c * mean(max(0, 1 - y*score)) over the live
// rows of score (B, 1) and the targets y (B), which are -1 or +1.
func Hinge(live *Live, score, target *G.Node, c float64) (*G.Node, error) {
	if score.Dims() != 2 || score.Shape()[1] != 1 || target.Dims() != 1 || target.Shape()[0] != score.Shape()[0] {
		return nil, fmt.Errorf("ops: hinge: score %v and target %v do not fit: want (B, 1) and (B)", score.Shape(), target.Shape())
	}
	op := newKernel("hinge", tensor.ScalarShape(), score, target)
	loss := op.output.(*G.F32)
	op.compute = func(v [][]float32) {
		*loss = G.F32(kernels.Hinge(v[0][:live.Rows], v[1], float32(c)))
	}
	op.wrt = []bool{true, false}
	op.differentiate = func(inputs G.Nodes, _, gradient *G.Node) (G.Nodes, error) {
		ds, err := hingeGradient(live, inputs[0], inputs[1], gradient, c)
		return G.Nodes{ds, nil}, err
	}
	return G.ApplyOp(op, score, target)
}

// hingeGradient returns the gradient by score, (B, 1), for the scalar upstream.
func hingeGradient(live *Live, score, target, upstream *G.Node, c float64) (*G.Node, error) {
	op := newKernel("hinge gradient", score.Shape(), score, target, upstream)
	ds := op.elements()
	op.compute = func(v [][]float32) {
		kernels.HingeGradient(ds, v[0][:live.Rows], v[1], float32(c), v[2][0])
	}
	return G.ApplyOp(op, score, target, upstream)
}
