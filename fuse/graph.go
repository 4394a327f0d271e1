// Package fuse makes Gorgonia's expression graphs fast. A model is written in
// Gorgonia's own operations; [Graph] puts one node in the place of several
// wherever a kernel computes them in one go, and adds the gradients. It knows
//
//	x W, x W^T                     products of matrices
//	x W + b, x W^T + b             with a bias added to each row
//	relu(x W + b), relu(x)         and a ReLU after it, or after anything
//	mean((a - b)^2)                mean squared error
//	c * mean(relu(1 - y*s))        hinge loss, also squared
//
// What it does not know stays Gorgonia's, so that any graph of float32 tensors
// can be given to it. The values are those of the plain graph but for float32's
// roundings, and the same for any number of processors.
package fuse

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Graph returns nodes that have the roots' values, computed in as few passes as
// the kernels allow. With wrt, the first root, a scalar loss, is differentiated
// by these nodes as [G.Grad] does it: after a run each one's Grad method returns
// its gradient. The graph that is returned holds what all of this needs and
// nothing else; compile it with [G.NewTapeMachine].
//
// The values of the returned nodes and of the gradients stay readable until the
// next run. A graph is given to Graph once; the nodes of the roots must not be
// changed afterwards. A ReLU that follows a product has, as in torch, the
// gradient 0 at 0, where Gorgonia's own has 1.
func Graph(roots G.Nodes, wrt ...*G.Node) (graph *G.ExprGraph, fused G.Nodes, err error) {
	if len(roots) == 0 {
		return nil, nil, errors.New("fusing a graph: there is no root")
	}
	defer func() {
		if fault := recover(); fault != nil { // Gorgonia panics over some faulty graphs
			err = fmt.Errorf("fusing a graph: %v", fault)
		}
	}()
	for _, n := range slices.Concat(roots, wrt) {
		if n.Graph() != roots[0].Graph() {
			return nil, nil, fmt.Errorf("fusing a graph: %s is a node of another graph", n.Name())
		}
	}
	for _, n := range wrt {
		if _, err := n.Grad(); err == nil {
			return nil, nil, fmt.Errorf("fusing a graph: %s has a gradient already; Graph takes the place of G.Grad and is called once", n.Name())
		}
	}
	r := &rewriter{plain: readPlain(roots, wrt), fused: map[*G.Node]*G.Node{}}
	for _, root := range roots {
		node, err := r.rewrite(root)
		if err != nil {
			return nil, nil, fmt.Errorf("fusing a graph: %w", err)
		}
		fused = append(fused, node)
	}
	gradients, err := differentiate(fused[0], wrt)
	if err != nil {
		return nil, nil, fmt.Errorf("differentiating %s: %w", roots[0].Name(), err)
	}
	if fused, err = readable(fused, gradients); err != nil {
		return nil, nil, fmt.Errorf("fusing a graph: %w", err)
	}
	graph = r.graph.ExactSubgraphRoots(slices.Concat(gradients, fused)...)
	// Gorgonia sorts the nodes of a part by address. Sorted in the order in
	// which they were made, they are computed and drawn alike in every run.
	slices.SortFunc(graph.AllNodes(), func(a, b *G.Node) int { return cmp.Compare(a.ID(), b.ID()) })
	return graph, fused, nil
}

// differentiate adds the gradients of the loss by the nodes to the graph.
func differentiate(loss *G.Node, wrt G.Nodes) (G.Nodes, error) {
	if len(wrt) == 0 {
		return nil, nil
	}
	gradients, err := G.Grad(loss, wrt...)
	if err != nil {
		return nil, err
	}
	for i, gradient := range gradients {
		if gradients[i], err = addInProducts(gradient); err != nil {
			return nil, fmt.Errorf("adding up the gradients of %s: %w", wrt[i].Name(), err)
		}
		if gradients[i] != gradient {
			G.SetDerivOf(gradients[i], wrt[i])
		}
	}
	return gradients, nil
}

// readable returns the nodes, each followed by a copy where the machine may write
// another node's numbers over its own: where Gorgonia owns the memory of its
// value, or one of Gorgonia's ops reads it, which may work in place.
func readable(nodes, gradients G.Nodes) (G.Nodes, error) {
	needed := readPlain(slices.Concat(nodes, gradients), nil)
	for i, node := range nodes {
		if node.Op() == nil || node.Dtype() != tensor.Float32 || isOurs(node) && !slices.ContainsFunc(needed.users[node], func(user *G.Node) bool { return !isOurs(user) }) {
			continue
		}
		kept, err := reshape(node.Shape(), node.Shape()).apply(node)
		if err != nil {
			return nil, err
		}
		nodes[i] = kept
	}
	return nodes, nil
}

// isOurs reports whether the node is computed by one of this package's ops.
func isOurs(n *G.Node) bool {
	_, ours := n.Op().(*op)
	return ours
}

// Fused returns the names of the operations of this package in a graph, in the
// order in which they are computed.
func Fused(graph *G.ExprGraph) (names []string) {
	for _, n := range graph.AllNodes() {
		if isOurs(n) {
			names = append(names, n.Op().String())
		}
	}
	return names
}

// addInProducts takes the gradient of a node. Where Gorgonia adds it up from
// products, because a weight is used several times, addInProducts returns a node
// with the same sum, to the bit: each later product adds those before it to its
// result while that is in the processor's caches. Gorgonia's own addition takes a
// tenth of a tied autoencoder's step, and new memory in each. Any other gradient
// is returned as it is.
func addInProducts(gradient *G.Node) (*G.Node, error) {
	summands := summandsOf(gradient)
	sum, absorbed := summands[0], false
	for _, summand := range summands[1:] {
		var err error
		product, ours := summand.Op().(*op)
		if ours && product.adding != nil {
			sum, err = product.adding(sum)
			absorbed = true
		} else {
			sum, err = G.Add(sum, summand)
		}
		if err != nil {
			return nil, err
		}
	}
	if !absorbed {
		return gradient, nil
	}
	return sum, nil
}

// summandsOf returns the nodes of which Gorgonia adds up a node, in the order in
// which they are computed; the node itself if it is no sum.
func summandsOf(n *G.Node) G.Nodes {
	if n.Op() == nil || n.Op().String() != "+ false" {
		return G.Nodes{n}
	}
	var summands G.Nodes
	for _, operand := range operands(n) {
		if !operand.Shape().Eq(n.Shape()) || operand.Dtype() != tensor.Float32 {
			return G.Nodes{n}
		}
		summands = append(summands, summandsOf(operand)...)
	}
	slices.SortStableFunc(summands, func(a, b *G.Node) int { return cmp.Compare(a.ID(), b.ID()) })
	return summands
}
