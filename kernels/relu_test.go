package kernels

import (
	"math"
	"testing"
)

func TestReLU(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	x := []float32{-2, -0.5, float32(math.Copysign(0, -1)), 0, 0.5, 3, inf, -inf, nan}
	want := []float32{0, 0, 0, 0, 0.5, 3, inf, 0, nan}
	dy := []float32{1, 2, 3, 4, 5, 6, 7, 8, 9}
	wantGradient := []float32{0, 0, 0, 0, 5, 6, 7, 0, 9}

	const canary = 42
	y, dx := []float32{canary, 0, 0, 0, 0, 0, 0, 0, 0, 0, canary}, []float32{canary, 0, 0, 0, 0, 0, 0, 0, 0, 0, canary}
	ReLU(y[1:10], x)
	ReLUGradient(dx[1:10], dy, y[1:10])
	for i := range x {
		if got := y[i+1]; got != want[i] && !(got != got && want[i] != want[i]) {
			t.Errorf("ReLU(%g) is %g, want %g", x[i], got, want[i])
		}
		if got := dx[i+1]; got != wantGradient[i] {
			t.Errorf("the gradient at %g is %g, want %g", x[i], got, wantGradient[i])
		}
	}
	if y[0] != canary || y[10] != canary || dx[0] != canary || dx[10] != canary {
		t.Error("wrote beyond the slices")
	}
}

func TestReLUPanicsOnShortSlices(t *testing.T) {
	short, long := make([]float32, 2, 8), make([]float32, 3)
	for name, call := range map[string]func(){
		"ReLU":            func() { ReLU(short, long) },
		"gradient":        func() { ReLUGradient(short, long, long) },
		"upstream":        func() { ReLUGradient(long, short, long) },
		"MSE":             func() { MSE(long, short) },
		"MSEWithGradient": func() { MSEWithGradient(short, long, long) },
		"its targets":     func() { MSEWithGradient(long, long, short) },
		"Adam":            func() { Adam{Count: 1}.Step(long, short, long, long) },
		"Adam, moments":   func() { Adam{Count: 1}.Step(long, long, long, short) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("a short slice was taken")
				}
			}()
			call()
		})
	}
}
