package fuse

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A pattern reports whether a node is computed in a certain way. It appends the
// nodes that it recognizes to inner, the outermost first, and sets what it was made
// with to the nodes that it leads to.
type pattern func(n *G.Node, inner *G.Nodes) bool

// by is the pattern of an operation, named as Gorgonia v0.9.18, whose version is
// pinned, prints it, or by the beginning of its name. Gorgonia does not export the
// types of its operations. Patterns of two operands are tried in both orders where
// the order does not matter.
func by(operation string, patterns ...pattern) pattern {
	return func(n *G.Node, inner *G.Nodes) bool {
		if n.Op() == nil || !strings.HasPrefix(n.Op().String(), operation) {
			return false
		}
		given, before := operands(n), len(*inner)
		matches := func() bool {
			*inner = append((*inner)[:before], n)
			for i, matches := range patterns {
				if !matches(given[i], inner) {
					return false
				}
			}
			return true
		}
		if len(given) < len(patterns) {
			return false
		}
		if matches() {
			return true
		}
		if len(patterns) == 2 && (operation == "+ false" || operation == "⊙ false") {
			slices.Reverse(given)
			return matches()
		}
		return false
	}
}

// is is any node; node is set to it.
func is(node **G.Node) pattern {
	return func(n *G.Node, _ *G.Nodes) bool { *node = n; return true }
}

// again is the node that node was set to before.
func again(node **G.Node) pattern {
	return func(n *G.Node, _ *G.Nodes) bool { return n == *node }
}

// constant is any number; value is set to it.
func constant(value *float32) pattern {
	return func(n *G.Node, _ *G.Nodes) bool {
		if n.Op() == nil {
			return false
		}
		text, ok := strings.CutPrefix(n.Op().String(), "const ")
		number, err := strconv.ParseFloat(text, 32)
		*value = float32(number)
		return ok && err == nil
	}
}

// number is a certain number.
func number(value float32) pattern {
	var got float32
	return func(n *G.Node, inner *G.Nodes) bool { return constant(&got)(n, inner) && got == value }
}

// relu is max(0, x).
func relu(x **G.Node, inside pattern) pattern {
	return func(n *G.Node, inner *G.Nodes) bool {
		return by("⊙ false", is(x), by(">= true", again(x), number(0)))(n, inner) && inside(*x, inner)
	}
}

// mean is the mean of all elements of a node.
func mean(inside pattern) pattern {
	var terms *G.Node
	return func(n *G.Node, inner *G.Nodes) bool {
		return n.IsScalar() && by("÷ false", by("Σ[", is(&terms)), length(&terms))(n, inner) && inside(terms, inner)
	}
}

// length is how many elements a node has, computed from the lengths of its sides.
func length(of **G.Node) pattern {
	return func(n *G.Node, inner *G.Nodes) bool {
		count := 1
		var multiply pattern
		multiply = func(n *G.Node, inner *G.Nodes) bool {
			if by("SizeOf=", again(of))(n, inner) {
				size, err := strconv.Atoi(strings.TrimPrefix(n.Op().String(), "SizeOf="))
				count *= size
				return err == nil
			}
			if n.Op() == nil || n.Op().String() != "⊙ false" {
				return false
			}
			*inner = append(*inner, n)
			return multiply(operands(n)[0], inner) && multiply(operands(n)[1], inner)
		}
		return multiply(n, inner) && count == (*of).Shape().TotalSize()
	}
}

// An Affine is a product of matrices, with a bias or without.
type Affine struct {
	X          *G.Node // (B, in)
	Weight     *G.Node // (in, out), or (out, in) if it is transposed
	Transposed bool    // the value is X Weight^T + Bias, not X Weight + Bias
	Bias       *G.Node // (out) or (1, out), added to each row; nil for none

	inner G.Nodes // the nodes that compute it, the value first
}

