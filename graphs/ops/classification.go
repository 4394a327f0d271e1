package ops

import (
	"fmt"

	G "gorgonia.org/gorgonia"
)

// A Classification is a loss that compares scores with the true classes. Each
// node needs one of its own.
type Classification struct {
	Name   string
	Scores int // the number of scores of an image

	// Value returns the mean loss over the images, whose scores are (images,
	// Scores) and whose labels are the places of their classes. Unless gradient
	// is nil, it sets that to the derivative of the loss by each score.
	Value func(gradient, scores, labels []float32) float32
}

// Node returns the scalar node of the loss over the live rows of scores (B,
// Scores) and labels (B). Labels are data: they have no gradient.
func (c Classification) Node(live *Live, scores, labels *G.Node) (*G.Node, error) {
	if scores.Dims() != 2 || scores.Shape()[1] != c.Scores || labels.Dims() != 1 || labels.Shape()[0] != scores.Shape()[0] {
		return nil, fmt.Errorf("%s: scores %v and labels %v do not fit: want (B, %d) and (B)", c.Name, scores.Shape(), labels.Shape(), c.Scores)
	}
	op, loss := newLoss(c.Name, live, scores, labels)
	op.compute = func(v [][]float32) {
		values := live.Rows * c.Scores
		gradient := loss.gradient
		if gradient != nil {
			gradient = gradient[:values]
		}
		*loss.value = G.F32(c.Value(gradient, v[0][:values], v[1][:live.Rows]))
	}
	return G.ApplyOp(op, scores, labels)
}
