package graphs

import (
	"cmp"
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
	Init   string // one of inits

	Activation string  // one of activations, after each hidden layer; empty for relu
	Dropout    float64 // share of hidden values dropped in training
	BatchNorm  bool    // before each hidden activation
	Noise      float64 // autoencoders: deviation of what is added to the images in training

	Loss       string  // one of the kind's Losses; empty for the first
	C          float64 // factor of the hinge losses
	Multiclass string  // of the hinge losses over three classes and more: weston_watkins or one_vs_rest

	Inputs  int // values of an image; 0 while the dataset is not known
	Classes int // how many classes the images are of; 0 while that is not known

	Centered bool // the images come without their mean
	OneScale bool // all channels are divided by the same deviation
}

// Kinds are the kinds of models that a config may ask for.
var Kinds = []Kind{linearSVM, mlp, autoencoder, tiedAutoencoder}

// inits are the ways to draw initial weights; see [Architecture.Initialize].
var inits = []string{"torch", "he", "glorot", "orthogonal", principal}

// New returns the architecture for a kind's name and a spec whose Inputs and
// Classes are known. The error lists the kinds, or says everything that is
// wrong with the spec.
func New(kinds []Kind, name string, spec Spec) (*Architecture, error) {
	var names, reasons []string
	for _, kind := range kinds {
		if kind.Name != name {
			names = append(names, kind.Name)
			continue
		}
		for _, problem := range kind.Problems(spec) {
			reasons = append(reasons, problem.Key+": "+problem.Reason)
		}
		if len(reasons) > 0 {
			return nil, errors.New(strings.Join(reasons, "; "))
		}
		spec.Loss, spec.Activation = cmp.Or(spec.Loss, kind.Losses[0]), cmp.Or(spec.Activation, "relu")
		architecture := kind.New(spec)
		architecture.Kind, architecture.Task, architecture.spec = name, kind.Task, spec
		return architecture, nil
	}
	return nil, fmt.Errorf("model.kind: there is no model of kind %q; the kinds are %s", name, strings.Join(names, ", "))
}

// Problems returns everything that is wrong with a spec for this kind, as far
// as the spec is known.
func (k Kind) Problems(spec Spec) []Problem {
	var problems []Problem
	if !slices.Contains(inits, spec.Init) {
		problems = append(problems, Problem{"model.init", fmt.Sprintf("%q is not a way to draw weights; it must be one of %s", spec.Init, strings.Join(inits, ", "))})
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
