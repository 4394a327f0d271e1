package fuse_test

import (
	"fmt"
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// compose writes a program of random operations, each applied to random nodes before
// it, whose roots are a random loss and some of the nodes.
func compose(p *program) G.Nodes {
	const width = 4
	x := p.input(p.rows, width)
	nodes, matrices := G.Nodes{x, p.weight(p.rows, width)}, G.Nodes{p.weight(width, width)}
	any := func(of G.Nodes) *G.Node { return of[p.random.IntN(len(of))] }
	matrix := func() *G.Node { // one of those there are, or a new one, transposed or not
		if p.random.IntN(3) == 0 {
			matrices = append(matrices, p.weight(width, width))
		}
		w := any(matrices)
		if p.random.IntN(2) == 0 {
			w = G.Must(G.Transpose(w))
		}
		return w
	}
	for range 3 + p.random.IntN(9) {
		a, b := any(nodes), any(nodes)
		var n *G.Node
		switch p.random.IntN(15) {
		case 0:
			n = G.Must(G.Mul(a, matrix()))
		case 1, 2:
			n = affine(a, matrix(), p.weight(width))
		case 3:
			n = relu(affine(a, matrix(), p.weight(width)))
		case 4:
			n = relu(a)
		case 5:
			n = tanh(a)
		case 6:
			n = add(a, b)
		case 7:
			n = times(a, b)
		case 8:
			n = G.Must(G.Sub(a, b))
		case 9:
			n = leaky(a)
		case 10:
			n = sigmoid(a)
			if p.fused { // Gorgonia's own reshaping would go wrong: it shares memory that is used again
				n = G.Must(G.Reshape(sigmoid(G.Must(G.Reshape(a, tensor.Shape{p.rows * width}))), tensor.Shape{p.rows, width}))
			}
		case 11:
			n = G.Must(G.BroadcastAdd(p.weight(1, width), a, []byte{0}, nil))
		case 12:
			n = affine(a, matrix(), G.Must(G.Slice(any(matrices), nil, G.S(2))))
		case 13:
			n = G.Must(G.BroadcastHadamardProd(a, G.Must(G.Mean(b, 0)), nil, []byte{0}))
		case 14: // a matrix that is computed
			matrices = append(matrices, G.Must(G.Mul(G.Must(G.Transpose(a)), b)))
			continue
		}
		nodes = append(nodes, n)
	}
	last := nodes[len(nodes)-1]
	losses := []func() *G.Node{
		func() *G.Node { return mse(last, x) },
		func() *G.Node { return mse(any(nodes), last) },
		func() *G.Node { return G.Must(G.Mean(square(last))) },
		func() *G.Node { return hinge(signs(p.labels()), column(p.linear(last, 1)), p.random.IntN(2) == 0) },
	}
	loss := losses[p.random.IntN(len(losses))]()
	roots := G.Nodes{add(loss, G.Must(G.Mean(times(last, last))))}
	if p.random.IntN(2) == 0 {
		roots[0] = G.Must(G.Mul(number(0.5), roots[0]))
	}
	needed := p.ExactSubgraphRoots(roots[0]).AllNodes()
	p.weights = slices.DeleteFunc(p.weights, func(w *G.Node) bool { return !slices.Contains(needed, w) })
	for range p.random.IntN(3) {
		roots = append(roots, any(nodes))
	}
	return roots
}

// TestRandomGraphs compares random programs, fused and not.
func TestRandomGraphs(t *testing.T) {
	for seed := range uint64(300) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { check(t, seed, 2+int(seed%3), 1e-5, compose) })
	}
}
