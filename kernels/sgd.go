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
// velocity starts as zeros and stays as it is, nil if need be, where Momentum
// is 0. Source: https://pytorch.org/docs/stable/generated/torch.optim.SGD.html
func (s SGD) Step(weights, gradient, velocity []float32) {
	gradient = gradient[:len(weights):len(gradient)]
	if s.Momentum == 0 {
		for i, w := range weights {
			weights[i] = w - s.LearningRate*(gradient[i]+s.WeightDecay*w)
		}
		return
	}
	velocity = velocity[:len(weights):len(velocity)]
	for i, w := range weights {
		g := gradient[i] + s.WeightDecay*w
		v := s.Momentum*velocity[i] + g
		velocity[i] = v
		if s.Nesterov {
			v = g + s.Momentum*v
		}
		weights[i] = w - s.LearningRate*v
	}
}
