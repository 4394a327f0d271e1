package graphs

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"cifartrain/graphs/ops"
	"cifartrain/metrics"
)

// linearSVM is the linear support vector machine: one affine map to scores,
//
//	scores = x W^T + b              (B, 1) for two classes, else (B, classes)
//
// The sign of the one score tells the first of two classes (y = -1) from the
// second (y = +1),
//
//	loss = C * mean(max(0, 1 - y*score))
//
// With more than two classes, the class with the largest score is predicted. The loss of an image of class
// y, to be averaged over the images, is either that of Weston and Watkins, who
// ask for a margin between the class's own score and every other,
//
//	loss = C * sum over j != y of max(0, 1 + s_j - s_y)
//
// or one against the rest: as many two-class machines as there are classes,
//
//	loss = C * sum over j of max(0, 1 - y_j*s_j)       y_j = +1 for j = y, else -1
//
// Each term is squared where the loss is squared_hinge. The weight decay of its
// solver is the margin term of the SVM's objective.
var linearSVM = Kind{
	Name:   "linear_svm",
	Task:   metrics.Classify,
	Losses: []string{"hinge", "squared_hinge"},
	Keys:   []string{"loss.c", "loss.multiclass"},
	Check: func(spec Spec) []Problem {
		if spec.Classes == 1 {
			return []Problem{{"data.classes", "one class leaves nothing to tell apart: name two or more, or none for all"}}
		}
		return nil
	},
	New: func(spec Spec) *Architecture {
		scores, loss, name := svmLoss(spec)
		return &Architecture{
			Parameters:  LinearParameters("fc", spec.Inputs, scores),
			LossName:    fmt.Sprintf("%s, C = %g", name, spec.C),
			PixelWeight: "fc.weight",
			ReadsBytes:  scores == 1,
			Output: func(n *Network) *G.Node {
				return n.Linear(n.Input, "fc", ops.Identity)
			},
			Loss: func(n *Network, scores *G.Node) *G.Node { return n.Classification(loss(), scores) },
		}
	},
}

// OneVsRest is the value of loss.multiclass that trains one two-class machine for
// each class.
const OneVsRest = "one_vs_rest"

// svmLoss returns how many scores an image has, a function that makes their loss
// anew for each graph, and the loss's name.
func svmLoss(spec Spec) (scores int, loss func() ops.Classification, name string) {
	squared := spec.Loss == "squared_hinge"
	name = "hinge"
	if squared {
		name = "squared hinge"
	}
	switch {
	case spec.Classes == 2 && squared:
		return 1, func() ops.Classification { return ops.SquaredHinge(spec.C) }, name
	case spec.Classes == 2:
		return 1, func() ops.Classification { return ops.Hinge(spec.C) }, name
	case spec.Multiclass == OneVsRest:
		return spec.Classes, func() ops.Classification { return ops.OneVsRest(spec.Classes, spec.C, squared) }, "one-vs-rest " + name
	}
	return spec.Classes, func() ops.Classification { return ops.WestonWatkins(spec.Classes, spec.C, squared) }, "Weston-Watkins " + name
}
