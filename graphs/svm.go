package graphs

import (
	"fmt"
	"strings"

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
var linearSVM = Kind{
	Name:   "linear_svm",
	Task:   metrics.Classify,
	Losses: []string{"hinge", "squared_hinge"},
	Keys:   []string{"loss.c"},
	Check: func(spec Spec) []Problem {
		if spec.Classes == 0 || spec.Classes == 2 {
			return nil
		}
		return []Problem{{"data.classes", fmt.Sprintf("a linear SVM tells two classes apart: name exactly two, as in [frog, horse], not %d", spec.Classes)}}
	},
	New: func(spec Spec) *Architecture {
		loss := ops.Hinge
		if spec.Loss == "squared_hinge" {
			loss = ops.SquaredHinge
		}
		return &Architecture{
			Parameters:  LinearParameters("fc", spec.Inputs, 1),
			LossName:    fmt.Sprintf("%s, C = %g", strings.ReplaceAll(spec.Loss, "_", " "), spec.C),
			PixelWeight: "fc.weight",
			Output: func(n *Network) *G.Node {
				return n.Linear(n.Input, "fc", ops.Identity)
			},
			Loss: func(n *Network, score *G.Node) *G.Node {
				return n.Classification(loss(spec.C), score)
			},
		}
	},
}
