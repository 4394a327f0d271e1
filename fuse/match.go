package fuse

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Patterns are found by what Gorgonia v0.9.18, whose version is pinned, calls its
// ops, because it does not export their types.
const (
	opProduct   = "A × B"
	opTranspose = "Aᵀ{1, 0}"
	opAdd       = "+ false"
	opSubtract  = "- false"
	opMultiply  = "⊙ false"
	opDivide    = "÷ false"
	opPositive  = ">= true" // 1 where the first operand is at least the second, else 0
	opSquare    = "square"
	opRepeat    = "Repeat0"
	opSum       = "Σ["       // and the axes
	opReshape   = "Reshape(" // and the shape
	opSize      = "SizeOf="  // and the length of a side
	opConstant  = "const "   // and the number
)

// computedBy returns the operands of a node of an op, given by its name or the
// beginning of its name.
func computedBy(n *G.Node, op string) (G.Nodes, bool) {
	if n.Op() == nil || !strings.HasPrefix(n.Op().String(), op) {
		return nil, false
	}
	return operands(n), true
}

// either returns the two operands of a node of an op whose operands may be
// exchanged, so that second holds for the second; false if it holds for neither.
func either(n *G.Node, op string, second func(*G.Node) bool) (a, b *G.Node, ok bool) {
	both, ok := computedBy(n, op)
	switch {
	case !ok || len(both) != 2:
		return nil, nil, false
	case second(both[1]):
		return both[0], both[1], true
	case second(both[0]):
		return both[1], both[0], true
	}
	return nil, nil, false
}

// constant returns the number that a node stands for.
func constant(n *G.Node) (float32, bool) {
	if _, ok := computedBy(n, opConstant); !ok {
		return 0, false
	}
	value, err := strconv.ParseFloat(n.Op().String()[len(opConstant):], 32)
	return float32(value), err == nil
}

// equals returns a function that reports whether a node is the constant.
func equals(number float32) func(*G.Node) bool {
	return func(n *G.Node) bool {
		value, ok := constant(n)
		return ok && value == number
	}
}

// An Affine is a product of matrices, with a bias or without.
type Affine struct {
	X          *G.Node // (B, in)
	Weight     *G.Node // (in, out), or (out, in) if it is transposed
	Transposed bool    // the value is X Weight^T + Bias, not X Weight + Bias
	Bias       *G.Node // (out) or (1, out), added to each row; nil for none

	inner G.Nodes // the nodes between Weight, Bias and the value
}

// AffineOf returns the affine map that a node of a plain graph is the value of.
func AffineOf(n *G.Node) (Affine, bool) {
	if n.Op() == nil || n.Dtype() != tensor.Float32 || n.Dims() != 2 {
		return Affine{}, false
	}
	if factors, ok := computedBy(n, opProduct); ok && n.Op().String() == opProduct {
		return affine(factors[0], factors[1])
	}
	product, repeated, ok := either(n, opAdd, func(n *G.Node) bool { return n.Op() != nil && n.Op().String() == opRepeat })
	if !ok {
		return Affine{}, false
	}
	a, ok := AffineOf(product)
	if !ok || a.Bias != nil || !repeated.Shape().Eq(product.Shape()) {
		return Affine{}, false
	}
	row := operands(repeated) // the bias, and how often it is repeated
	a.Bias, a.inner = row[0], G.Nodes{product, repeated, row[1]}
	if vector, reshaped := computedBy(a.Bias, opReshape); reshaped && vector[0].Dims() == 1 {
		a.Bias = vector[0]
	}
	return a, a.Bias.Shape().TotalSize() == n.Shape()[1]
}

// affine returns the product of two nodes.
func affine(x, w *G.Node) (Affine, bool) {
	if x.Dims() != 2 || w.Dims() != 2 {
		return Affine{}, false
	}
	if matrix, ok := matchTranspose(w); ok {
		return Affine{X: x, Weight: matrix, Transposed: true}, true
	}
	return Affine{X: x, Weight: w}, true
}

// matchTranspose returns the matrix of which a node is the transpose.
func matchTranspose(n *G.Node) (*G.Node, bool) {
	from, ok := computedBy(n, opTranspose)
	if !ok || from[0].Dims() != 2 || from[0].Dtype() != tensor.Float32 {
		return nil, false
	}
	return from[0], true
}

// ReLUOf returns the node of a plain graph to which a ReLU was applied to give n.
func ReLUOf(n *G.Node) (*G.Node, bool) {
	x, _, ok := matchReLU(n)
	return x, ok
}

// matchReLU returns the node to which a ReLU was applied, and that of its mask.
func matchReLU(n *G.Node) (x, mask *G.Node, ok bool) {
	x, mask, ok = either(n, opMultiply, func(n *G.Node) bool {
		sides, ok := computedBy(n, opPositive)
		return ok && equals(0)(sides[1])
	})
	if !ok || operands(mask)[0] != x {
		return nil, nil, false
	}
	return x, mask, true
}

