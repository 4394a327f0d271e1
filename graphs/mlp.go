package graphs

import (
	"slices"

	G "gorgonia.org/gorgonia"

	"cifartrain/fuse"
	"cifartrain/metrics"
)

// mlp is a classifier with any number of hidden layers,
//
//	h      = act(x W1^T + b1)              (B, hidden), and so on
//	scores = h Wn^T + bn                   (B, classes)
//	loss   = mean(-log(softmax(scores) of the image's class))
//
// Without hidden layers it is softmax regression. Two classes have a single score,
// the logarithm of the odds of the second: logistic regression.
var mlp = Kind{
	Name:     "mlp",
	Task:     metrics.Classify,
	Losses:   []string{"cross_entropy"},
	Keys:     []string{"model.hidden", "model.activation", "model.dropout", "model.batch_norm"},
	Defaults: map[string]any{"optimizer.kind": "adam", "optimizer.learning_rate": 0.001, "optimizer.weight_decay": 0.0},
	Check:    linearSVM.Check,
	New: func(spec Spec) *Architecture {
		scores := spec.Classes
		if scores == 2 {
			scores = 1
		}
		a := &Architecture{
			Parameters: sequentialParameters("", slices.Concat([]int{spec.Inputs}, spec.Hidden, []int{scores}), spec),
			LossName:   "cross-entropy", Probabilities: true,
			Formula: func(x *G.Node, p G.Nodes, hidden Hidden) (scores, code *G.Node) {
				scores, _ = sequential(x, p, len(spec.Hidden)+1, hidden) // (B, scores)
				return scores, nil
			},
			Loss: func(scores, labels *G.Node) *G.Node { return G.Must(fuse.CrossEntropy(scores, labels)) },
		}
		if len(spec.Hidden) == 0 {
			a.PixelWeight = "0.weight"
		}
		return a
	},
}
