package fuse_test

import (
	"errors"
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/fuse"
	"cifartrain/internal/kernels"
)

// TestImages binds a linear classifier's input to values and to the bytes that they
// are of: scores, loss and gradients must be the same to the bit, also where no
// product can compute the values of bytes in registers.
func TestImages(t *testing.T) {
	const rows, width = 9, 3072
	for name, c := range map[string]struct {
		channels int
		centered bool
	}{
		"3 channels": {3, false}, "centered": {3, true}, "planes of another size": {512, true},
	} {
		results := func(bytes, train bool) (all [][]float32) {
			p := newProgram(1, rows, true)
			x, images := p.input(rows, width), make([][]byte, rows)
			for i := range images {
				images[i] = make([]byte, width)
				for j := range images[i] {
					images[i][j] = byte(p.random.Uint32())
				}
			}
			var mean []float32
			if c.centered {
				mean = p.input(width).Value().Data().([]float32)
			}
			tables := kernels.NewPixelTables(slices.Repeat([]float32{0.25}, c.channels), slices.Repeat([]float32{0.2435}, c.channels))
			scores := p.linear(x, 1)
			roots := G.Nodes{hinge(signs(p.labels()), column(scores), false), scores}
			if train {
				roots = roots[:1]
			} else {
				p.weights = nil
			}
			graph, roots, err := fuse.Graph(roots, p.weights...)
			if err != nil || !fuse.TakesImages(graph, x) {
				t.Fatalf("images are taken: %v, error %v", fuse.TakesImages(graph, x), err)
			}
			value := fuse.NewImages(tensor.Shape{rows, width})
			if err := value.Set(images, tables, mean); err != nil {
				t.Fatal(err)
			}
			var fed G.Value = value
			if !bytes {
				tables.NormalizeRows(value.Float32s(), images, mean)
				fed = value.Dense
			}
			if err := errors.Join(G.Let(x, fed), G.NewTapeMachine(graph).RunAll()); err != nil {
				t.Fatal(err)
			}
			for _, value := range p.fusedValues(roots) {
				all = append(all, floats(value))
			}
			return all
		}
		for _, train := range []bool{false, true} {
			if !slices.EqualFunc(results(true, train), results(false, train), slices.Equal[[]float32]) {
				t.Errorf("%s, training %v: the figures of bytes are others than those of values", name, train)
			}
		}
	}
	if err := fuse.NewImages(tensor.Shape{rows, width}).Set(nil, nil, nil); err == nil || err.Error() != "0 images do not fit a batch of 9" {
		t.Errorf("the error is %v", err)
	}
}

// TestTakesImages asks for inputs whose users need the values.
func TestTakesImages(t *testing.T) {
	for name, use := range map[string]func(p *program, x *G.Node) *G.Node{
		"two outputs":   func(p *program, x *G.Node) *G.Node { return p.linear(x, 2) },
		"a ReLU":        func(p *program, x *G.Node) *G.Node { return relu(p.linear(x, 1)) },
		"an activation": func(_ *program, x *G.Node) *G.Node { return tanh(x) },
		"another user":  func(p *program, x *G.Node) *G.Node { return G.Must(G.Mul(p.linear(x, 1), G.Must(G.Mean(x)))) },
		"no user":       func(p *program, _ *G.Node) *G.Node { return p.input(3, 1) },
	} {
		p := newProgram(1, 3, true)
		x := p.input(3, 4)
		graph, _, err := fuse.Graph(G.Nodes{G.Must(G.Mean(use(p, x)))}, p.weights...)
		if err != nil || fuse.TakesImages(graph, x) {
			t.Errorf("%s: images are taken, or the error is %v", name, err)
		}
	}
}
