package fuse_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/fuse"
)

// TestGraphErrors wants errors, not panics, and what they say.
func TestGraphErrors(t *testing.T) {
	for name, c := range map[string]struct {
		write func(p *program, loss *G.Node) (roots, wrt G.Nodes)
		want  string
	}{
		"no root": {func(*program, *G.Node) (roots, wrt G.Nodes) { return nil, nil }, "fusing a graph: there is no root"},
		"nil":     {func(_ *program, loss *G.Node) (roots, wrt G.Nodes) { return G.Nodes{loss, nil}, nil }, "fusing a graph: "},
		"a weight that the loss does not need": {func(p *program, loss *G.Node) (roots, wrt G.Nodes) {
			return G.Nodes{loss}, G.Nodes{p.weight(2)}
		}, "differentiating ÷ false(%b, %e): Non Differentiable WRTs"},
		"an inner node": {func(p *program, loss *G.Node) (roots, wrt G.Nodes) {
			x := tanh(p.weights[0])
			return G.Nodes{add(loss, G.Must(G.Mean(x)))}, G.Nodes{x}
		}, "Can only differentiate with regards to input nodes"},
		"a loss that is no scalar": {func(p *program, _ *G.Node) (roots, wrt G.Nodes) {
			return G.Nodes{tanh(p.weights[0])}, p.weights[:1]
		}, "Expected Cost to be a scalar"},
		"another graph's root": {func(_ *program, loss *G.Node) (roots, wrt G.Nodes) {
			return G.Nodes{loss, newProgram(1, 3, true).input(2)}, nil
		}, "fusing a graph: n0 is a node of another graph"},
		"differentiated already": {func(p *program, loss *G.Node) (roots, wrt G.Nodes) {
			must(G.Grad(loss, p.weights...))
			return G.Nodes{loss}, p.weights
		}, "fusing a graph: n1 has a gradient already; Graph takes the place of G.Grad and is called once"},
	} {
		p := newProgram(1, 3, true)
		x := p.input(3, 2)
		roots, wrt := c.write(p, mse(p.linear(x, 2), x))
		if _, _, err := fuse.Graph(roots, wrt...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v, want %q", name, err, c.want)
		}
	}
}

// TestFloat64 leaves a graph of another type to Gorgonia.
func TestFloat64(t *testing.T) {
	g := G.NewGraph()
	x := G.NewMatrix(g, tensor.Float64, G.WithName("x"), G.WithShape(1, 2), G.WithValue(tensor.New(tensor.WithBacking([]float64{1, 2}), tensor.WithShape(1, 2))))
	w := G.NewMatrix(g, tensor.Float64, G.WithName("w"), G.WithShape(2, 1), G.WithValue(tensor.New(tensor.WithBacking([]float64{3, 4}), tensor.WithShape(2, 1))))
	b := G.NewVector(g, tensor.Float64, G.WithName("b"), G.WithShape(1), G.WithValue(tensor.New(tensor.WithBacking([]float64{0.5}), tensor.WithShape(1))))
	graph, roots := fused(G.Nodes{G.Must(G.Mean(square(relu(affine(x, w, b)))))}, w, b)
	if err := G.NewTapeMachine(graph).RunAll(); err != nil {
		t.Fatal(err)
	}
	gradient, err := w.Grad()
	if got, want := fmt.Sprint(fuse.Fused(graph), roots[0].Value(), gradient.Data(), err), "[] 132.25 [23 46] <nil>"; got != want {
		t.Errorf("it is computed as %s, want %s", got, want)
	}
}

// TestDualValues wants the gradients of all weights added up over runs where
// Gorgonia's machine is told to, as it does with its own.
func TestDualValues(t *testing.T) {
	p := newProgram(1, 5, true)
	x, w, b := p.input(5, 4), p.weight(4, 4), p.weight(4)
	graph, _ := fused(G.Nodes{mse(affine(tanh(affine(x, w, b)), w, b), x)}, w, b)
	machine := G.NewTapeMachine(graph, G.BindDualValues(w, b))
	var gradients [2][]float32
	for run := range gradients {
		if err := machine.RunAll(); err != nil {
			t.Fatal(err)
		}
		machine.Reset()
		for _, gradient := range p.fusedValues(nil) {
			for _, v := range floats(gradient) {
				gradients[run] = append(gradients[run], v/float32(run+1))
			}
		}
	}
	if !slices.Equal(gradients[0], gradients[1]) {
		t.Errorf("the gradients are %v in the first run, half of their sums %v", gradients[0], gradients[1])
	}
}

// TestRunErrors wants a panic inside an op as an error of the machine, which runs
// again afterwards.
func TestRunErrors(t *testing.T) {
	p := newProgram(1, 3, true)
	fails := true
	loss := G.Must(fuse.Loss{Name: "mean", Value: func(gradient, output, _ []float32) float32 {
		if fails {
			panic("spoilt")
		}
		return output[0]
	}}.Node(p.linear(p.input(3, 2), 2), p.labels()))
	graph, roots := fused(G.Nodes{loss})
	machine := G.NewTapeMachine(graph)
	if err := machine.RunAll(); err == nil || !strings.Contains(err.Error(), "mean: spoilt") {
		t.Errorf("the error is %v", err)
	}
	machine.Reset()
	fails = false
	if err := machine.RunAll(); err != nil || roots[0].Value().Data() == nil {
		t.Errorf("after the error: %v", err)
	}
}

// TestOrder reads inputs whose elements do not lie in their shape's order: a
// transposed tensor of Gorgonia is the old elements under a new shape, and columns of
// a larger one skip elements.
func TestOrder(t *testing.T) {
	dense := func(values []float32, shape ...int) *tensor.Dense {
		return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(values))
	}
	transposed := dense([]float32{1, 3, 2, 4}, 2, 2)
	if err := transposed.T(); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]G.Value{
		"transposed":   transposed,
		"columns":      must(dense([]float32{1, 2, 9, 3, 4, 9}, 2, 3).Slice(nil, G.S(0, 2))),
		"rows":         must(dense([]float32{9, 9, 1, 2, 3, 4}, 3, 2).Slice(G.S(1, 3))),
		"column-major": tensor.New(tensor.WithShape(2, 2), tensor.AsFortran([]float32{1, 2, 3, 4})),
	} {
		p := newProgram(1, 2, true)
		x, w := p.input(2, 2), p.input(2, 2)
		graph, roots := fused(G.Nodes{G.Must(G.Mul(x, w))})
		for node, v := range map[*G.Node]G.Value{x: dense([]float32{1, 0, 0, 1}, 2, 2), w: value} {
			if err := G.Let(node, v); err != nil {
				t.Fatal(err)
			}
		}
		if err := G.NewTapeMachine(graph).RunAll(); err != nil {
			t.Fatal(err)
		}
		if got := floats(roots[0].Value()); !slices.Equal(got, []float32{1, 2, 3, 4}) {
			t.Errorf("%s is read as %v", name, got)
		}
	}
}
