package solvers

import (
	"math"

	G "gorgonia.org/gorgonia"

	"cifartrain/internal/kernels"
)

// Clipped is a solver that first scales all gradients together down to a
// Euclidean norm of at most Norm.
type Clipped struct {
	Solver
	Norm float64
}

// Step clips the gradients, which stay clipped, and steps. They are clipped as
// torch.nn.utils.clip_grad_norm_ does: multiplied by Norm/(norm + 1e-6) where
// that is below 1, with the norm over the gradients of all parameters. If the
// norm is NaN, every gradient becomes NaN. Source:
// https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
func (c Clipped) Step(parameters []G.ValueGrad) error {
	squares, gradients := 0.0, make([][]float32, len(parameters))
	for i, p := range parameters {
		var err error
		if _, gradients[i], err = valueAndGradient(p); err != nil {
			return err
		}
		squares += kernels.SquaredNorm(gradients[i])
	}
	if factor := c.Norm / (math.Sqrt(squares) + 1e-6); !(factor >= 1) {
		for _, gradient := range gradients {
			kernels.Scale(gradient, float32(factor))
		}
	}
	return c.Solver.Step(parameters)
}
