package solvers

import (
	G "gorgonia.org/gorgonia"

	"cifartrain/internal/kernels"
)

// SGD is torch.optim.SGD with dampening 0: momentum, Nesterov's variant and a
// weight decay that is added to every parameter's gradient, biases included.
type SGD struct {
	step     kernels.SGD
	velocity [][]float32 // by parameter, made at the first step
}

// NewSGD returns a solver with zero velocities.
func NewSGD(learningRate, momentum, weightDecay float64, nesterov bool) *SGD {
	return &SGD{step: kernels.SGD{
		LearningRate: float32(learningRate),
		Momentum:     float32(momentum),
		WeightDecay:  float32(weightDecay),
		Nesterov:     nesterov,
	}}
}

// SetLearningRate sets the rate of the steps to come.
func (s *SGD) SetLearningRate(rate float64) { s.step.LearningRate = float32(rate) }

// Step moves each parameter once against its gradient.
func (s *SGD) Step(parameters []G.ValueGrad) error {
	if s.velocity == nil {
		s.velocity = make([][]float32, len(parameters))
	}
	for i, p := range parameters {
		value, gradient, err := valueAndGradient(p)
		if err != nil {
			return err
		}
		if s.velocity[i] == nil && s.step.Momentum != 0 {
			s.velocity[i] = make([]float32, len(value))
		}
		s.step.Step(value, gradient, s.velocity[i])
	}
	return nil
}

// momentumBuffer is torch's name for the velocity.
const momentumBuffer = "momentum_buffer"

// State returns the velocity; without momentum there is none.
func (s *SGD) State() State {
	if s.velocity == nil || s.step.Momentum == 0 {
		return State{}
	}
	return State{Tensors: map[string][][]float32{momentumBuffer: s.velocity}}
}

// Restore sets the velocity; see [Solver].
func (s *SGD) Restore(state State, sizes []int) error {
	var names []string
	if s.step.Momentum != 0 {
		names = []string{momentumBuffer}
	}
	copies, err := state.copies(sizes, names...)
	if err == nil && names != nil {
		s.velocity = copies[0]
	}
	return err
}
