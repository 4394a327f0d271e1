package ops

import (
	"strings"

	G "gorgonia.org/gorgonia"
)

// AddInProduct takes the gradient of a weight. Where Gorgonia adds it up from two
// products, because two layers use the weight, AddInProduct returns a node with the
// same sum, to the bit: the later product adds the earlier one to its result while
// that is in the processor's caches. Gorgonia's own addition takes a tenth of a
// tied autoencoder's step, and new memory in each. Any other gradient is returned
// as it is.
//
// The weight's Grad method returns the new node's value; the sum and the product
// that it stands for must not be computed any more.
func AddInProduct(gradient *G.Node) (*G.Node, error) {
	if !strings.HasPrefix(gradient.Op().String(), "+") {
		return gradient, nil
	}
	var first, second *G.Node
	for summands := gradient.Graph().From(gradient.ID()); summands.Next(); {
		first, second = second, summands.Node().(*G.Node)
	}
	if first == nil || second == nil {
		return gradient, nil
	}
	if first.ID() > second.ID() { // those made first are computed first
		first, second = second, first
	}
	product, ok := second.Op().(*kernel)
	if !ok || product.adding == nil {
		return gradient, nil
	}
	sum, err := product.adding(first)
	if err != nil {
		return nil, err
	}
	return sum, G.UnsafeLet(gradient, product.output)
}
