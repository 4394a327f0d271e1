package graphs

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/fuse"
	"cifartrain/metrics"
)

// linearSVM is the linear support vector machine: one affine map to scores. The
// weight decay of its solver is the margin term of the SVM's objective.
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
		loss, name := svmLoss(spec)
		scores := spec.Classes
		if scores == 2 {
			scores = 1 // its sign tells the classes apart
		}
		return &Architecture{
			Parameters:  LinearParameters("fc", spec.Inputs, scores),
			LossName:    fmt.Sprintf("%s, C = %g", name, spec.C),
			PixelWeight: "fc.weight",
			Formula: func(x *G.Node, p G.Nodes, _ Hidden) (scores, code *G.Node) {
				return affine(x, transposed(p[0]), p[1]), nil // (B, scores)
			},
			Loss: loss,
		}
	},
}

// hingeLoss is the loss of one score for each image, whose sign tells the first of
// two classes (label 0, y = -1) from the second (label 1, y = +1):
//
//	loss = C * mean(max(0, 1 - y*score))
//
// The terms are squared where the loss is squared_hinge.
func hingeLoss(scores, labels *G.Node, c float64, square bool) *G.Node {
	one := number(1)
	score := G.Must(G.Reshape(scores, tensor.Shape{scores.Shape()[0]})) // (B)
	y := G.Must(G.Sub(G.Must(G.Mul(labels, number(2))), one))           // (B), -1 or +1
	terms := relu(G.Must(G.Sub(one, G.Must(G.HadamardProd(y, score))))) // (B)
	if square {
		terms = squared(terms)
	}
	return G.Must(G.Mul(number(c), G.Must(G.Mean(terms))))
}

// svmLoss returns the spec's loss and its name. With more than two classes, the
// class with the largest score is predicted, and the losses are those of
// [fuse.WestonWatkins] and [fuse.OneVsRest].
func svmLoss(spec Spec) (loss func(scores, labels *G.Node) *G.Node, name string) {
	square := spec.Loss == "squared_hinge"
	name = "hinge"
	if square {
		name = "squared hinge"
	}
	multiclass := fuse.WestonWatkins
	switch {
	case spec.Classes == 2:
		return func(scores, labels *G.Node) *G.Node { return hingeLoss(scores, labels, spec.C, square) }, name
	case spec.Multiclass == "one_vs_rest":
		multiclass, name = fuse.OneVsRest, "one-vs-rest "+name
	default:
		name = "Weston-Watkins " + name
	}
	return func(scores, labels *G.Node) *G.Node { return G.Must(multiclass(scores, labels, spec.C, square)) }, name
}
