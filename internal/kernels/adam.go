package kernels

import "math"

// Adam holds the constants of one step of Adam or AdamW.
type Adam struct {
	LearningRate, Beta1, Beta2, Eps, WeightDecay float64
	Decoupled                                    bool // AdamW: the decay acts on the weights, not on the gradient
	Count                                        int  // the number of this step, counted from 1
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
// The moments start as zeros. A first moment nearer to zero than 2^-100 and a
// second one below 2^-126 are set to zero. Otherwise the moments of weights whose
// gradient has become zero for good would decay into denormal numbers, which
// processors multiply many times slower.
// Sources: https://pytorch.org/docs/stable/generated/torch.optim.Adam.html and
// https://pytorch.org/docs/stable/generated/torch.optim.AdamW.html
func (a Adam) Step(weights, gradient, first, second []float32) {
	n := len(weights)
	gradient, first, second = gradient[:n:len(gradient)], first[:n:len(first)], second[:n:len(second)]
	c := a.constants()
	share(n, passNumbers, n, func(from, to int) {
		c.step(weights[from:to], gradient[from:to], first[from:to], second[from:to])
	})
}

// adamConstants are the factors, divisors and summands of a step, the same for
// every weight.
type adamConstants struct {
	shrink, decay, beta1, new1, beta2, new2, rate, correction, eps float32
}

func (a Adam) constants() adamConstants {
	c := adamConstants{
		shrink: 1, decay: float32(a.WeightDecay),
		beta1: float32(a.Beta1), new1: float32(1 - a.Beta1),
		beta2: float32(a.Beta2), new2: float32(1 - a.Beta2),
		rate:       float32(a.LearningRate / (1 - math.Pow(a.Beta1, float64(a.Count)))),
		correction: float32(math.Sqrt(1 - math.Pow(a.Beta2, float64(a.Count)))),
		eps:        float32(a.Eps),
	}
	if a.Decoupled {
		c.shrink, c.decay = float32(1-a.LearningRate*a.WeightDecay), 0
	}
	return c
}

func (c adamConstants) step(weights, gradient, first, second []float32) {
	done := whole(len(weights))
	if done > 0 {
		instructions.adam(&weights[0], &gradient[0], &first[0], &second[0], done,
			c.shrink, c.decay, c.beta1, c.new1, c.beta2, c.new2, c.rate, c.correction, c.eps)
	}
	for i := done; i < len(weights); i++ {
		w := float32(c.shrink * weights[i])
		g := gradient[i] + float32(c.decay*w)
		m := flush(float32(c.beta1*first[i])+float32(c.new1*g), -100)
		v := flush(float32(c.beta2*second[i])+float32(float32(c.new2*g)*g), -126)
		first[i], second[i] = m, v
		weights[i] = w - float32(c.rate*m)/(float32(math.Sqrt(float64(v)))/c.correction+c.eps)
	}
}

// flush returns x, or zero where it is nearer to zero than the power of two with
// the exponent. It compares the bits without the sign. To compare x with a
// positive and a negative limit would be a branch on its sign, which is random, so
// that the processor would often go the wrong way first.
func flush(x float32, exponent int) float32 {
	if math.Float32bits(x)&(1<<31-1) < uint32(127+exponent)<<23 {
		return 0
	}
	return x
}
