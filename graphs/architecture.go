// Package graphs holds the models as static Gorgonia expression graphs: one
// file a model, built from the layers and losses they share.
package graphs

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	G "gorgonia.org/gorgonia"

	"cifartrain/metrics"
)

// Pixels is the length of an image, the width of every model's input.
const Pixels = 3072

// Spec is what a config says of a model.
type Spec struct {
	Kind   string  // one of Kinds
	Hidden []int   // autoencoders: the encoder's widths between input and latent
	Latent int     // autoencoders: the width of the code
	Init   string  // one of Inits
	HingeC float64 // factor of the hinge loss

	SquaredHinge bool // the linear SVM's loss is the squared hinge
}

// An Architecture is a kind of model before it has weights: the shapes of its
// parameters and how its graph is written. Everything a training run needs to
// know of a model is a field here, so that nothing has to ask for its kind.
type Architecture struct {
	Kind       string
	Task       metrics.Task
	Parameters []Parameter // in the order of torch's module.parameters()

	// LossName names the loss with its constants, for axes and tables.
	LossName string

	// Latent is the width of the code that a model passes an image through to
	// restore it; 0 for a model that has no such code.
	Latent int

	// PixelWeight names the weight that holds one value a pixel and so makes a
	// picture; it is empty where there is none.
	PixelWeight string

	init string // how initial weights are drawn

	// output writes the model's formula and returns its output node.
	output func(n *network) *G.Node
	// loss returns the scalar loss of the output.
	loss func(n *network, output *G.Node) *G.Node
}

// kinds lists the models: a kind's name and what makes its architecture.
var kinds = map[string]func(Spec) *Architecture{
	"linear_svm":       linearSVM,
	"autoencoder":      autoencoder,
	"tied_autoencoder": tiedAutoencoder,
}

// Kinds are the names of the models, sorted.
func Kinds() []string { return slices.Sorted(maps.Keys(kinds)) }

// Inits are the ways to draw initial weights; see [Architecture.Initialize].
func Inits() []string { return []string{"torch", "he", "glorot", "orthogonal", "pca"} }

// New returns the architecture of the spec's kind, or an error that lists the
// kinds or the inits there are.
func New(spec Spec) (*Architecture, error) {
	kind, known := kinds[spec.Kind]
	if !known {
		return nil, fmt.Errorf("graphs: no model of kind %q: there are %s", spec.Kind, strings.Join(Kinds(), ", "))
	}
	if !slices.Contains(Inits(), spec.Init) {
		return nil, fmt.Errorf("graphs: no initialisation %q: there are %s", spec.Init, strings.Join(Inits(), ", "))
	}
	architecture := kind(spec)
	architecture.Kind, architecture.init = spec.Kind, spec.Init
	if spec.Init != "pca" {
		return architecture, nil
	}
	if !architecture.Task.Restores() {
		return nil, fmt.Errorf("graphs: model.init pca starts from what principal components reconstruct; a %s reconstructs nothing", spec.Kind)
	}
	for _, width := range spec.Hidden {
		if width%2 != 0 || width < 2*spec.Latent {
			return nil, fmt.Errorf("graphs: model.init pca needs hidden layers of an even width of at least twice model.latent, which is %d: %d is not", spec.Latent, width)
		}
	}
	return architecture, nil
}

// Predict returns the place of the class that a row of a classifier's output
// stands for. A single score says the second of two classes, 1, where it is
// above 0 and the first, 0, where it is not. Of several scores, one a class, the
// largest says its class, the first of equals.
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

// ParameterCount is the number of trained values.
func (a *Architecture) ParameterCount() int {
	count := 0
	for _, p := range a.Parameters {
		count += p.Shape.TotalSize()
	}
	return count
}
