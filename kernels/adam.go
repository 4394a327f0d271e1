package kernels

import "math"

// Adam holds the constants of one step of Adam or AdamW.
type Adam struct {
	LearningRate, Beta1, Beta2, Eps, WeightDecay float64
	Decoupled                                    bool // AdamW: the decay acts on the weights, not on the gradient
	Count                                        int  // of this step, from 1
}

// Step moves weights against gradient as torch.optim.Adam and AdamW do:
//
//	gradient = gradient + WeightDecay*weight                  Adam
//	weight = weight * (1 - LearningRate*WeightDecay)          AdamW
//	first  = Beta1*first + (1-Beta1)*gradient
//	second = Beta2*second + (1-Beta2)*gradient^2
//	weight = weight - LearningRate/(1-Beta1^Count) * first /
//	         (sqrt(second)/sqrt(1-Beta2^Count) + Eps)
//
// The moments start as zeros. A first moment below 2^-100 and a second one
// below 2^-126 is set to zero: those of a unit that died would decay into
// denormal numbers, which processors multiply many times slower.
// Sources: https://pytorch.org/docs/stable/generated/torch.optim.Adam.html and
// https://pytorch.org/docs/stable/generated/torch.optim.AdamW.html
func (a Adam) Step(weights, gradient, first, second []float32) {
	n := len(weights)
	gradient, first, second = gradient[:n:len(gradient)], first[:n:len(first)], second[:n:len(second)]
	decay, shrink := float32(a.WeightDecay), float32(1)
	if a.Decoupled {
		decay, shrink = 0, float32(1-a.LearningRate*a.WeightDecay)
	}
	rate := float32(a.LearningRate / (1 - math.Pow(a.Beta1, float64(a.Count))))
	correction := float32(math.Sqrt(1 - math.Pow(a.Beta2, float64(a.Count))))
	beta1, beta2, eps := float32(a.Beta1), float32(a.Beta2), float32(a.Eps)
	new1, new2 := float32(1-a.Beta1), float32(1-a.Beta2)
	for i, w := range weights {
		w *= shrink
		g := gradient[i] + decay*w
		m := beta1*first[i] + new1*g
		v := beta2*second[i] + new2*g*g
		if math.Float32bits(m)&0x7fffffff < 27<<23 {
			m = 0
		}
		if math.Float32bits(v) < 1<<23 {
			v = 0
		}
		first[i], second[i] = m, v
		weights[i] = w - rate*m/(float32(math.Sqrt(float64(v)))/correction+eps)
	}
}
