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
			solver, err := New(Spec{Kind: "sgd", LearningRate: figures.Rates[0],
				Momentum: c.Momentum, WeightDecay: c.WeightDecay, Nesterov: c.Nesterov})
			if err != nil {
				t.Fatal(err)
			}
			parameters := problem()
			for step, rate := range figures.Rates {
				solver.SetLearningRate(rate)
				setGradients(parameters, step)
				if err := solver.Step(parameters); err != nil {
					t.Fatal(err)
				}
				for p, wants := range c.Weights[step] {
					for i, got := range values(parameters[p]) {
						// Each step rounds to float32 a few times on both sides. A weight
						// near zero still carries the roundings of the larger ones it was.
						if want := wants[i]; math.Abs(float64(got)-want) > 1e-6*max(math.Abs(want), 0.1) {
							t.Fatalf("step %d: parameter %d, element %d is %v, torch has %v", step+1, p, i, got, want)
						}
					}
				}
			}
		})
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

// TestSGDVelocities proves that each parameter has a velocity of its own, which
// starts at zero in every solver.
func TestSGDVelocities(t *testing.T) {
	together, first := problem(), problem()
	solver := NewSGD(0.1, 0.9, 0, false)
	alone := NewSGD(0.1, 0.9, 0, false)
	for step := range 4 {
		setGradients(together, step)
		setGradients(first, step)
		if err := solver.Step(together); err != nil {
			t.Fatal(err)
		}
		if err := alone.Step(first[:1]); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(values(together[0]), values(first[0])) {
		t.Error("the first parameter moves differently beside a second one")
	}
}

// TestSGDNodes proves that the nodes of a graph serve as parameters: one step
// on loss = sum(w * x) moves w by the learning rate times x.
func TestSGDNodes(t *testing.T) {
	g := G.NewGraph()
	value := dense(tensor.Shape{3}, []float32{1, 2, 3})
	w := G.NewVector(g, tensor.Float32, G.WithName("w"), G.WithShape(3), G.WithValue(value))
	x := G.NewVector(g, tensor.Float32, G.WithName("x"), G.WithShape(3),
		G.WithValue(dense(tensor.Shape{3}, []float32{4, -2, 0})))
	loss := G.Must(G.Sum(G.Must(G.HadamardProd(w, x))))
	if _, err := G.Grad(loss, w); err != nil {
		t.Fatal(err)
	}
	machine := G.NewTapeMachine(g)
	defer machine.Close()
	if err := machine.RunAll(); err != nil {
		t.Fatal(err)
	}
	if err := NewSGD(0.5, 0, 0, false).Step(G.NodesToValueGrads(G.Nodes{w})); err != nil {
		t.Fatal(err)
	}
	if got, want := value.Float32s(), []float32{-1, 3, 3}; !slices.Equal(got, want) {
		t.Errorf("w is %v, want %v", got, want)
	}
}

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
		t.Run(c.name, func(t *testing.T) {
			err := NewSGD(0.1, 0.9, 0, false).Step([]G.ValueGrad{c.parameter})
			if err == nil || err.Error() != c.want {
				t.Errorf("the error is %v, want %q", err, c.want)
			}
		})
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
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, figures); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}
