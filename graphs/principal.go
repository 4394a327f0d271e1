package graphs

import (
	"fmt"

	"gorgonia.org/tensor"
)

// principal is the way of drawing weights that begins with principal components.
const principal = "pca"

// principalProblems are the reasons why a model's first weights cannot be made of
// principal components.
func (k Kind) principalProblems(spec Spec) (problems []Problem) {
	refuse := func(format string, args ...any) {
		problems = append(problems, Problem{"model.init", fmt.Sprintf(format, args...)})
	}
	if !k.Task.Reconstructs() {
		refuse("pca starts from what principal components reconstruct; a %s reconstructs nothing", k.Name)
		return problems
	}
	for _, width := range spec.Hidden {
		if width%2 != 0 || width < 2*spec.Latent {
			refuse("pca needs hidden layers of an even width of at least twice model.latent, so %d or more, not %d", 2*spec.Latent, width)
		}
	}
	if !spec.Centered {
		refuse("pca needs images without their mean: set data.center to true")
	}
	if !spec.OneScale {
		refuse("pca needs pixels of one scale: give data.normalize.std the same value for each channel")
	}
	return problems
}

// PrincipalComponents is how many of the training images' principal components
// the first weights are made of; 0 where they are drawn at random. A hidden
// layer holds each component twice, once negated, because a ReLU passes only
// positive numbers on.
func (a *Architecture) PrincipalComponents() int {
	if a.spec.Init != principal {
		return 0
	}
	return a.Parameters[0].Shape[0] / 2
}

// SetPrincipalComponents makes weights drawn by init pca compute what as many principal
// components as the latent has values reconstruct: components are orthonormal
// rows (PrincipalComponents, inputs), the most important first. A layer that a
// ReLU follows holds a number c as relu(c) and relu(-c), whose difference it is:
//
//	input  -> hidden:  components and their negatives as rows
//	hidden -> latent:  relu(c) - relu(-c) of the first components
//	latent -> hidden:  c and -c
//	hidden -> output:  components and their negatives as columns
//
// In the layers between, these values are added to those drawn at random, so that
// units that stand for no component are active too. The images must be centered.
func (a *Architecture) SetPrincipalComponents(weights Weights, components [][]float64) error {
	if len(components) != a.PrincipalComponents() {
		return fmt.Errorf("%d principal components are given, %d needed", len(components), a.PrincipalComponents())
	}
	model, err := a.Build(weights, 1)
	if err != nil {
		return err
	}
	if !model.IsChain() {
		return fmt.Errorf("model.init: pca needs layers that follow one another with a ReLU or nothing between them, and a %s is no such chain", a.Kind)
	}
	byName := weights.ByName()
	for i, layer := range model.Layers {
		if layer.Transposed {
			continue // another layer's weight, which is aligned already
		}
		w := byName[layer.Weight]
		switch {
		case i == 0:
			setComponents(w, components, len(components[0]), 1)
		case i == len(model.Layers)-1:
			setComponents(w, components, 1, layer.In)
		default:
			addIdentity(w, a.Latent, layer.Activation == "relu", model.Layers[i-1].Activation == "relu")
		}
	}
	return nil
}

// setComponents sets the weights of the first units to components and those of as
// many units after them to the negatives. perUnit and perPixel are strides into the
// weight.
func setComponents(w *tensor.Dense, components [][]float64, perUnit, perPixel int) {
	values, negative := w.Float32s(), len(components)*perUnit
	for unit, component := range components {
		for pixel, v := range component {
			at := unit*perUnit + pixel*perPixel
			values[at], values[at+negative] = float32(v), float32(-v)
		}
	}
}

// addIdentity adds an identity for the first count units. Where rows (outputs) or
// columns (inputs) are paired, the unit half the width further holds the negative.
func addIdentity(w *tensor.Dense, count int, pairedRows, pairedColumns bool) {
	values, rows, columns := w.Float32s(), w.Shape()[0], w.Shape()[1]
	for i := range count {
		values[i*columns+i]++
		if pairedColumns {
			values[i*columns+columns/2+i]--
		}
		if pairedRows {
			values[(rows/2+i)*columns+i]--
		}
		if pairedRows && pairedColumns {
			values[(rows/2+i)*columns+columns/2+i]++
		}
	}
}
