package graphs

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"cifartrain/graphs/ops"
	"cifartrain/metrics"
)

// linearSVM is the linear support vector machine: one affine map to a score,
// whose sign tells the first class (y = -1) from the second (y = +1),
//
//	score = x W^T + b               (B, 1)
//	loss  = C * mean(max(0, 1 - y*score))      each term squared where
//	                                           the spec says so
//
// The weight decay of its solver is the margin term of the SVM's objective.
func linearSVM(spec Spec) *Architecture {
	name, loss := "hinge", ops.Hinge
	if spec.SquaredHinge {
		name, loss = "squared hinge", ops.SquaredHinge
	}
	return &Architecture{
		Task:        metrics.Classify,
		Parameters:  linearParameters("fc", Pixels, 1),
		LossName:    fmt.Sprintf("%s, C = %g", name, spec.HingeC),
		PixelWeight: "fc.weight",
		output: func(n *network) *G.Node {
			return n.linear(n.input, "fc", ops.Identity)
		},
		loss: func(n *network, score *G.Node) *G.Node {
			labels := n.labels()
			return n.apply(func() (*G.Node, error) { return loss(n.live, score, labels, spec.HingeC) })
		},
	}
}
