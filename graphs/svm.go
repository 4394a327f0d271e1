package graphs

import (
	"fmt"

	G "gorgonia.org/gorgonia"
)

// linearSVM is the linear support vector machine: one affine map to a score,
// whose sign tells the first class (-1) from the second (+1),
//
//	score = x W^T + b               (B, 1)
//	loss  = C * mean(max(0, 1 - y*score))
//
// The weight decay of its solver is the margin term of the SVM's objective.
func linearSVM(spec Spec) *Architecture {
	return &Architecture{
		Parameters:  linearParameters("fc", Pixels, 1),
		LossName:    fmt.Sprintf("hinge, C = %g", spec.HingeC),
		PixelWeight: "fc.weight",
		Predict:     signOfScore,
		output: func(n *network) *G.Node {
			return n.linear(n.input, "fc")
		},
		loss: func(n *network, score *G.Node) *G.Node {
			return n.hinge(score, n.labels(), spec.HingeC)
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
