package fuse

import (
	"fmt"
	"hash"
	"hash/fnv"
	"sync/atomic"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// An op is a Gorgonia op computed by a plain function over float32 slices. It
// owns its output, so that a step allocates next to nothing and the value stays
// readable after the machine that computed it was reset.
type op struct {
	name   string
	id     uint64         // tells ops of one name apart: each owns its output
	inputs []tensor.Shape // set by apply
	shape  tensor.Shape   // of the output
	output G.Value        // *tensor.Dense, or *G.F32 for a scalar; nil before the first use

	// compute fills the output's elements from the inputs' elements, in their order.
	compute func(out []float32, in [][]float32)
	// differentiate returns the gradient nodes by inputs, nil where wrt is
	// false. It is nil itself for ops that are gradients.
	differentiate func(inputs G.Nodes, output, gradient *G.Node) (G.Nodes, error)
	wrt           []bool // by which inputs the op is differentiable; nil for none
	// adding returns a node with the same product plus another node's value. It
	// is nil for ops that cannot add; see addInProducts.
	adding func(summand *G.Node) (*G.Node, error)

	in     [][]float32 // the inputs of the running Do, kept to spare an allocation
	scalar [1]float32  // the value of an output without dimensions

	readsImages bool    // whether compute can read an input that holds images
	images      *Images // that input, if compute is to read it; then in holds nil for it
}

// opCount counts the ops made so far.
var opCount atomic.Uint64

// newOp returns an op with an output of the given shape.
func newOp(name string, shape tensor.Shape, compute func(out []float32, in [][]float32)) *op {
	return &op{name: name, id: opCount.Add(1), shape: shape.Clone(), compute: compute}
}

// apply returns the node of the op's value for inputs.
func (o *op) apply(inputs ...*G.Node) (*G.Node, error) {
	o.in = make([][]float32, len(inputs))
	if o.wrt == nil {
		o.wrt = make([]bool, len(inputs))
	}
	for _, n := range inputs {
		o.inputs = append(o.inputs, n.Shape().Clone())
	}
	return G.ApplyOp(o, inputs...)
}

// value returns the output, which is made when it is first needed.
func (o *op) value() G.Value {
	switch {
	case o.output != nil:
		if !o.output.Shape().Eq(o.shape) { // Gorgonia's Reshape may work in place
			o.output.(*tensor.Dense).Reshape(o.shape...)
		}
	case o.shape.IsScalar():
		o.output = G.NewF32(0)
	default:
		o.output = tensor.New(tensor.WithShape(o.shape...), tensor.Of(tensor.Float32))
	}
	return o.output
}

// elements returns the float32 values of a tensor or a scalar in the order that
// its shape says. A tensor transposed in place, or a part of one, holds them in
// another order and is copied.
func elements(v G.Value) ([]float32, error) {
	switch v := v.(type) {
	case *tensor.Dense:
		if v.Dtype() != tensor.Float32 {
			return nil, fmt.Errorf("is %v, not float32", v.Dtype())
		}
		if v.RequiresIterator() || v.DataOrder().IsColMajor() {
			ordered, values := make([]float32, 0, v.Shape().TotalSize()), v.Float32s()
			for places := v.Iterator(); len(ordered) < cap(ordered); {
				place, err := places.Next()
				if err != nil {
					return nil, fmt.Errorf("cannot be brought in order: %w", err)
				}
				ordered = append(ordered, values[place])
			}
			return ordered, nil
		}
		return v.Float32s(), nil
	case *G.F32:
		return []float32{float32(*v)}, nil
	case *Images:
		return v.values(), nil
	default:
		return nil, fmt.Errorf("is a %T, not a float32 tensor", v)
	}
}

// typeOf is the Gorgonia type of float32 values of the given shape.
func typeOf(shape tensor.Shape) hm.Type {
	if shape.IsScalar() {
		return tensor.Float32
	}
	return G.TensorType{Dims: shape.Dims(), Of: tensor.Float32}
}

// Arity is the number of inputs.
func (o *op) Arity() int { return len(o.inputs) }

// Type is the op's type, inputs to output. Gorgonia recycles the value, so each
// call makes a new one.
func (o *op) Type() hm.Type {
	types := make([]hm.Type, 0, len(o.inputs)+1)
	for _, shape := range o.inputs {
		types = append(types, typeOf(shape))
	}
	return hm.NewFnType(append(types, typeOf(o.shape))...)
}

// InferShape returns the output's shape.
func (o *op) InferShape(...G.DimSizer) (tensor.Shape, error) { return o.shape.Clone(), nil }

// An Error is an op that could not compute its output.
type Error struct {
	Op  string // the op's name
	Err error
}

func (e *Error) Error() string { return e.Op + ": " + e.Err.Error() }

// Unwrap returns what went wrong.
func (e *Error) Unwrap() error { return e.Err }

// Do computes the output. Its errors are of the type Error. It also returns a
// panic as an Error, because RunAll calls Do in a goroutine of its own, where a
// panic would end the process.
func (o *op) Do(values ...G.Value) (output G.Value, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = &Error{o.name, fmt.Errorf("%v", fault)}
		}
	}()
	if len(values) != len(o.inputs) {
		return nil, &Error{o.name, fmt.Errorf("got %d inputs, takes %d", len(values), len(o.inputs))}
	}
	o.images = nil
	for i, v := range values {
		if !v.Shape().Eq(o.inputs[i]) {
			return nil, &Error{o.name, fmt.Errorf("input %d has the shape %v, not %v", i, v.Shape(), o.inputs[i])}
		}
		if images, ok := v.(*Images); ok && o.readsImages && images.multiply() {
			o.images, o.in[i] = images, nil
		} else if o.in[i], err = elements(v); err != nil {
			return nil, &Error{o.name, fmt.Errorf("input %d %w", i, err)}
		}
	}
	switch value := o.value().(type) {
	case *G.F32:
		o.compute(o.scalar[:], o.in)
		*value = G.F32(o.scalar[0])
	case *tensor.Dense:
		o.compute(value.Float32s(), o.in)
	}
	return o.output, nil
}

// ReturnsPtr is true: the output is the op's own value, not a copy.
func (o *op) ReturnsPtr() bool { return true }

// CallsExtern is false: nothing outside Go is called.
func (o *op) CallsExtern() bool { return false }

// OverwritesInput is -1: inputs are left as they are.
func (o *op) OverwritesInput() int { return -1 }

// WriteHash writes what distinguishes this op from any other, so that Gorgonia never
// merges two ops that own different outputs.
func (o *op) WriteHash(h hash.Hash) { fmt.Fprintf(h, "%s#%d", o.name, o.id) }

// Hashcode is the FNV hash of what WriteHash writes.
func (o *op) Hashcode() uint32 {
	h := fnv.New32a()
	o.WriteHash(h)
	return h.Sum32()
}

// String is the op's name.
func (o *op) String() string { return o.name }

// DiffWRT tells by which inputs the op is differentiable.
func (o *op) DiffWRT(int) []bool { return o.wrt }

// SymDiff adds the nodes that compute the gradients by the inputs.
func (o *op) SymDiff(inputs G.Nodes, output, gradient *G.Node) (G.Nodes, error) {
	if o.differentiate == nil {
		return nil, fmt.Errorf("%s: has no second derivative", o.name)
	}
	return o.differentiate(inputs, output, gradient)
}
