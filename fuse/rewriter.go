package fuse

import (
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A plain is the graph as it was written, as far as some roots need it.
type plain struct {
	graph *G.ExprGraph
	roots G.Nodes
	users map[*G.Node]G.Nodes // the nodes that take a node, among those the roots need
	// varies holds the nodes whose value depends on one of those by which the
	// loss is differentiated.
	varies map[*G.Node]bool
}

// readPlain reads the part of a graph that the roots need.
func readPlain(roots, wrt G.Nodes) *plain {
	p := &plain{graph: roots[0].Graph(), roots: roots, users: map[*G.Node]G.Nodes{}, varies: map[*G.Node]bool{}}
	seen := map[*G.Node]bool{}
	var read func(n *G.Node) bool
	read = func(n *G.Node) bool {
		if seen[n] {
			return p.varies[n]
		}
		seen[n], p.varies[n] = true, slices.Contains(wrt, n)
		for _, operand := range operands(n) {
			p.users[operand] = append(p.users[operand], n)
			if read(operand) {
				p.varies[n] = true
			}
		}
		return p.varies[n]
	}
	for _, root := range roots {
		read(root)
	}
	return p
}

// operands returns what a node is computed from, in the op's order.
func operands(n *G.Node) (nodes G.Nodes) {
	if n.Op() == nil {
		return nil
	}
	for from := n.Graph().From(n.ID()); from.Next(); {
		nodes = append(nodes, from.Node().(*G.Node))
	}
	return nodes
}

// onlyFor reports whether nobody but the outer node needs the inner ones. Only then
// may one op take the place of all of them.
func (p *plain) onlyFor(outer *G.Node, inner G.Nodes) bool {
	for _, n := range inner {
		isNeeded := func(user *G.Node) bool { return user != outer && !slices.Contains(inner, user) }
		if n != outer && (slices.Contains(p.roots, n) || slices.ContainsFunc(p.users[n], isNeeded)) {
			return false
		}
	}
	return true
}

// A rewriter makes the fused nodes of a plain graph, in the same graph.
type rewriter struct {
	*plain
	fused map[*G.Node]*G.Node // the fused node for each plain one
}

// rewrite returns the node that has n's value in the fused graph. A node that no
// pattern matches keeps its op; it is the same node unless an operand changed.
func (r *rewriter) rewrite(n *G.Node) (fused *G.Node, err error) {
	if fused := r.fused[n]; fused != nil {
		return fused, nil
	}
	ours, before := r.match(n)
	inputs := make(G.Nodes, len(before))
	for i, input := range before {
		if inputs[i], err = r.rewrite(input); err != nil {
			return nil, err
		}
	}
	switch {
	case ours != nil:
		fused, err = ours.apply(inputs...)
	case slices.Equal(before, inputs):
		fused = n
	default:
		fused, err = G.ApplyOp(n.Op(), inputs...)
	}
	r.fused[n] = fused
	return fused, err
}

// match returns the op of this package that computes n, nil if there is none, and the
// nodes that n is then computed from.
func (r *rewriter) match(n *G.Node) (*op, G.Nodes) {
	if n.Op() == nil || n.Dtype() != tensor.Float32 {
		return nil, operands(n)
	}
	if l, ok := r.matchHinge(n); ok {
		return hinge(l, r.varies[l.scores]), G.Nodes{l.scores, l.labels}
	}
	if prediction, target, ok := r.matchMeanSquare(n); ok {
		return mse(r.varies[prediction]), G.Nodes{prediction, target}
	}
	if l, ok := r.matchLayer(n); ok {
		from := G.Nodes{l.X, l.Weight}
		if l.Bias != nil {
			from = append(from, l.Bias)
		}
		return linear(l, r.varies), from
	}
	if x, ok := ReLUOf(n); ok { // without a product before it
		return elementwise("relu", x, func(x float32) (y, derivative float32) {
			if x <= 0 {
				return 0, 0
			}
			return x, 1 // NaN stays NaN
		}), G.Nodes{x}
	}
	if matrix, ok := transposeOf(n); ok {
		return transpose(matrix.Shape()), G.Nodes{matrix}
	}
	var from *G.Node
	if by("Reshape(", bind(&from))(n, &G.Nodes{}) {
		return reshape(from.Shape(), n.Shape()), G.Nodes{from}
	}
	return nil, operands(n)
}
