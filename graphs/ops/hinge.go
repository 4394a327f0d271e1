package ops

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"cifartrain/kernels"
)

// Hinge returns the scalar node c * mean(max(0, 1 - y*score)) over the live
// rows of score (B, 1) and the targets y (B), which are -1 or +1.
func Hinge(live *Live, score, target *G.Node, c float64) (*G.Node, error) {
	if score.Dims() != 2 || score.Shape()[1] != 1 || target.Dims() != 1 || target.Shape()[0] != score.Shape()[0] {
		return nil, fmt.Errorf("ops: hinge: score %v and target %v do not fit: want (B, 1) and (B)", score.Shape(), target.Shape())
	}
	op, loss := newLoss("hinge", live, score, target)
	op.compute = func(v [][]float32) {
		n := live.Rows
		scores, targets := v[0][:n], v[1][:n]
		if loss.gradient == nil {
			*loss.value = G.F32(kernels.Hinge(scores, targets, float32(c)))
		} else {
			*loss.value = G.F32(kernels.HingeWithGradient(loss.gradient[:n], scores, targets, float32(c)))
		}
	}
	return G.ApplyOp(op, score, target)
}