// matchLayer returns the layer that a node is the output of.
func matchLayer(p *plain, n *G.Node) (layer, bool) {
	if sum, mask, ok := matchReLU(n); ok {
		a, ok := AffineOf(sum)
		return layer{Affine: a, relu: true}, ok && a.Bias != nil && p.onlyFor(n, append(a.inner, sum, mask)...)
	}
	a, ok := AffineOf(n)
	return layer{Affine: a}, ok && p.onlyFor(n, a.inner...)
}

// matchMean returns the node of whose elements n is the mean, and the nodes in
// between.
func matchMean(n *G.Node) (of *G.Node, inner G.Nodes, ok bool) {
	parts, ok := computedBy(n, opDivide)
	if !ok || !n.IsScalar() {
		return nil, nil, false
	}
	sum, isSum := computedBy(parts[0], opSum)
	if !isSum || !parts[0].IsScalar() {
		return nil, nil, false
	}
	count, inner, ok := product(parts[1])
	return sum[0], append(inner, parts[0]), ok && count == sum[0].Shape().TotalSize()
}

// product returns the number that a node computes from lengths of sides, and the
// nodes that take part.
func product(n *G.Node) (number int, nodes G.Nodes, ok bool) {
	if _, ok := computedBy(n, opSize); ok {
		number, err := strconv.Atoi(n.Op().String()[len(opSize):])
		return number, G.Nodes{n}, err == nil
	}
	factors, ok := computedBy(n, opMultiply)
	if !ok {
		return 0, nil, false
	}
	number, nodes = 1, G.Nodes{n}
	for _, factor := range factors {
		one, parts, ok := product(factor)
		if !ok {
			return 0, nil, false
		}
		number, nodes = number*one, append(nodes, parts...)
	}
	return number, nodes, true
}

// matchMSE returns the two nodes of whose differences n is the mean square. Only
// the prediction may vary.
func matchMSE(p *plain, n *G.Node) (prediction, target *G.Node, ok bool) {
	square, inner, ok := matchMean(n)
	if !ok {
		return nil, nil, false
	}
	difference, ok := computedBy(square, opSquare)
	if !ok {
		return nil, nil, false
	}
	sides, ok := computedBy(difference[0], opSubtract)
	if !ok || !sides[0].Shape().Eq(sides[1].Shape()) || !p.onlyFor(n, append(inner, square, difference[0])...) {
		return nil, nil, false
	}
	if p.varies[sides[1]] {
		slices.Reverse(sides)
	}
	return sides[0], sides[1], !p.varies[sides[1]]
}

// A hingeLoss is c * mean(max(0, 1 - y*score)), whose terms may be squared.
type hingeLoss struct {
	scores  *G.Node // (B) or (B, 1)
	labels  *G.Node // (B); y, or the classes 0 and 1 of which y = 2*label - 1
	classes bool    // whether labels are classes
	c       float32
	squared bool
}

// matchHinge returns the hinge loss that a node is the value of.
func matchHinge(p *plain, n *G.Node) (hingeLoss, bool) {
	loss, mean := hingeLoss{c: 1}, n
	var inner G.Nodes
	if factor, c, ok := either(n, opMultiply, func(n *G.Node) bool { _, ok := constant(n); return ok }); ok {
		mean, inner = factor, G.Nodes{factor}
		loss.c, _ = constant(c)
	}
	terms, between, ok := matchMean(mean)
	if !ok {
		return hingeLoss{}, false
	}
	inner = append(inner, between...)
	if root, ok := computedBy(terms, opSquare); ok {
		inner, terms, loss.squared = append(inner, terms), root[0], true
	}
	margin, mask, ok := matchReLU(terms)
	if !ok || margin.Dims() != 1 {
		return hingeLoss{}, false
	}
	sides, ok := computedBy(margin, opSubtract)
	if !ok || !equals(1)(sides[0]) {
		return hingeLoss{}, false
	}
	factors, ok := computedBy(sides[1], opMultiply)
	if !ok || !factors[0].Shape().Eq(factors[1].Shape()) {
		return hingeLoss{}, false
	}
	inner = append(inner, terms, mask, margin, sides[1])
	return loss.of(p, n, factors, inner)
}

// of completes a hinge loss whose factors are y and the scores, in any order.
func (l hingeLoss) of(p *plain, n *G.Node, factors, inner G.Nodes) (hingeLoss, bool) {
	if _, isY := classesOf(factors[1]); isY || p.varies[factors[0]] {
		slices.Reverse(factors)
	}
	y, scores := factors[0], factors[1]
	if p.varies[y] {
		return hingeLoss{}, false
	}
	l.labels, l.scores = y, scores
	if labels, ok := classesOf(y); ok {
		l.labels, l.classes = labels, true
	}
	if column, ok := computedBy(scores, opReshape); ok && fmt.Sprint(column[0].Shape()) == fmt.Sprintf("(%d, 1)", scores.Shape()[0]) {
		l.scores, inner = column[0], append(inner, scores)
	}
	return l, p.onlyFor(n, inner...)
}

// classesOf returns the labels, 0 and 1, of which a node computes 2*label - 1.
func classesOf(y *G.Node) (labels *G.Node, ok bool) {
	sides, ok := computedBy(y, opSubtract)
	if !ok || !equals(1)(sides[1]) {
		return nil, false
	}
	labels, _, ok = either(sides[0], opMultiply, equals(2))
	return labels, ok
}
