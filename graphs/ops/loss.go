package ops

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/internal/kernels"
)

// A loss is a scalar kernel. It computes its gradient by its first input, the
// model's output, together with its value, so that the inputs are read only once.
type loss struct {
	value    *G.F32
	gradient []float32 // nil as long as the graph does not ask for it
}

// newLoss returns a loss over the live rows of output (B, n) and target.
func newLoss(name string, live *Live, output, target *G.Node) (*kernel, *loss) {
	op := newKernel(name, tensor.ScalarShape(), output, target)
	l := &loss{value: op.output.(*G.F32)}
	op.wrt = []bool{true, false}
	op.differentiate = func(inputs G.Nodes, value, upstream *G.Node) (G.Nodes, error) {
		if l.gradient != nil {
			return nil, fmt.Errorf("%s: has its gradient already", name)
		}
		gradient, err := l.differentiate(name, live, inputs[0], value, upstream)
		return G.Nodes{gradient, nil}, err
	}
	return op, l
}

// differentiate returns the gradient by output, (B, n). The loss has computed it
// already, so that it only needs to be multiplied by the scalar upstream.
func (l *loss) differentiate(name string, live *Live, output, value, upstream *G.Node) (*G.Node, error) {
	width := output.Shape()[1]
	op := newKernel(name+" gradient", output.Shape().Clone(), value, upstream)
	l.gradient = op.elements()
	op.compute = func(v [][]float32) {
		if factor := v[1][0]; factor != 1 {
			kernels.Scale(l.gradient[:live.Rows*width], factor)
		}
	}
	return G.ApplyOp(op, value, upstream)
}