// AffineOf returns the affine map that a node of a plain graph is the value of.
func AffineOf(n *G.Node) (a Affine, ok bool) {
	var product *G.Node
	switch {
	case n.Op() == nil || n.Dtype() != tensor.Float32 || n.Dims() != 2:
		return a, false
	case by("+ false", is(&product), by("Repeat0", is(&a.Bias), by("SizeOf=", again(&product))))(n, &a.inner):
		if given := operands(a.Bias); by("Reshape(")(a.Bias, &G.Nodes{}) {
			a.Bias = given[0]
		}
		if product.Dims() != 2 || a.Bias.Shape().TotalSize() != n.Shape()[1] {
			return a, false
		}
	default:
		product, a.Bias, a.inner = n, nil, nil
	}
	if !by("A × B", is(&a.X), is(&a.Weight))(product, &a.inner) || product.Op().String() != "A × B" { // not "A × Bᵀ"
		return a, false
	}
	if matrix, ok := transposeOf(a.Weight); ok {
		a.Weight, a.Transposed = matrix, true
	}
	return a, a.X.Dims() == 2 && a.Weight.Dims() == 2
}

// transposeOf returns the matrix of which a node is the transpose.
func transposeOf(n *G.Node) (matrix *G.Node, ok bool) {
	ok = by("Aᵀ{1, 0}", is(&matrix))(n, &G.Nodes{}) && matrix.Dims() == 2 && matrix.Dtype() == tensor.Float32
	return matrix, ok
}

// ReLUOf returns the node of a plain graph to which a ReLU was applied to give n.
func ReLUOf(n *G.Node) (x *G.Node, ok bool) {
	ok = relu(&x, is(&x))(n, &G.Nodes{})
	return x, ok
}

// layer returns the layer that a node is the output of.
func (p *plain) layer(n *G.Node) (l layer, ok bool) {
	var sum *G.Node
	var inner G.Nodes
	if relu(&sum, is(&sum))(n, &inner) {
		l.Affine, ok = AffineOf(sum)
		l.relu = true
		return l, ok && l.Bias != nil && p.onlyFor(n, append(inner, l.inner...))
	}
	l.Affine, ok = AffineOf(n)
	return l, ok && p.onlyFor(n, l.inner)
}

// meanSquare returns the two nodes of whose differences n is the mean square. Only
// the prediction may vary.
func (p *plain) meanSquare(n *G.Node) (prediction, target *G.Node, ok bool) {
	var inner G.Nodes
	ok = mean(by("square", by("- false", is(&prediction), is(&target))))(n, &inner)
	if !ok || !prediction.Shape().Eq(target.Shape()) || !p.onlyFor(n, inner) {
		return nil, nil, false
	}
	if p.varies[target] {
		prediction, target = target, prediction
	}
	return prediction, target, !p.varies[target]
}

// A hingeLoss is c * mean(max(0, 1 - y*score)), whose terms may be squared.
type hingeLoss struct {
	scores  *G.Node // (B) or (B, 1)
	labels  *G.Node // (B); y, or the classes 0 and 1 of which y = 2*label - 1
	classes bool    // whether labels are classes
	c       float32
	squared bool
}

// hingeLoss returns the hinge loss that a node is the value of.
func (p *plain) hingeLoss(n *G.Node) (l hingeLoss, ok bool) {
	var margins, y *G.Node
	terms := relu(&margins, by("- false", number(1), by("⊙ false", is(&y), is(&l.scores))))
	var inner G.Nodes
	for _, l.squared = range []bool{false, true} {
		if l.squared {
			terms = by("square", terms)
		}
		l.c, inner = 1, nil
		if ok = mean(terms)(n, &inner); !ok {
			inner = nil
			ok = by("⊙ false", mean(terms), constant(&l.c))(n, &inner)
		}
		if ok {
			break
		}
	}
	if !ok || margins.Dims() != 1 || !y.Shape().Eq(l.scores.Shape()) {
		return l, false
	}
	label := by("- false", by("⊙ false", is(&l.labels), number(2)), number(1)) // y
	if p.varies[y] || label(l.scores, &G.Nodes{}) {
		y, l.scores = l.scores, y
	}
	if l.classes = label(y, &G.Nodes{}); !l.classes {
		l.labels = y
	}
	var column *G.Node
	if by("Reshape(", is(&column))(l.scores, &inner) && fmt.Sprint(column.Shape()) == fmt.Sprintf("(%d, 1)", margins.Shape()[0]) {
		l.scores = column
	}
	return l, !p.varies[y] && p.onlyFor(n, inner)
}
