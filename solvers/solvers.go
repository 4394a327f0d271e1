// Package solvers holds the optimizers, each exactly torch.optim's update, and
// the schedules of their learning rate. Gorgonia's own are not used: its
// Momentum decays the velocity in place of the weights, and its Adam rounds its
// constants.
package solvers

import (
	"fmt"
	"maps"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A Solver is a Gorgonia solver whose learning rate follows a schedule. It
// keeps its state by parameter, so Step must always get the same parameters in
// the same order.
type Solver interface {
	G.Solver
	SetLearningRate(rate float64)
	// State returns what the next step depends on; the values are the solver's
	// own and change with it.
	State() State
	// Restore makes a new solver continue from the state. sizes are the
	// lengths of the parameters; the error says what does not fit them.
	Restore(state State, sizes []int) error
}

// A State is what a solver carries from one step to the next.
type State struct {
	// Steps counts those taken, for a solver whose update depends on it.
	Steps int
	// Tensors holds, under torch's names, as many values for each parameter as
	// it has, in the order of Step's parameters. It is empty before the first
	// step and for a solver that carries nothing.
	Tensors map[string][][]float32
}

// copies returns the tensors of the given names, nil where the state is that
// before the first step. The error says which of them do not fit parameters of
// the given sizes.
func (s State) copies(sizes []int, names ...string) ([][][]float32, error) {
	copies := make([][][]float32, len(names))
	if len(s.Tensors) == 0 {
		return copies, nil
	}
	if held := slices.Sorted(maps.Keys(s.Tensors)); !slices.Equal(held, names) {
		return nil, fmt.Errorf("the state holds %q; this optimizer keeps %q", held, names)
	}
	for i, name := range names {
		values := s.Tensors[name]
		if len(values) != len(sizes) {
			return nil, fmt.Errorf("the state's %s is of %d parameters, not %d", name, len(values), len(sizes))
		}
		for j, size := range sizes {
			if len(values[j]) != size {
				return nil, fmt.Errorf("the state's %s has %d values for parameter %d, not %d", name, len(values[j]), j, size)
			}
			copies[i] = append(copies[i], slices.Clone(values[j]))
		}
	}
	return copies, nil
}

// Spec is what a config says of the optimizer.
type Spec struct {
	Kind         string // sgd, adam or adamw
	LearningRate float64
	Momentum     float64    // sgd
	Nesterov     bool       // sgd
	Betas        [2]float64 // adam, adamw
	Eps          float64    // adam, adamw
	WeightDecay  float64
	ClipNorm     float64 // largest norm of the gradients; 0 = they are not clipped
}

// New returns the solver of the spec's kind.
func New(spec Spec) (Solver, error) {
	var solver Solver
	switch spec.Kind {
	case "sgd":
		solver = NewSGD(spec.LearningRate, spec.Momentum, spec.WeightDecay, spec.Nesterov)
	case "adam", "adamw":
		adam := NewAdam(spec.LearningRate, spec.Betas, spec.Eps, spec.WeightDecay)
		adam.step.Decoupled = spec.Kind == "adamw"
		solver = adam
	default:
		return nil, fmt.Errorf("no optimizer of kind %q: there are sgd, adam, adamw", spec.Kind)
	}
	if spec.ClipNorm > 0 {
		solver = Clipped{solver, spec.ClipNorm}
	}
	return solver, nil
}

// valueAndGradient returns a parameter's elements and those of its gradient.
func valueAndGradient(parameter G.ValueGrad) (value, gradient []float32, err error) {
	grad, err := parameter.Grad()
	if err != nil {
		return nil, nil, fmt.Errorf("%v has no gradient: %w", parameter, err)
	}
	v, ok := parameter.Value().(*tensor.Dense)
	if !ok || v.Dtype() != tensor.Float32 {
		return nil, nil, fmt.Errorf("%v is not a float32 tensor", parameter)
	}
	g, ok := grad.(*tensor.Dense)
	if !ok || g.Dtype() != tensor.Float32 || !g.Shape().Eq(v.Shape()) {
		return nil, nil, fmt.Errorf("the gradient of %v is not a float32 tensor of its shape %v", parameter, v.Shape())
	}
	return v.Float32s(), g.Float32s(), nil
}
