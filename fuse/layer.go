package fuse

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/internal/kernels"
)

// A layer is a product of matrices with what follows it.
type layer struct {
	Affine
	relu   bool
	images bool // whether X may be given as images
}

// linear returns the op that computes a layer. The gradients by X, weight and
// bias are computed if those vary.
func linear(l layer, varies map[*G.Node]bool) *op {
	batch, in, out := l.X.Shape()[0], l.X.Shape()[1], l.Weight.Shape()[1]
	name, product := "product", kernels.MatMulNN
	if l.Transposed {
		out, product = l.Weight.Shape()[0], kernels.MatMulNT
	}
	if l.Bias != nil {
		name = "linear"
	}
	if l.relu {
		name += " and relu"
	}
	l.images = l.X.Op() == nil && !varies[l.X] && out == 1 && l.Transposed && l.Bias != nil && !l.relu
	o := newOp(name, tensor.Shape{batch, out}, nil)
	o.readsImages = l.images
	o.compute = func(y []float32, v [][]float32) {
		if i := o.images; i != nil {
			i.tables.TimesVector(y, i.rows, i.mean, v[1])
		} else {
			product(y, v[0], v[1], batch, out, in)
		}
		l.addBias(y, v, batch, out)
	}
	o.wrt = []bool{varies[l.X], varies[l.Weight]}
	if l.Bias != nil {
		o.wrt = append(o.wrt, varies[l.Bias])
	}
	o.differentiate = func(inputs G.Nodes, output, gradient *G.Node) (G.Nodes, error) {
		return l.differentiate(o.wrt, inputs, output, gradient)
	}
	return o
}

// addBias adds the layer's bias to y (batch, out) and activates it.
func (l layer) addBias(y []float32, in [][]float32, batch, out int) {
	switch {
	case l.relu:
		kernels.AddBiasReLU(y, in[2], batch, out)
	case l.Bias != nil:
		kernels.AddBias(y, in[2], batch, out)
	}
}

// differentiate returns the gradients by the layer's inputs, nil where wrt is
// false.
func (l layer) differentiate(wrt []bool, inputs G.Nodes, output, gradient *G.Node) (grads G.Nodes, err error) {
	if l.relu {
		if gradient, err = reluGradient(output, gradient); err != nil {
			return nil, err
		}
	}
	grads = make(G.Nodes, len(inputs))
	if wrt[0] {
		if grads[0], err = l.inputGradient(gradient, inputs[1]); err != nil {
			return nil, err
		}
	}
	if wrt[1] {
		if grads[1], err = l.weightGradient(gradient, inputs[0]); err != nil {
			return nil, err
		}
	}
	if len(wrt) > 2 && wrt[2] {
		grads[2], err = columnSums(gradient, inputs[2].Shape())
	}
	return grads, err
}

// inputGradient returns dx (B, in) = dy W for y = x W^T, dy W^T for y = x W.
func (l layer) inputGradient(dy, w *G.Node) (*G.Node, error) {
	batch, out, in, product := dy.Shape()[0], dy.Shape()[1], w.Shape()[0], kernels.MatMulNT
	if l.Transposed {
		in, product = w.Shape()[1], kernels.MatMulNN
	}
	return newOp("input gradient", tensor.Shape{batch, in}, func(dx []float32, v [][]float32) {
		product(dx, v[0], v[1], batch, in, out)
	}).apply(dy, w)
}

// weightGradient returns dW = dy^T x (out, in) for y = x W^T, x^T dy (in, out) for
// y = x W.
func (l layer) weightGradient(dy, x *G.Node) (*G.Node, error) {
	left, right := x, dy
	if l.Transposed {
		left, right = dy, x
	}
	batch, rows, columns := dy.Shape()[0], left.Shape()[1], right.Shape()[1]
	o := newOp("weight gradient", tensor.Shape{rows, columns}, nil)
	o.readsImages = l.images
	o.compute = func(dw []float32, v [][]float32) {
		if i := o.images; i != nil {
			i.tables.VectorTimes(dw, v[0], i.rows, i.mean)
		} else {
			kernels.MatMulTN(dw, v[0], v[1], rows, columns, batch)
		}
	}
	o.adding = func(summand *G.Node) (*G.Node, error) {
		return newOp("weight gradient and sum", tensor.Shape{rows, columns}, func(dw []float32, v [][]float32) {
			kernels.AddMatMulTN(dw, v[2], v[0], v[1], rows, columns, batch)
		}).apply(left, right, summand)
	}
	return o.apply(left, right)
}

// columnSums returns db, of the given shape, the sum of dy (B, out) over the batch.
func columnSums(dy *G.Node, shape tensor.Shape) (*G.Node, error) {
	batch, out := dy.Shape()[0], dy.Shape()[1]
	return newOp("bias gradient", shape, func(db []float32, v [][]float32) {
		kernels.ColumnSums(db, v[0], batch, out)
	}).apply(dy)
}

// reluGradient returns the gradient by ReLU's input, (B, n). y is ReLU's output
// and dy the gradient by y.
func reluGradient(y, dy *G.Node) (*G.Node, error) {
	return newOp("relu gradient", y.Shape(), func(dx []float32, v [][]float32) {
		kernels.ReLUGradient(dx, v[1], v[0])
	}).apply(y, dy)
}

// transpose returns the op that transposes a matrix of the given shape. Gorgonia's
// own only exchanges the lengths of the sides, so that every op that reads the
// elements afterwards has to bring them in order.
func transpose(shape tensor.Shape) *op {
	rows, columns := shape[0], shape[1]
	o := newOp("transposed", tensor.Shape{columns, rows}, func(out []float32, in [][]float32) {
		for i := range rows {
			for j := range columns {
				out[j*rows+i] = in[0][i*columns+j]
			}
		}
	})
	o.wrt = []bool{true}
	o.differentiate = func(_ G.Nodes, _, gradient *G.Node) (G.Nodes, error) {
		back, err := transpose(gradient.Shape()).apply(gradient)
		return G.Nodes{back}, err
	}
	return o
}

// reshape returns the op that copies values to memory of its own and another shape.
// The value of Gorgonia's own shares its operand's memory, which the machine uses
// again as soon as nobody needs the operand any more.
func reshape(from, to tensor.Shape) *op {
	o := newOp("copy", to, func(out []float32, in [][]float32) { copy(out, in[0]) })
	o.wrt = []bool{true}
	o.differentiate = func(_ G.Nodes, _, gradient *G.Node) (G.Nodes, error) {
		back, err := reshape(to, from).apply(gradient)
		return G.Nodes{back}, err
	}
	return o
}
