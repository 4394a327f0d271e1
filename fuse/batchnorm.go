package fuse

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"

	"cifartrain/internal/kernels"
)

// The constants of torch.nn.BatchNorm1d.
const (
	batchNormEps      = 1e-5
	batchNormMomentum = 0.1
)

// BatchNorm is torch.nn.BatchNorm1d of x (B, n):
//
//	y = (x - mean) / sqrt(variance + 1e-5) * weight + bias
//
// for each column, with weight and bias (n). In training, mean and variance are
// those of the batch, which must have two rows or more, and each run moves the nodes
// mean and variance (n), the statistics for later use, a tenth of the way towards
// them. Otherwise these statistics are used as they are. They have no gradient. Source: https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html
// and Ioffe and Szegedy, https://arxiv.org/abs/1502.03167
func BatchNorm(x, weight, bias, mean, variance *G.Node, training bool) (*G.Node, error) {
	if x.Dims() != 2 {
		return nil, fmt.Errorf("batch norm: x %v is no matrix", x.Shape())
	}
	width := x.Shape()[1]
	n := &normalization{rows: x.Shape()[0], width: width, mean: make([]float64, width), scale: make([]float64, width)}
	o := newOp("batch norm", x.Shape(), func(y []float32, in [][]float32) { n.forward(y, in, training) })
	o.wrt = []bool{true, true, true, false, false}
	o.differentiate = func(inputs G.Nodes, _, gradient *G.Node) (grads G.Nodes, err error) {
		grads = make(G.Nodes, len(inputs))
		for i, compute := range []func(out []float32, in [][]float32){n.inputGradient, n.weightGradient} {
			if grads[i], err = newOp("batch norm gradient", inputs[i].Shape(), compute).apply(gradient, inputs[0], inputs[1]); err != nil {
				return nil, err
			}
		}
		grads[2], err = columnSums(gradient, bias.Shape())
		return grads, err
	}
	return o.apply(x, weight, bias, mean, variance)
}

// A normalization is what a batch norm remembers from its forward pass.
type normalization struct {
	rows, width int
	mean, scale []float64 // of each column; scale is 1/sqrt(variance + eps)
}

// forward sets y. in holds the inputs of BatchNorm. Sums are float64, in the order
// of the rows.
func (n *normalization) forward(y []float32, in [][]float32, training bool) {
	x, weight, bias, mean, variance := in[0], in[1], in[2], in[3], in[4]
	n.columns(func(from, to int) {
		for j := from; j < to; j++ {
			n.mean[j], n.scale[j] = float64(mean[j]), 1/math.Sqrt(float64(variance[j])+batchNormEps)
		}
		if training {
			n.measure(x, mean, variance, from, to)
		}
		for i := range n.rows {
			for j := from; j < to; j++ {
				at := i*n.width + j
				y[at] = float32((float64(x[at])-n.mean[j])*n.scale[j]*float64(weight[j]) + float64(bias[j]))
			}
		}
	})
}

// measure sets mean and scale of some columns to those of the batch and moves the
// running statistics towards them. Torch's running variance is the unbiased one.
func (n *normalization) measure(x, mean, variance []float32, from, to int) {
	rows, squares := float64(n.rows), make([]float64, n.width)
	clear(n.mean[from:to])
	for i := range n.rows {
		for j := from; j < to; j++ {
			n.mean[j] += float64(x[i*n.width+j]) / rows
		}
	}
	for i := range n.rows {
		for j := from; j < to; j++ {
			difference := float64(x[i*n.width+j]) - n.mean[j]
			squares[j] += difference * difference
		}
	}
	for j := from; j < to; j++ {
		n.scale[j] = 1 / math.Sqrt(squares[j]/rows+batchNormEps)
		mean[j] += batchNormMomentum * (float32(n.mean[j]) - mean[j])
		variance[j] += batchNormMomentum * (float32(squares[j]/(rows-1)) - variance[j])
	}
}

// columns calls do for parts of the columns.
func (n *normalization) columns(do func(from, to int)) { kernels.Share(n.width, 8*n.rows*n.width, do) }

// sums returns, of the columns from one to another, the sums of dy and of dy times
// the normalized x.
func (n *normalization) sums(dy, x []float32, from, to int) (plain, normalized []float64) {
	plain, normalized = make([]float64, to), make([]float64, to)
	for i := range n.rows {
		for j := from; j < to; j++ {
			at := i*n.width + j
			plain[j] += float64(dy[at])
			normalized[j] += float64(dy[at]) * (float64(x[at]) - n.mean[j]) * n.scale[j]
		}
	}
	return plain, normalized
}

// inputGradient sets dx. in holds dy, x and the weight.
func (n *normalization) inputGradient(dx []float32, in [][]float32) {
	dy, x, weight, rows := in[0], in[1], in[2], float64(n.rows)
	n.columns(func(from, to int) {
		plain, normalized := n.sums(dy, x, from, to)
		for i := range n.rows {
			for j := from; j < to; j++ {
				at := i*n.width + j
				centered := (float64(x[at]) - n.mean[j]) * n.scale[j]
				dx[at] = float32(float64(weight[j]) * n.scale[j] * (float64(dy[at]) - (plain[j]+centered*normalized[j])/rows))
			}
		}
	})
}

// weightGradient sets the gradient by the weight.
func (n *normalization) weightGradient(dw []float32, in [][]float32) {
	n.columns(func(from, to int) {
		_, normalized := n.sums(in[0], in[1], from, to)
		for j := from; j < to; j++ {
			dw[j] = float32(normalized[j])
		}
	})
}
