package graphs

import (
	"fmt"

	G "gorgonia.org/gorgonia"
)

// affine is x w + b, (B, out), for x (B, in), w (in, out) and b (out), which is added
// to each row.
func affine(x, w, b *G.Node) *G.Node {
	return G.Must(G.BroadcastAdd(G.Must(G.Mul(x, w)), b, nil, []byte{0}))
}

// transposed is w^T. Torch's weights are (out, in).
func transposed(w *G.Node) *G.Node { return G.Must(G.Transpose(w)) }

// relu is max(0, x).
func relu(x *G.Node) *G.Node { return G.Must(G.Rectify(x)) }

// squared is x^2, element by element.
func squared(x *G.Node) *G.Node { return G.Must(G.Square(x)) }

// number is a constant.
func number(x float64) *G.Node { return G.NewConstant(float32(x)) }

// meanSquaredError is mean((x^ - x)^2) over all values of all images.
func meanSquaredError(reconstructed, images *G.Node) *G.Node {
	return G.Must(G.Mean(squared(G.Must(G.Sub(reconstructed, images)))))
}

// sequential is torch.nn.Sequential of so many linear layers, with hidden after all but
// the last. It takes the layers' parameters from the front of p and returns the others.
func sequential(x *G.Node, p G.Nodes, layers int, hidden Hidden) (output *G.Node, rest G.Nodes) {
	for i := range layers {
		if i > 0 {
			x, p = hidden(x, p)
		}
		x, p = affine(x, transposed(p[0]), p[1]), p[2:] // (B, out)
	}
	return x, p
}

// sequentialParameters are those of sequential's layers between the widths, named as
// torch numbers the modules of its Sequential: Linear, [BatchNorm1d,] activation,
// [Dropout,] Linear, ...
func sequentialParameters(prefix string, widths []int, spec Spec) (parameters []Parameter) {
	module := 0
	for i := range widths[1:] {
		parameters = append(parameters, LinearParameters(fmt.Sprint(prefix, module), widths[i], widths[i+1])...)
		if i == len(widths)-2 {
			break
		}
		parameters = append(parameters, spec.normParameters(fmt.Sprint(prefix, module+1), widths[i+1])...)
		module += 2
		if spec.BatchNorm {
			module++
		}
		if spec.Dropout > 0 {
			module++
		}
	}
	return parameters
}
