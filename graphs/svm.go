package graphs

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"cifartrain/graphs/ops"
)

// linearSVM is the linear support vector machine: one affine map to a score,
// whose sign tells the first class (-1) from the second (+1),
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
		Parameters:  linearParameters("fc", Pixels, 1),
		LossName:    fmt.Sprintf("%s, C = %g", name, spec.HingeC),
		PixelWeight: "fc.weight",
		Predict:     signOfScore,
		output: func(n *network) *G.Node {
			return n.linear(n.input, "fc", ops.Identity)
		},
		loss: func(n *network, score *G.Node) *G.Node {
			y := n.labels()
			return n.apply(func() (*G.Node, error) { return loss(n.live, score, y, spec.HingeC) })
		},
	}
}

// signOfScore is 1, the second class, for a positive score and 0 otherwise.
func signOfScore(output []float32) int {
	if output[0] > 0 {
		return 1
	}
	return 0
}
