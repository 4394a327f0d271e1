package kernels

// SGD holds the constants of one step of stochastic gradient descent.
type SGD struct {
	LearningRate, Momentum, WeightDecay float32
	Nesterov                            bool
}

// Step moves weights against gradient as torch.optim.SGD does with dampening 0:
//
//	g = gradient + WeightDecay * weight
//	velocity = Momentum * velocity + g
//	g = g + Momentum * velocity   with Nesterov
//	g = velocity                  otherwise
//	weight = weight - LearningRate * g
//
// velocity starts as zeros. Where Momentum is 0 it is not used and may be nil.
// Source: https://pytorch.org/docs/stable/generated/torch.optim.SGD.html
func (s SGD) Step(weights, gradient, velocity []float32) {
	n := len(weights)
	gradient = gradient[:n:len(gradient)]
	if s.Momentum != 0 {
		velocity = velocity[:n:len(velocity)]
	}
	share(n, passNumbers, n, func(from, to int) {
		if s.Momentum == 0 {
			s.step(weights[from:to], gradient[from:to], nil)
		} else {
			s.step(weights[from:to], gradient[from:to], velocity[from:to])
		}
	})
}

func (s SGD) step(weights, gradient, velocity []float32) {
	done := whole(len(weights))
	switch {
	case done == 0:
	case velocity == nil:
		instructions.sgd(&weights[0], &gradient[0], done, s.LearningRate, s.WeightDecay)
	case s.Nesterov:
		instructions.nesterov(&weights[0], &gradient[0], &velocity[0], done, s.LearningRate, s.WeightDecay, s.Momentum)
	default:
		instructions.momentum(&weights[0], &gradient[0], &velocity[0], done, s.LearningRate, s.WeightDecay, s.Momentum)
	}
	for i := done; i < len(weights); i++ {
		g := gradient[i] + float32(s.WeightDecay*weights[i])
		v := g
		if velocity != nil {
			v = float32(s.Momentum*velocity[i]) + g
			velocity[i] = v
			if s.Nesterov {
				v = g + float32(s.Momentum*v)
			}
		}
		weights[i] -= float32(s.LearningRate * v)
	}
}
