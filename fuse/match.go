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
// nodes of that computation to inner, the outermost first. The nodes and numbers that
// the computation starts from are stored by bind and constant.
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

// bind matches any node and stores it in node.
func bind(node **G.Node) pattern {
	return func(n *G.Node, _ *G.Nodes) bool { *node = n; return true }
}

// same matches only the node that bind has stored in node.
func same(node **G.Node) pattern {
	return func(n *G.Node, _ *G.Nodes) bool { return n == *node }
}

// constant matches any number and stores it in value.
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

// matchNumber matches one number.
func matchNumber(value float32) pattern {
	var got float32
	return func(n *G.Node, inner *G.Nodes) bool { return constant(&got)(n, inner) && got == value }
}

// matchReLU matches max(0, x), stores x and matches that with inside.
func matchReLU(x **G.Node, inside pattern) pattern {
	return func(n *G.Node, inner *G.Nodes) bool {
		return by("⊙ false", bind(x), by(">= true", same(x), matchNumber(0)))(n, inner) && inside(*x, inner)
	}
}

// mean matches the mean of all elements of a node that inside matches.
func mean(inside pattern) pattern {
	var terms *G.Node
	return func(n *G.Node, inner *G.Nodes) bool {
		return n.IsScalar() && by("÷ false", by("Σ[", bind(&terms)), length(&terms))(n, inner) && inside(terms, inner)
	}
}

// length matches the number of a node's elements, the product of the lengths of its
// sides.
func length(of **G.Node) pattern {
	return func(n *G.Node, inner *G.Nodes) bool {
		count := 1
		var multiply pattern
		multiply = func(n *G.Node, inner *G.Nodes) bool {
			if by("SizeOf=", same(of))(n, inner) {
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

// AffineOf matches n = X W + b or n = X W^T + b in a plain graph, also without b.
func AffineOf(n *G.Node) (a Affine, ok bool) {
	var product *G.Node
	switch {
	case n.Op() == nil || n.Dtype() != tensor.Float32 || n.Dims() != 2:
		return a, false
	case by("+ false", bind(&product), by("Repeat0", bind(&a.Bias), by("SizeOf=", same(&product))))(n, &a.inner):
		if given := operands(a.Bias); by("Reshape(")(a.Bias, &G.Nodes{}) {
			a.Bias = given[0]
		}
		if product.Dims() != 2 || a.Bias.Shape().TotalSize() != n.Shape()[1] {
			return a, false
		}
	default:
		product, a.Bias, a.inner = n, nil, nil
	}
	if !by("A × B", bind(&a.X), bind(&a.Weight))(product, &a.inner) || product.Op().String() != "A × B" { // not "A × Bᵀ"
		return a, false
	}
	if matrix, ok := transposeOf(a.Weight); ok {
		a.Weight, a.Transposed = matrix, true
	}
	return a, a.X.Dims() == 2 && a.Weight.Dims() == 2
}

// transposeOf matches n = matrix^T.
func transposeOf(n *G.Node) (matrix *G.Node, ok bool) {
	ok = by("Aᵀ{1, 0}", bind(&matrix))(n, &G.Nodes{}) && matrix.Dims() == 2 && matrix.Dtype() == tensor.Float32
	return matrix, ok
}

// ReLUOf matches n = relu(x) in a plain graph.
func ReLUOf(n *G.Node) (x *G.Node, ok bool) {
	ok = matchReLU(&x, bind(&x))(n, &G.Nodes{})
	return x, ok
}

// matchLayer matches an affine map, also with a ReLU after it.
func (p *plain) matchLayer(n *G.Node) (l layer, ok bool) {
	var sum *G.Node
	var inner G.Nodes
	if matchReLU(&sum, bind(&sum))(n, &inner) {
		l.Affine, ok = AffineOf(sum)
		l.relu = true
		return l, ok && l.Bias != nil && p.onlyFor(n, append(inner, l.inner...))
	}
	l.Affine, ok = AffineOf(n)
	return l, ok && p.onlyFor(n, l.inner)
}

// matchMeanSquare matches n = mean((prediction - target)^2), where only the prediction
// may vary.
func (p *plain) matchMeanSquare(n *G.Node) (prediction, target *G.Node, ok bool) {
	var inner G.Nodes
	ok = mean(by("square", by("- false", bind(&prediction), bind(&target))))(n, &inner)
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

// matchHinge matches a hinge loss.
func (p *plain) matchHinge(n *G.Node) (l hingeLoss, ok bool) {
	var violations, y *G.Node // 1 - y*score, and y
	terms := matchReLU(&violations, by("- false", matchNumber(1), by("⊙ false", bind(&y), bind(&l.scores))))
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
	if !ok || violations.Dims() != 1 || !y.Shape().Eq(l.scores.Shape()) {
		return l, false
	}
	label := by("- false", by("⊙ false", bind(&l.labels), matchNumber(2)), matchNumber(1)) // y
	if p.varies[y] || label(l.scores, &G.Nodes{}) {
		y, l.scores = l.scores, y
	}
	if l.classes = label(y, &G.Nodes{}); !l.classes {
		l.labels = y
	}
	var column *G.Node
	if by("Reshape(", bind(&column))(l.scores, &inner) && fmt.Sprint(column.Shape()) == fmt.Sprintf("(%d, 1)", violations.Shape()[0]) {
		l.scores = column
	}
	return l, !p.varies[y] && p.onlyFor(n, inner)
}
