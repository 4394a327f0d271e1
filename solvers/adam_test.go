package solvers

import (
	"fmt"
	"math"
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"
)

// An adamCase is a run of torch.optim.Adam or AdamW; see testdata/adam.py.
type adamCase struct {
	Name        string
	Kind        string
	Betas       [2]float64
	Eps         float64
	WeightDecay float64 `json:"weight_decay"`
	Rates       []float64
	Weights     [][][]float64 // by recorded step, parameter, element
}

// rate is the learning rate of a step, counted from 0: the last one stays.
func (c adamCase) rate(step int) float64 { return c.Rates[min(step, len(c.Rates)-1)] }

func (c adamCase) solver() Solver {
	return must(New(Spec{Kind: c.Kind, LearningRate: c.rate(0), Betas: c.Betas, Eps: c.Eps, WeightDecay: c.WeightDecay}))
}

// TestAdamTorch compares steps with those of torch.optim.Adam and AdamW.
func TestAdamTorch(t *testing.T) {
	var figures struct {
		Steps []int
		Cases []adamCase
	}
	readFigures(t, "adam.json", &figures)
	if len(figures.Cases) != 14 {
		t.Fatalf("adam.json holds %d cases, want 14", len(figures.Cases))
	}
	for _, c := range figures.Cases {
		t.Run(fmt.Sprint(c.Kind, "/", c.Name), func(t *testing.T) {
			solver, parameters := c.solver(), problem()
			for number := range slices.Max(figures.Steps) {
				solver.SetLearningRate(c.rate(number))
				step(t, solver, parameters, number)
				if recorded := slices.Index(figures.Steps, number+1); recorded >= 0 {
					compare(t, number, parameters, c.Weights[recorded], 2e-6) // torch's own float32 is up to 3e-7 off
				}
			}
		})
	}
}

// TestAdamDeadUnits goes on for thousands of steps after the gradients became
// zero: the weights stay torch's, and no moment is a denormal number.
func TestAdamDeadUnits(t *testing.T) {
	var figures struct {
		Steps  []int      `json:"dead_steps"`
		Living int        `json:"living_steps"`
		Cases  []adamCase `json:"dead_cases"`
	}
	readFigures(t, "adam.json", &figures)
	if len(figures.Cases) != 6 {
		t.Fatalf("adam.json holds %d cases of dead units, want 6", len(figures.Cases))
	}
	for _, c := range figures.Cases {
		t.Run(fmt.Sprint(c.Kind, "/", c.Name), func(t *testing.T) {
			solver, parameters := c.solver().(*Adam), problem()
			for step := range slices.Max(figures.Steps) {
				setGradients(parameters, step)
				if step >= figures.Living {
					for _, p := range parameters {
						gradient, _ := p.Grad()
						clear(gradient.Data().([]float32))
					}
				}
				if err := solver.Step(parameters); err != nil {
					t.Fatal(err)
				}
				if recorded := slices.Index(figures.Steps, step+1); recorded >= 0 {
					compare(t, step, parameters, c.Weights[recorded], 5e-6) // torch's own float32 is up to 1.2e-6 off
				}
			}
			for _, moments := range slices.Concat(solver.first, solver.second) {
				for i, m := range moments {
					if m != 0 && math.Abs(float64(m)) < 0x1p-126 {
						t.Fatalf("moment %d is the denormal %g", i, m)
					}
				}
			}
		})
	}
}

func BenchmarkAdam(b *testing.B) {
	parameter := newParameter("weight", []int{797_984}, make([]float32, 797_984), make([]float32, 797_984))
	for i := range values(parameter) {
		values(parameter)[i] = float32(i%7) - 3
		parameter.gradient.Data().([]float32)[i] = float32(i%11) - 5
	}
	solver := NewAdam(1e-3, [2]float64{0.9, 0.999}, 1e-8, 0)
	for b.Loop() {
		if err := solver.Step([]G.ValueGrad{parameter}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*797_984/b.Elapsed().Seconds(), "parameters/s")
}
