package kernels

import (
	"fmt"
	"math"
	"testing"
)

// TestAdamStep compares with a float64 loop of the formula. The moments are a
// few roundings off, each of a part no larger than the sum of all absolute
// values, and the weight as many of its own size and of the step's.
func TestAdamStep(t *testing.T) {
	plain := Adam{LearningRate: 0.01, Beta1: 0.9, Beta2: 0.999, Eps: 1e-3, Count: 4}
	decaying, decoupled := plain, plain
	decaying.WeightDecay, decoupled.WeightDecay, decoupled.Decoupled = 0.1, 0.1, true
	onEach(t, func(t *testing.T) {
		random := source(t)
		for _, step := range []Adam{plain, decaying, decoupled} {
			for _, n := range append(sizes, 50_000) {
				w0, g0, m0, v0 := normal(random, n), normal(random, n), normal(random, n), normal(random, n)
				for i, v := range v0 {
					v0[i] = v * v
				}
				w, g, m, v := guard(w0, n%4), guard(g0, n%3), guard(m0, n%5), guard(v0, n%7)
				step.Step(w.values(), g.values(), m.values(), v.values())
				for _, slice := range []guarded{w, g, m, v} {
					slice.check(t, "a slice")
				}
				if !sameBits(g.values(), g0) {
					t.Fatal("the gradient was written to")
				}
				for i := range n {
					checkAdam(t, fmt.Sprintf("%+v: parameter %d of %d", step, i, n), step,
						[4]float32{w0[i], g0[i], m0[i], v0[i]}, w.values()[i], m.values()[i], v.values()[i])
				}
			}
		}
	})
}

// checkAdam compares one parameter's step with the formula in float64; before
// are its weight, gradient and moments.
func checkAdam(t *testing.T, name string, a Adam, before [4]float32, weight, first, second float32) {
	t.Helper()
	w, g, m, v := float64(before[0]), float64(before[1]), float64(before[2]), float64(before[3])
	size := math.Abs(g) + a.WeightDecay*math.Abs(w)
	if a.Decoupled {
		w *= 1 - a.LearningRate*a.WeightDecay
	} else {
		g += a.WeightDecay * w
	}
	size1, size2 := a.Beta1*math.Abs(m)+(1-a.Beta1)*size, a.Beta2*v+(1-a.Beta2)*size*size
	m = a.Beta1*m + (1-a.Beta1)*g
	v = a.Beta2*v + (1-a.Beta2)*g*g
	divisor := math.Sqrt(v)/math.Sqrt(1-math.Pow(a.Beta2, float64(a.Count))) + a.Eps
	rate := a.LearningRate / (1 - math.Pow(a.Beta1, float64(a.Count)))
	w -= rate * m / divisor
	near := func(got float32, want, size float64) bool { return math.Abs(float64(got)-want) <= 16*unit*size }
	if !near(first, m, size1) || !near(second, v, size2) ||
		!near(weight, w, math.Abs(float64(before[0]))+rate*size1/divisor*size2/v) {
		t.Fatalf("%s: weight %v and moments %v, %v, want %v and %v, %v", name, weight, first, second, w, m, v)
	}
}

// TestAdamFlush proves which moments become zero, in every place of a vector:
// with betas of 0 they are the gradient and its square.
func TestAdamFlush(t *testing.T) {
	onEach(t, func(t *testing.T) {
		for _, c := range []struct{ gradient, first, second float32 }{
			{0x1p-100, 0x1p-100, 0}, {-0x1p-100, -0x1p-100, 0}, {0x1.fffffep-101, 0, 0}, {-0x1.fffffep-101, 0, 0},
			{1e-45, 0, 0}, {0x1p-63, 0x1p-63, 0x1p-126}, {-0x1p-63, -0x1p-63, 0x1p-126}, {0x1.fffffep-64, 0x1.fffffep-64, 0},
			{3, 3, 9}, {float32(math.Inf(-1)), float32(math.Inf(-1)), float32(math.Inf(1))},
		} {
			for at := range 40 {
				weights, gradient := make([]float32, 41), make([]float32, 41)
				first, second := make([]float32, 41), make([]float32, 41)
				gradient[at] = c.gradient
				Adam{LearningRate: 1, Eps: 1, Count: 1}.Step(weights, gradient, first, second)
				if first[at] != c.first || second[at] != c.second {
					t.Fatalf("a gradient of %g has the moments %g and %g, want %g and %g", c.gradient, first[at], second[at], c.first, c.second)
				}
			}
		}
	})
}
