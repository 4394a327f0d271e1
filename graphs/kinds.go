package graphs

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cifartrain/metrics"
)

// A Kind is a kind of model: what a config may ask of it, and how it is built.
// A new kind is a file of its own, such as svm.go, and a line in [Kinds].
type Kind struct {
	Name string // model.kind
	Task metrics.Task

	Losses []string // what loss.kind may be; the first is the default

	// Keys are the dotted keys of a config that this kind reads and that not
	// every kind reads.
	Keys []string

	// Defaults are the default values of dotted keys for which this kind has
	// others than most.
	Defaults map[string]any

	// Check returns what is wrong with a spec beyond the range of each single
	// key. It is nil for a kind that accepts every spec.
	Check func(Spec) []Problem

	// New returns the architecture for a valid spec. It need not set Kind, Task
	// and the way of drawing weights, which are filled in afterwards.
	New func(Spec) *Architecture
}

// A Problem says what is wrong with the value of a config's key.
type Problem struct {
	Key    string // dotted, as in model.init
	Reason string // what a person reads after the key
}

// A Spec is what a config and its dataset say about a model.
type Spec struct {
	Hidden []int  // the widths between input and output; of autoencoders between input and latent
	Latent int    // autoencoders: the width of the code
	Init   string // one of Inits

	Activation string  // one of Activations, after each hidden layer; empty for relu
	Dropout    float64 // share of hidden values dropped in training
	BatchNorm  bool    // before each hidden activation
	Noise      float64 // autoencoders: deviation of what is added to the images in training

	Loss       string  // one of the kind's Losses; empty for the first
	C          float64 // factor of the hinge losses
	Multiclass string  // of the hinge losses over three classes and more: weston_watkins or OneVsRest

	Inputs  int // values of an image; 0 while the dataset is not known
	Classes int // how many classes the images are of; 0 while that is not known

	Centered bool // the images come without their mean
	OneScale bool // all channels are divided by the same deviation
}

// Kinds are the kinds of models.
func Kinds() []Kind {
	return []Kind{linearSVM, mlp, autoencoder, tiedAutoencoder}
}

// Inits are the ways to draw initial weights; see [Architecture.Initialize].
func Inits() []string { return []string{"torch", "he", "glorot", "orthogonal", "pca"} }

// New returns the architecture for a kind's name and a spec whose Inputs and
// Classes are known. The error lists the kinds, or says everything that is
// wrong with the spec.
func New(kinds []Kind, name string, spec Spec) (*Architecture, error) {
	var names []string
	for _, kind := range kinds {
		if kind.Name == name {
			return kind.architecture(spec)
		}
		names = append(names, kind.Name)
	}
	return nil, fmt.Errorf("model.kind: there is no model of kind %q; the kinds are %s", name, strings.Join(names, ", "))
}

// Problems returns everything that is wrong with a spec for this kind, as far
// as the spec is known.
func (k Kind) Problems(spec Spec) []Problem {
	var problems []Problem
	if !slices.Contains(Inits(), spec.Init) {
		problems = append(problems, Problem{"model.init", fmt.Sprintf("%q is not a way to draw weights; it must be one of %s", spec.Init, strings.Join(Inits(), ", "))})
	}
	if spec.Loss != "" && !slices.Contains(k.Losses, spec.Loss) {
		problems = append(problems, Problem{"loss.kind", fmt.Sprintf("%q is not a loss for %s; it must be one of %s", spec.Loss, k.Name, strings.Join(k.Losses, ", "))})
	}
	if spec.Init == principal {
		problems = append(problems, k.principalProblems(spec)...)
	}
	if k.Check != nil {
		problems = append(problems, k.Check(spec)...)
	}
	return problems
}

// architecture returns the kind's architecture for a spec.
func (k Kind) architecture(spec Spec) (*Architecture, error) {
	var reasons []string
	for _, problem := range k.Problems(spec) {
		reasons = append(reasons, problem.Key+": "+problem.Reason)
	}
	if len(reasons) > 0 {
		return nil, errors.New(strings.Join(reasons, "; "))
	}
	if spec.Loss == "" {
		spec.Loss = k.Losses[0]
	}
	architecture := k.New(spec)
	architecture.Kind, architecture.Task, architecture.spec = k.Name, k.Task, spec
	return architecture, nil
}
