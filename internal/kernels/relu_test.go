package kernels

import (
	"math"
	"slices"
	"testing"
)

// TestReLU takes each value that is special, and a number beside it, to every
// place of a vector.
func TestReLU(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	minusZero := float32(math.Copysign(0, -1))
	onEach(t, func(t *testing.T) {
		for _, c := range []struct{ x, y, gradient float32 }{
			{-2, 0, 0}, {-1e-45, 0, 0}, {minusZero, minusZero, 0}, {0, 0, 0}, {1e-45, 1e-45, 7}, {3, 3, 7},
			{inf, inf, 7}, {-inf, 0, 0}, {nan, nan, 7},
		} {
			for at := range 40 {
				x, dy := slices.Repeat([]float32{1}, 41), slices.Repeat([]float32{7}, 41)
				x[at] = c.x
				y, dx := guard(x, at%7), unset(41, at%3)
				AddBiasReLU(y.values(), slices.Repeat([]float32{minusZero}, 41), 1, 41) // which leaves every sum as it is
				ReLUGradient(dx.values(), dy, y.values())
				y.check(t, "y")
				dx.check(t, "dx")
				wantY, wantDX := slices.Repeat([]float32{1}, 41), slices.Clone(dy)
				wantY[at], wantDX[at] = c.y, c.gradient
				if !sameNumbers(y.values(), wantY) {
					t.Errorf("ReLU(%g) is %g, want %g", c.x, y.values()[at], c.y)
				}
				if !sameBits(dx.values(), wantDX) {
					t.Errorf("the gradient at %g is %g, want %g", c.x, dx.values()[at], c.gradient)
				}
			}
		}
	})
}
