package solvers

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"cifartrain/internal/kernels"
)

// Adam is torch.optim.Adam, whose weight decay is added to the gradient, or
// torch.optim.AdamW, whose weight decay shrinks the weights themselves.
type Adam struct {
	step          kernels.Adam
	first, second [][]float32 // the moments by parameter, made at the first step
}

// NewAdam returns Adam with zero moments. betas are the decays of the two
// moments.
func NewAdam(learningRate float64, betas [2]float64, eps, weightDecay float64) *Adam {
	return &Adam{step: kernels.Adam{
		LearningRate: learningRate, Beta1: betas[0], Beta2: betas[1], Eps: eps, WeightDecay: weightDecay,
	}}
}

// SetLearningRate sets the rate of the steps to come.
func (a *Adam) SetLearningRate(rate float64) { a.step.LearningRate = rate }

// Step moves each parameter once against its gradient.
func (a *Adam) Step(parameters []G.ValueGrad) error {
	if a.first == nil {
		a.first, a.second = make([][]float32, len(parameters)), make([][]float32, len(parameters))
	}
	a.step.Count++
	for i, p := range parameters {
		value, gradient, err := valueAndGradient(p)
		if err != nil {
			return err
		}
		if a.first[i] == nil {
			a.first[i], a.second[i] = make([]float32, len(value)), make([]float32, len(value))
		}
		a.step.Step(value, gradient, a.first[i], a.second[i])
	}
	return nil
}

// Torch's names for the moments.
const (
	firstMoment  = "exp_avg"
	secondMoment = "exp_avg_sq"
)

// State returns the moments and the number of steps.
func (a *Adam) State() State {
	if a.first == nil {
		return State{}
	}
	return State{Steps: a.step.Count, Tensors: map[string][][]float32{firstMoment: a.first, secondMoment: a.second}}
}

// Restore sets the moments and the number of steps; see [Solver].
func (a *Adam) Restore(state State, sizes []int) error {
	copies, err := state.copies(sizes, firstMoment, secondMoment)
	if err != nil {
		return err
	}
	if taken := state.Steps > 0; taken != (copies[0] != nil) {
		return fmt.Errorf("the state's moments do not go with %d steps", state.Steps)
	}
	a.first, a.second, a.step.Count = copies[0], copies[1], state.Steps
	return nil
}
