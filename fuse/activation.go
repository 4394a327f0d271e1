package fuse

import (
	"math"

	G "gorgonia.org/gorgonia"

	"cifartrain/internal/kernels"
)

// LeakyReLU is x for x > 0 and slope*x otherwise. Source:
// https://pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html
func LeakyReLU(x *G.Node, slope float32) (*G.Node, error) {
	return elementwise("leaky relu", x, func(x float32) (y, derivative float32) {
		if x > 0 {
			return x, 1
		}
		return slope * x, slope
	}).apply(x)
}

// ELU is x for x > 0 and exp(x) - 1 otherwise. Source:
// https://pytorch.org/docs/stable/generated/torch.nn.ELU.html
func ELU(x *G.Node) (*G.Node, error) {
	return elementwise("elu", x, func(x float32) (y, derivative float32) {
		if x > 0 {
			return x, 1
		}
		y = float32(math.Expm1(float64(x)))
		return y, y + 1
	}).apply(x)
}

// GELU is x times the share of the normal distribution that lies below x. Source:
// https://pytorch.org/docs/stable/generated/torch.nn.GELU.html
func GELU(x *G.Node) (*G.Node, error) {
	return elementwise("gelu", x, func(x float32) (y, derivative float32) {
		wide := float64(x)
		share := 0.5 * (1 + math.Erf(wide/math.Sqrt2))
		density := math.Exp(-0.5*wide*wide) / math.Sqrt(2*math.Pi)
		return float32(wide * share), float32(share + wide*density)
	}).apply(x)
}

// elementwise returns the op that applies a function to each element of x. f returns
// the function's value and its derivative.
func elementwise(name string, x *G.Node, f func(x float32) (y, derivative float32)) *op {
	o := newOp(name, x.Shape(), func(y []float32, in [][]float32) {
		kernels.Share(len(y), 8*len(y), func(from, to int) {
			for i, value := range in[0][from:to] {
				y[from+i], _ = f(value)
			}
		})
	})
	o.wrt = []bool{true}
	o.differentiate = func(inputs G.Nodes, _, gradient *G.Node) (G.Nodes, error) {
		dx, err := newOp(name+" gradient", inputs[0].Shape(), func(dx []float32, in [][]float32) {
			kernels.Share(len(dx), 8*len(dx), func(from, to int) {
				for i, value := range in[0][from:to] {
					_, derivative := f(value)
					dx[from+i] = in[1][from+i] * derivative
				}
			})
		}).apply(inputs[0], gradient)
		return G.Nodes{dx}, err
	}
	return o
}
