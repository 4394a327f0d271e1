package ops

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"cifartrain/kernels"
)

// Hinge returns the scalar node c * mean(max(0, 1 - y*score)) over the live
// rows of score (B, 1). labels (B) are class places: y is -1 for the first of
// two classes, 0, and +1 for the second, 1.
func Hinge(live *Live, score, labels *G.Node, c float64) (*G.Node, error) {
	loss := marginLoss{"hinge", float32(c), kernels.Hinge, kernels.HingeWithGradient}
	return loss.node(live, score, labels)
}

// SquaredHinge returns the scalar node c * mean(max(0, 1 - y*score)^2), of what
// Hinge takes.
func SquaredHinge(live *Live, score, labels *G.Node, c float64) (*G.Node, error) {
	loss := marginLoss{"squared hinge", float32(c), kernels.SquaredHinge, kernels.SquaredHingeWithGradient}
	return loss.node(live, score, labels)
}

// A marginLoss is c times a mean over margins 1 - y*score.
type marginLoss struct {
	name         string
	c            float32
	value        func(scores, targets []float32, c float32) float32
	withGradient func(gradient, scores, targets []float32, c float32) float32
}

// node returns the scalar loss of score (B, 1) and labels (B).
func (m marginLoss) node(live *Live, score, labels *G.Node) (*G.Node, error) {
	if score.Dims() != 2 || score.Shape()[1] != 1 || labels.Dims() != 1 || labels.Shape()[0] != score.Shape()[0] {
		return nil, fmt.Errorf("%s: score %v and labels %v do not fit: want (B, 1) and (B)", m.name, score.Shape(), labels.Shape())
	}
	op, loss := newLoss(m.name, live, score, labels)
	signs := make([]float32, labels.Shape()[0])
	op.compute = func(v [][]float32) {
		n := live.Rows
		scores, targets := v[0][:n], signs[:n]
		for i, class := range v[1][:n] {
			targets[i] = 2*class - 1
		}
		if loss.gradient == nil {
			*loss.value = G.F32(m.value(scores, targets, m.c))
		} else {
			*loss.value = G.F32(m.withGradient(loss.gradient[:n], scores, targets, m.c))
		}
	}
	return G.ApplyOp(op, score, labels)
}
