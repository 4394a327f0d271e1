package training_test

import (
	"fmt"
	"math"
	"testing"

	G "gorgonia.org/gorgonia"

	"cifartrain/graphs"
	"cifartrain/loaders"
	"cifartrain/metrics"
	"cifartrain/solvers"
)

// formulas are the models of testdata/parity_formulas.py: y of x (B, 12) and of the
// weights and biases of three layers, of 8, 8 and 12 outputs.
var formulas = map[string]func(x *G.Node, p G.Nodes, _ graphs.Hidden) (y, code *G.Node){
	"tanh":       perceptron(G.Tanh),
	"sigmoid":    perceptron(G.Sigmoid),
	"leaky relu": perceptron(func(x *G.Node) (*G.Node, error) { return G.LeakyRelu(x, 0.1) }),
	"skip": func(x *G.Node, p G.Nodes, _ graphs.Hidden) (y, code *G.Node) {
		h := G.Must(G.Rectify(linear(x, p[0], p[1])))
		return linear(G.Must(G.Add(h, G.Must(G.Rectify(linear(h, p[2], p[3]))))), p[4], p[5]), nil
	},
	"one weight three times": func(x *G.Node, p G.Nodes, _ graphs.Hidden) (y, code *G.Node) {
		h := linear(x, p[0], p[1])
		for range 3 {
			h = G.Must(G.Tanh(linear(h, p[2], p[3])))
		}
		return linear(h, p[4], p[5]), nil
	},
	"loss over the batch": perceptron(G.Tanh),
}

// linear is x w^T + b.
func linear(x, w, b *G.Node) *G.Node {
	return G.Must(G.BroadcastAdd(G.Must(G.Mul(x, G.Must(G.Transpose(w)))), b, nil, []byte{0}))
}

// perceptron has an activation after each but the last of three layers.
func perceptron(activate func(*G.Node) (*G.Node, error)) func(x *G.Node, p G.Nodes, _ graphs.Hidden) (y, code *G.Node) {
	return func(x *G.Node, p G.Nodes, _ graphs.Hidden) (y, code *G.Node) {
		h := G.Must(activate(linear(x, p[0], p[1])))
		return linear(G.Must(activate(linear(h, p[2], p[3]))), p[4], p[5]), nil
	}
}

// meanSquare is the loss mean((y - x)^2).
func meanSquare(y, x *G.Node) *G.Node {
	return G.Must(G.Mean(G.Must(G.Square(G.Must(G.Sub(y, x))))))
}

// deviation adds how far the differences are from their mean over the batch.
func deviation(y, x *G.Node) *G.Node {
	d := G.Must(G.Sub(y, x))
	from := G.Must(G.BroadcastSub(d, G.Must(G.Mean(d, 0)), nil, []byte{0}))
	return G.Must(G.Add(meanSquare(y, x), G.Must(G.Mean(G.Must(G.Abs(from))))))
}

// TestFormulasParityWithTorch trains models that are in no list, with what Gorgonia
// itself computes between fused operations, from PyTorch's weights in PyTorch's order.
// An epoch has batches of 8, 8 and 5 images.
func TestFormulasParityWithTorch(t *testing.T) {
	const tolerance = 2e-6 // PyTorch's own float32 is up to 2e-7 from the file's float64
	file := readFigures[struct {
		Seed  int
		Cases []struct {
			Name   string
			Epochs []parityEpoch
			Norms  []float64
		}
	}](t, "parity_formulas.json")
	if len(file.Cases) != len(formulas) {
		t.Fatalf("%d cases, want %d", len(file.Cases), len(formulas))
	}
	shape, records := loaders.Shape{Channels: 3, Height: 2, Width: 2}, []byte(nil)
	for i := range 30 {
		records = append(records, 0) // the label
		for p := range uint32(shape.Values()) {
			records = append(records, byte(formulaDraw(file.Seed, 100+i, p)>>24))
		}
	}
	dataset := &loaders.Dataset{Name: "formula", Shape: shape, Classes: []string{"any"}, Train: loaders.NewImages(shape, records)}
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			loss := meanSquare
			if c.Name == "loss over the batch" {
				loss = deviation
			}
			kind := graphs.Kind{Name: c.Name, Task: metrics.Reconstruct, Losses: []string{"loss"}, New: func(graphs.Spec) *graphs.Architecture {
				a := &graphs.Architecture{Formula: formulas[c.Name], Loss: loss}
				for i, width := range []int{12, 8, 8} {
					a.Parameters = append(a.Parameters, graphs.LinearParameters(fmt.Sprint(i), width, []int{8, 8, 12}[i])...)
				}
				return a
			}}
			architecture := must(graphs.New([]graphs.Kind{kind}, c.Name, graphs.Spec{Inputs: 12, Init: "torch"}))
			weights := formulaModel(architecture, file.Seed)
			loop := newParityLoop(t, selectClasses(dataset), loaders.NewTransform(shape, nil), 8, 8, 0.1)
			loop.Architecture, loop.Weights = architecture, weights
			loop.Solver = solvers.NewSGD(0.1, 0.9, 0, false)
			compareWithTorch(t, loop, c.Epochs, tolerance)
			for i, want := range c.Norms {
				if got := norm(weights[i].Value.Float32s()); !(math.Abs(got/want-1) <= tolerance) {
					t.Errorf("%s ends with the norm %.9g, PyTorch's with %.9g", weights[i].Name, got, want)
				}
			}
		})
	}
}
