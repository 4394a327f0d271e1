package kernels

import (
	"fmt"
	"math"
	"testing"
)

// TestSGDStep compares with a float64 loop of the formula. A step is at most
// eight roundings, each of a part no larger than the sum of all absolute values.
func TestSGDStep(t *testing.T) {
	onEach(t, func(t *testing.T) {
		random := source(t)
		for _, step := range []SGD{
			{LearningRate: 0.1},
			{LearningRate: 0.1, WeightDecay: 0.5},
			{LearningRate: 0.01, Momentum: 0.9},
			{LearningRate: 0.01, Momentum: 0.9, WeightDecay: 0.05},
			{LearningRate: 0.01, Momentum: 0.9, Nesterov: true},
			{LearningRate: 0.01, Momentum: 0.9, WeightDecay: 0.05, Nesterov: true},
			{},
		} {
			for _, n := range append(sizes, 3072) {
				t.Run(fmt.Sprintf("%+v/%d", step, n), func(t *testing.T) {
					w0, g0, v0 := normal(random, n), normal(random, n), normal(random, n)
					weights, gradient, velocity := guard(w0, n%4), guard(g0, n%3), guard(v0, n%5)
					step.Step(weights.values(), gradient.values(), velocity.values())
					weights.check(t, "weights")
					velocity.check(t, "velocity")
					if !sameBits(gradient.values(), g0) {
						t.Fatal("the gradient was written to")
					}
					if step.Momentum == 0 && !sameBits(velocity.values(), v0) {
						t.Fatal("the velocity changed without momentum")
					}
					rate, momentum, decay := float64(step.LearningRate), float64(step.Momentum), float64(step.WeightDecay)
					for i := range n {
						w, v := float64(w0[i]), float64(v0[i])
						g := float64(g0[i]) + decay*w
						size := math.Abs(float64(g0[i])) + decay*math.Abs(w) + momentum*math.Abs(v)
						wantV := v
						if momentum != 0 {
							wantV = momentum*v + g
							if step.Nesterov {
								g += momentum * wantV
							} else {
								g = wantV
							}
						}
						if got := float64(velocity.values()[i]); !(math.Abs(got-wantV) <= 8*unit*size) {
							t.Fatalf("velocity %d is %v, want %v", i, got, wantV)
						}
						want := w - rate*g
						if got := float64(weights.values()[i]); !(math.Abs(got-want) <= 8*unit*(math.Abs(w)+2*rate*size)) {
							t.Fatalf("weight %d is %v, want %v", i, got, want)
						}
					}
				})
			}
		}
	})
}
