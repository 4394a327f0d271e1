// Package graphs holds the models as static Gorgonia expression graphs: one file a
// model, written in Gorgonia's own operations. Package fuse makes them fast.
package graphs

import (
	"math"

	G "gorgonia.org/gorgonia"

	"cifartrain/fuse"
	"cifartrain/metrics"
)

// An Architecture is a model without weights: the shapes of its parameters and
// how its graph is written. What others need to know about a model is a field here
// or read from its graph.
type Architecture struct {
	Kind       string
	Task       metrics.Task
	Parameters []Parameter // in the order of torch's module.parameters()

	// LossName names the loss with its constants, for axes and tables.
	LossName string

	// Probabilities says that the scores are logarithms of odds, so that they have
	// probabilities: their softmax, or of a single score the sigmoid.
	Probabilities bool

	// Latent is the width of the code through which a model passes an image to
	// reconstruct it; 0 for a model without a code.
	Latent int

	// PixelWeight names the weight whose rows hold one value for each value of
	// an image and can be drawn as pictures; "" if there is none.
	PixelWeight string

	// Formula writes the model from the images x (B, inputs) and its parameters, in
	// their order. It calls hidden after the affine map of each hidden layer. It
	// returns the output (B, outputs), a classifier's scores, as Predict reads them,
	// or the reconstructed images, and the code (B, latent), which is nil for a model
	// without one.
	Formula func(x *G.Node, p G.Nodes, hidden Hidden) (output, code *G.Node)
	// Loss writes the scalar loss of the output, the mean over the batch. The
	// target is the images for a model that reconstructs them, else the labels (B),
	// which are the indexes of the classes.
	Loss func(output, target *G.Node) *G.Node

	spec Spec
}

// Predict returns the index of the class that a row of a classifier's output
// means. A single score means the second of two classes, 1, if it is above 0,
// and otherwise the first, 0. Of several scores, one for each class, the
// largest decides; of equal ones, the first.
func (a *Architecture) Predict(output []float32) int {
	if len(output) == 1 {
		if output[0] > 0 {
			return 1
		}
		return 0
	}
	best := 0
	for class, score := range output {
		if score > output[best] {
			best = class
		}
	}
	return best
}

// ProbabilitiesOf returns the classes' probabilities that a row of the output means, or
// nil for a model that has none.
func (a *Architecture) ProbabilitiesOf(output []float32) []float64 {
	if !a.Probabilities {
		return nil
	}
	probabilities := fuse.LogSoftmax(make([]float64, max(2, len(output))), output)
	for i, log := range probabilities {
		probabilities[i] = math.Exp(log)
	}
	return probabilities
}

// Width is an upper bound on the values held for an image in the input and all
// layers: a layer's outputs count with its weight and with its bias.
func (a *Architecture) Width() int {
	width := a.spec.Inputs
	for _, p := range a.Parameters {
		width += p.Shape[0]
	}
	return width
}

// ParameterCount is the number of trained values.
func (a *Architecture) ParameterCount() int {
	count := 0
	for _, p := range a.Parameters {
		if !p.State {
			count += p.Shape.TotalSize()
		}
	}
	return count
}
