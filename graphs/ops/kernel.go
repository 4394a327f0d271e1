// Package ops are the operations the models' expression graphs are built from,
// as Gorgonia ops with symbolic gradients. Each computes the live rows of its
// batch only and owns its output, so that a step allocates next to nothing and
// values stay readable after the machine that ran them was reset.
package ops

import (
	"errors"
	"fmt"
	"hash"
	"hash/fnv"
	"sync/atomic"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Live says how many rows of a graph's batch hold samples. A static graph is
// built for full batches; the last, smaller batch of an epoch fills only its
// first rows, and the ops that share a Live compute those and no others.
type Live struct{ Rows int }

// A kernel is a Gorgonia op computed by a plain function over float32 slices.
type kernel struct {
	name   string
	id     uint64 // tells kernels of one name apart: each owns its output
	inputs []tensor.Shape
	dtypes []tensor.Dtype // of the inputs
	output G.Value        // *tensor.Dense, or *G.F32 for a scalar

	// compute fills output from the inputs' elements, in their order.
	compute func(in [][]float32)
	// differentiate returns the gradient nodes by inputs, nil where wrt is
	// false. It is nil itself for ops that are gradients.
	differentiate func(inputs G.Nodes, output, gradient *G.Node) (G.Nodes, error)
	wrt           []bool
	// adding returns a node with the same product plus another node's value. It
	// is nil for ops that cannot add; see AddInProduct.
	adding func(summand *G.Node) (*G.Node, error)

	in     [][]float32 // the inputs of the running Do, kept to spare an allocation
	images *Images     // the input that holds images, if any; its place in in is nil
}

// made counts the kernels made so far.
var made atomic.Uint64

// newKernel returns a kernel over inputs of the nodes' shapes, with an output
// of its own: a scalar when output has no dimensions.
func newKernel(name string, output tensor.Shape, inputs ...*G.Node) *kernel {
	k := &kernel{name: name, id: made.Add(1), wrt: make([]bool, len(inputs)), in: make([][]float32, len(inputs))}
	for _, n := range inputs {
		k.inputs = append(k.inputs, n.Shape().Clone())
		k.dtypes = append(k.dtypes, n.Dtype())
	}
	if output.IsScalar() {
		k.output = G.NewF32(0)
	} else {
		k.output = tensor.New(tensor.WithShape(output...), tensor.Of(tensor.Float32))
	}
	return k
}

// elements are the float32 values of a tensor or a scalar. A tensor transposed
// in place, or a part of one, holds its values in another order than its shape
// says, so it is refused.
func elements(v G.Value) ([]float32, error) {
	switch v := v.(type) {
	case *tensor.Dense:
		if v.Dtype() != tensor.Float32 {
			return nil, fmt.Errorf("is %v, not float32", v.Dtype())
		}
		if v.RequiresIterator() || v.DataOrder().IsColMajor() {
			return nil, errors.New("is transposed or cut out of a larger tensor")
		}
		return v.Float32s(), nil
	case *G.F32:
		return []float32{float32(*v)}, nil
	default:
		return nil, fmt.Errorf("is a %T, not a float32 tensor", v)
	}
}

// typeOf is the Gorgonia type of a value of the given shape.
func typeOf(shape tensor.Shape, elements tensor.Dtype) hm.Type {
	if shape.IsScalar() {
		return elements
	}
	return G.TensorType{Dims: shape.Dims(), Of: elements}
}

// Arity is the number of inputs.
func (k *kernel) Arity() int { return len(k.inputs) }

// Type is the op's type, inputs to output. Gorgonia recycles the value, so each
// call makes a new one.
func (k *kernel) Type() hm.Type {
	types := make([]hm.Type, 0, len(k.inputs)+1)
	for i, shape := range k.inputs {
		types = append(types, typeOf(shape, k.dtypes[i]))
	}
	return hm.NewFnType(append(types, typeOf(k.output.Shape(), tensor.Float32))...)
}

// InferShape returns the output's shape.
func (k *kernel) InferShape(...G.DimSizer) (tensor.Shape, error) {
	return k.output.Shape().Clone(), nil
}

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
func (k *kernel) Do(values ...G.Value) (output G.Value, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = &Error{k.name, fmt.Errorf("%v", fault)}
		}
	}()
	if len(values) != len(k.inputs) {
		return nil, &Error{k.name, fmt.Errorf("got %d inputs, takes %d", len(values), len(k.inputs))}
	}
	for i, v := range values {
		if !v.Shape().Eq(k.inputs[i]) {
			return nil, &Error{k.name, fmt.Errorf("input %d has the shape %v, not %v", i, v.Shape(), k.inputs[i])}
		}
		if images, ok := v.(*Images); ok && k.dtypes[i] == tensor.Byte {
			k.images = images
		} else if k.in[i], err = elements(v); err != nil {
			return nil, &Error{k.name, fmt.Errorf("input %d %w", i, err)}
		}
	}
	k.compute(k.in)
	return k.output, nil
}

// ReturnsPtr is true: the output is the op's own value, not a copy.
func (k *kernel) ReturnsPtr() bool { return true }

// CallsExtern is false: nothing outside Go is called.
func (k *kernel) CallsExtern() bool { return false }

// OverwritesInput is -1: inputs are left as they are.
func (k *kernel) OverwritesInput() int { return -1 }

// WriteHash writes what distinguishes this op from any other, so that Gorgonia never
// merges two ops that own different outputs.
func (k *kernel) WriteHash(h hash.Hash) { fmt.Fprintf(h, "%s#%d", k.name, k.id) }

// Hashcode is the FNV hash of what WriteHash writes.
func (k *kernel) Hashcode() uint32 {
	h := fnv.New32a()
	k.WriteHash(h)
	return h.Sum32()
}

// String is the op's name.
func (k *kernel) String() string { return k.name }

// DiffWRT tells by which inputs the op is differentiable.
func (k *kernel) DiffWRT(int) []bool { return k.wrt }

// SymDiff adds the nodes that compute the gradients by the inputs.
func (k *kernel) SymDiff(inputs G.Nodes, output, gradient *G.Node) (G.Nodes, error) {
	if k.differentiate == nil {
		return nil, fmt.Errorf("%s: has no second derivative", k.name)
	}
	return k.differentiate(inputs, output, gradient)
}

// elements are those of the output, which must be a tensor.
func (k *kernel) elements() []float32 { return k.output.(*tensor.Dense).Float32s() }
