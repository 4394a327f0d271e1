package fuse

import (
	"fmt"
	"math"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/internal/kernels"
)

// A Loss is a scalar function of a model's output and a target that is an op of its
// own.
type Loss struct {
	Name string

	// Value returns the mean loss over the batch. Unless gradient is nil, it sets
	// that to the derivative of the loss by each value of the output.
	Value func(gradient, output, target []float32) float32
}

// Node returns the scalar node of the loss of output (B, n). The target is data: it
// has no gradient.
func (l Loss) Node(output, target *G.Node) (*G.Node, error) {
	if output.Dims() == 0 || target.Dims() == 0 || output.Shape()[0] != target.Shape()[0] {
		return nil, fmt.Errorf("%s: output %v and target %v do not fit: they are for different numbers of images", l.Name, output.Shape(), target.Shape())
	}
	return l.op(true).apply(output, target)
}

// op returns the op of the loss. It computes its gradient by the output together
// with its value, so that its inputs are read only once.
func (l Loss) op(varies bool) *op {
	var gradient *op // nil as long as the graph does not ask for it
	o := newOp(l.Name, tensor.ScalarShape(), func(out []float32, in [][]float32) {
		var derivatives []float32
		if gradient != nil {
			derivatives = gradient.value().(*tensor.Dense).Float32s()
		}
		out[0] = l.Value(derivatives, in[0], in[1])
	})
	o.wrt = []bool{varies, false}
	o.differentiate = func(inputs G.Nodes, value, upstream *G.Node) (grads G.Nodes, err error) {
		if gradient != nil {
			return nil, fmt.Errorf("%s: has its gradient already", l.Name)
		}
		gradient = newOp(l.Name+" gradient", inputs[0].Shape(), func(out []float32, in [][]float32) {
			if factor := in[1][0]; factor != 1 {
				kernels.Scale(out, factor)
			}
		})
		grads = make(G.Nodes, 2)
		grads[0], err = gradient.apply(value, upstream)
		return grads, err
	}
	return o
}

// mse returns the op of the mean squared error.
func mse(varies bool) *op { return Loss{"mse", kernels.MSE}.op(varies) }

// hinge returns the op of a hinge loss.
func hinge(l hingeLoss, varies bool) *op {
	return signedHinge("hinge", float64(l.c), l.squared, func(y, _, labels []float32) []float32 {
		if !l.classes {
			return append(y, labels...)
		}
		for _, class := range labels {
			y = append(y, 2*class-1)
		}
		return y
	}).op(varies)
}

// signedHinge is c times the mean over the images of the sum of max(0, 1 - y*s) over
// an image's scores s; with squared, each term is squared. signs appends the y of each
// score.
func signedHinge(name string, c float64, squared bool, signs func(y, scores, labels []float32) []float32) Loss {
	if squared {
		name = "squared " + name
	}
	var y []float32
	return Loss{name, func(gradient, scores, labels []float32) float32 {
		y = signs(y[:0], scores, labels)
		sum := float32(c * float64(len(scores)/len(labels))) // the kernel takes the mean over an image's scores, too
		return kernels.Hinge(gradient, scores, y, sum, squared)
	}}
}

// WestonWatkins is the hinge loss of scores (B, classes) and labels (B), the places
// of the images' classes: the mean over the images of c times the sum of
// max(0, 1 + s_j - s_y) over all classes j except the image's own class y. With
// squared, each term is squared. Source: Weston and Watkins, Support Vector
// Machines for Multi-Class Pattern Recognition, ESANN 1999.
func WestonWatkins(scores, labels *G.Node, c float64, squared bool) (*G.Node, error) {
	name := "weston-watkins hinge"
	if squared {
		name = "squared " + name
	}
	return Loss{name, func(gradient, scores, labels []float32) float32 {
		return kernels.WestonWatkins(gradient, scores, labels, len(scores)/len(labels), float32(c), squared)
	}}.Node(scores, labels)
}

// OneVsRest is the sum of the hinge losses of as many two-class models as there
// are classes: c times the mean over the images of the sum of max(0, 1 - y_j*s_j),
// where y_j is +1 for the image's own class and -1 for the others. With squared,
// each term is squared. Scores are (B, classes), labels (B).
func OneVsRest(scores, labels *G.Node, c float64, squared bool) (*G.Node, error) {
	return signedHinge("one-vs-rest hinge", c, squared, func(y, scores, labels []float32) []float32 {
		for _, label := range labels {
			for class := range len(scores) / len(labels) {
				y = append(y, -1)
				if class == int(label) {
					y[len(y)-1] = 1
				}
			}
		}
		return y
	}).Node(scores, labels)
}

// CrossEntropy is the mean over the images of -log(p), p being the probability that
// the softmax of scores (B, classes) gives to the image's own class, whose place is
// in labels (B). With a single score, (B, 1), that is the logarithm of the odds of
// the second of two classes. It is computed so that large scores do no harm. Source:
// https://pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
func CrossEntropy(scores, labels *G.Node) (*G.Node, error) {
	return Loss{"cross-entropy", func(gradient, scores, labels []float32) float32 {
		classes := len(scores) / len(labels)
		total, logs := 0.0, make([]float64, max(classes, 2))
		for i, label := range labels {
			row, own := scores[i*classes:(i+1)*classes], int(label)
			total -= LogSoftmax(logs, row)[own]
			for j := range row {
				if gradient == nil {
					break
				}
				class := j
				if classes == 1 {
					class = 1
				}
				difference := math.Exp(logs[class])
				if class == own {
					difference--
				}
				gradient[i*classes+j] = float32(difference / float64(len(labels)))
			}
		}
		return float32(total / float64(len(labels)))
	}}.Node(scores, labels)
}

// LogSoftmax sets logs to the logarithms of the probabilities that scores give to the
// classes, and returns logs. A single score is the logarithm of the odds of the
// second of two classes.
func LogSoftmax(logs []float64, scores []float32) []float64 {
	if len(scores) == 1 {
		scores = []float32{0, scores[0]}
	}
	largest, sum := float64(slices.Max(scores)), 0.0
	for _, score := range scores {
		sum += math.Exp(float64(score) - largest)
	}
	for class, score := range scores {
		logs[class] = float64(score) - largest - math.Log(sum)
	}
	return logs
}
