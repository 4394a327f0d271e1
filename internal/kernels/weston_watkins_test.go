package kernels

import (
	"math"
	"testing"
)

// What the loss and its gradient are for sound scores is tested in package fuse.

// TestWestonWatkinsNotANumber proves that a broken score shows in the loss and in
// its own gradient, and that the kink has none.
func TestWestonWatkinsNotANumber(t *testing.T) {
	nan := float32(math.NaN())
	for _, squared := range []bool{false, true} {
		gradient := make([]float32, 6)
		loss := WestonWatkins(gradient, []float32{0, nan, 0, 2, 1, 1}, []float32{0, 0}, 3, 1, squared)
		if loss == loss || gradient[1] == gradient[1] || gradient[0] == gradient[0] {
			t.Errorf("squared %v: a NaN score gives the loss %v and the gradient %v", squared, loss, gradient)
		}
		for i, v := range gradient[3:] { // margins of exactly 0
			if v != 0 {
				t.Errorf("squared %v: gradient %d at the kink is %v", squared, i, v)
			}
		}
	}
}
