// Package solvers holds the optimizers, each exactly torch.optim's update, and
// the schedules of their learning rate. Gorgonia's own are not used: its
// Momentum decays the velocity in place of the weights, and its Adam rounds its
// constants.
package solvers

import (
	"fmt"

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
