package solvers

import (
	"fmt"
	"math"
	"testing"

	G "gorgonia.org/gorgonia"
)

// TestClippedTorch compares ten steps, and the gradients they leave, with
// clip_grad_norm_ and torch.optim's.
func TestClippedTorch(t *testing.T) {
	var cases []struct {
		Optimizer string
		Norm      float64
		Steps     []struct{ Gradients, Weights [][]float64 }
	}
	readFigures(t, "clip.json", &cases)
	if len(cases) != 8 {
		t.Fatalf("clip.json holds %d cases, want 8", len(cases))
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.Optimizer, c.Norm), func(t *testing.T) {
			spec := Spec{Kind: c.Optimizer, LearningRate: 0.1, ClipNorm: c.Norm}
			if c.Optimizer == "sgd" {
				spec.Momentum, spec.WeightDecay = 0.9, 0.05
			} else {
				spec.Betas, spec.Eps = [2]float64{0.9, 0.999}, 1e-8
			}
			solver, parameters := must(New(spec)), problem()
			for number, want := range c.Steps {
				step(t, solver, parameters, number)
				for p, one := range parameters {
					gradient, _ := one.Grad()
					// Both round the norm, the factor and the product, each once.
					near(t, fmt.Sprintf("step %d, gradient of parameter %d", number+1, p), gradient.Data().([]float32), want.Gradients[p], 1e-6*min(c.Norm, 2))
					near(t, fmt.Sprintf("step %d, parameter %d", number+1, p), values(one), want.Weights[p], 2e-6)
				}
			}
		})
	}
}

func near(t *testing.T, name string, got []float32, want []float64, tolerance float64) {
	t.Helper()
	for i := range want {
		if math.Abs(float64(got[i])-want[i]) > tolerance {
			t.Fatalf("%s: element %d is %v, torch has %v", name, i, got[i], want[i])
		}
	}
}

// TestClippedLeavesSmallGradients proves that gradients below the norm, and zero
// ones, keep their bits.
func TestClippedLeavesSmallGradients(t *testing.T) {
	clipped, plain := problem(), problem()
	solver := Clipped{NewSGD(0.1, 0.9, 0, false), 3}
	reference := NewSGD(0.1, 0.9, 0, false)
	for step := range 3 {
		for _, parameters := range [][]G.ValueGrad{clipped, plain} {
			if setGradients(parameters, step); step == 2 {
				for _, p := range parameters {
					gradient, _ := p.Grad()
					clear(gradient.Data().([]float32))
				}
			}
		}
		if err := solver.Step(clipped); err != nil {
			t.Fatal(err)
		}
		if err := reference.Step(plain); err != nil {
			t.Fatal(err)
		}
		for p := range plain {
			for i, want := range values(plain[p]) {
				if got := values(clipped[p])[i]; math.Float32bits(got) != math.Float32bits(want) {
					t.Fatalf("step %d: parameter %d, element %d is %v, unclipped %v", step+1, p, i, got, want)
				}
			}
		}
	}
}

// TestClippedErrors: a gradient that is missing is an error before anything moves.
func TestClippedErrors(t *testing.T) {
	parameters := problem()
	parameters[1].(*parameter).gradient = nil
	before := values(parameters[0])[0]
	err := Clipped{NewSGD(0.1, 0, 0, false), 1}.Step(parameters)
	const want = "the gradient of  is not a float32 tensor of its shape (5)"
	if err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %q", err, want)
	}
	if after := values(parameters[0])[0]; after != before {
		t.Errorf("a step that failed moved a weight from %v to %v", before, after)
	}
}
