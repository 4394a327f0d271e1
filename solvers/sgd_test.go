package solvers

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A parameter is a value with its gradient, as a node of a graph has them.
type parameter struct {
	name            string
	value, gradient G.Value
	err             error
}

func (p *parameter) Value() G.Value         { return p.value }
func (p *parameter) Grad() (G.Value, error) { return p.gradient, p.err }
func (p *parameter) String() string         { return p.name }

func newParameter(name string, shape tensor.Shape, value, gradient []float32) *parameter {
	return &parameter{name: name, value: dense(shape, value), gradient: dense(shape, gradient)}
}

func dense(shape tensor.Shape, values any) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(values))
}

// problemShapes, problemWeight and problemGradient are those of testdata/sgd.py.
var problemShapes = []tensor.Shape{{3, 4}, {5}}

func problemWeight(parameter, element int) float32 {
	return float32((element*11+parameter*5)%65-32) / 32
}

func problemGradient(step, parameter, element int) float32 {
	return float32((step*37+parameter*17+element*29)%129-64) / 64
}

// TestSGDTorch compares ten steps with torch.optim.SGD's.
func TestSGDTorch(t *testing.T) {
	var figures struct {
		Rates []float64
		Cases []struct {
			Name        string
			Momentum    float64
			WeightDecay float64 `json:"weight_decay"`
			Nesterov    bool
			Weights     [][][]float64
		}
	}
	readFigures(t, "sgd.json", &figures)
	if len(figures.Cases) != 5 || len(figures.Rates) != 10 {
		t.Fatalf("sgd.json holds %d cases and %d steps, want 5 and 10", len(figures.Cases), len(figures.Rates))
	}
	for _, c := range figures.Cases {
		t.Run(c.Name, func(t *testing.T) {
			solver, parameters := must(New(Spec{Kind: "sgd", LearningRate: figures.Rates[0],
				Momentum: c.Momentum, WeightDecay: c.WeightDecay, Nesterov: c.Nesterov})), problem()
			for number, rate := range figures.Rates {
				solver.SetLearningRate(rate)
				step(t, solver, parameters, number)
				compare(t, number, parameters, c.Weights[number], 1e-6)
			}
		})
	}
}

// step takes a step with the problem's gradients.
func step(t *testing.T, solver Solver, parameters []G.ValueGrad, number int) {
	t.Helper()
	setGradients(parameters, number)
	if err := solver.Step(parameters); err != nil {
		t.Fatal(err)
	}
}

// compare holds the parameters against torch's after a step, counted from 0.
// Each step rounds to float32 a few times on both sides, and a weight near zero
// still carries the roundings of the larger ones it was.
func compare(t *testing.T, number int, parameters []G.ValueGrad, want [][]float64, tolerance float64) {
	t.Helper()
	for p, wants := range want {
		for i, got := range values(parameters[p]) {
			if math.Abs(float64(got)-wants[i]) > tolerance*max(math.Abs(wants[i]), 0.1) {
				t.Fatalf("step %d: parameter %d, element %d is %v, torch has %v", number+1, p, i, got, wants[i])
			}
		}
	}
}

func problem() []G.ValueGrad {
	var parameters []G.ValueGrad
	for p, shape := range problemShapes {
		value := make([]float32, shape.TotalSize())
		for i := range value {
			value[i] = problemWeight(p, i)
		}
		parameters = append(parameters, newParameter("", shape, value, make([]float32, len(value))))
	}
	return parameters
}

func setGradients(parameters []G.ValueGrad, step int) {
	for p, one := range parameters {
		gradient, _ := one.Grad()
		for i := range gradient.Data().([]float32) {
			gradient.Data().([]float32)[i] = problemGradient(step, p, i)
		}
	}
}

func values(p G.ValueGrad) []float32 { return p.Value().Data().([]float32) }

func TestSGDErrors(t *testing.T) {
	shape := tensor.Shape{2}
	two, half := dense(shape, []float32{1, 2}), dense(shape, []float64{1, 2})
	g := G.NewGraph()
	node := G.NewVector(g, tensor.Float32, G.WithName("fc.bias"), G.WithShape(2), G.WithValue(two))
	_, missing := node.Grad()
	if missing == nil {
		t.Fatal("a node without a gradient returned no error")
	}
	const notItsShape = "the gradient of w is not a float32 tensor of its shape (2)"
	for _, c := range []struct {
		name      string
		parameter G.ValueGrad
		want      string
	}{
		{"no gradient", node, "fc.bias :: Vector float32 has no gradient: " + missing.Error()},
		{"float64 value", &parameter{name: "w", value: half, gradient: two}, "w is not a float32 tensor"},
		{"scalar value", &parameter{name: "w", value: G.NewF32(1), gradient: G.NewF32(1)}, "w is not a float32 tensor"},
		{"no value", &parameter{name: "w", gradient: two}, "w is not a float32 tensor"},
		{"float64 gradient", &parameter{name: "w", value: two, gradient: half}, notItsShape},
		{"scalar gradient", &parameter{name: "w", value: two, gradient: G.NewF32(1)}, notItsShape},
		{"nil gradient", &parameter{name: "w", value: two}, notItsShape},
		{"longer gradient", &parameter{name: "w", value: two, gradient: dense(tensor.Shape{3}, []float32{1, 2, 3})}, notItsShape},
		{"gradient of another shape", &parameter{name: "w", value: two, gradient: dense(tensor.Shape{2, 2}, make([]float32, 4))}, notItsShape},
	} {
		err := NewSGD(0.1, 0.9, 0, false).Step([]G.ValueGrad{c.parameter})
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: the error is %v, want %q", c.name, err, c.want)
		}
	}
	if got := two.Float32s(); !slices.Equal(got, []float32{1, 2}) {
		t.Errorf("a step that failed changed the weights to %v", got)
	}
}

func TestNew(t *testing.T) {
	const want = `no optimizer of kind "rmsprop": there are sgd, adam, adamw`
	if _, err := New(Spec{Kind: "rmsprop"}); err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %q", err, want)
	}
}

func readFigures(t *testing.T, name string, figures any) {
	t.Helper()
	if err := json.Unmarshal(must(os.ReadFile(filepath.Join("testdata", name))), figures); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// must returns a value that a test cannot do without; an error ends the test at once.
func must[V any](value V, err error) V {
	if err != nil {
		panic(err)
	}
	return value
}
