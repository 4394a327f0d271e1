package graphs

import G "gorgonia.org/gorgonia"

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
func meanSquaredError(restored, images *G.Node) *G.Node {
	return G.Must(G.Mean(squared(G.Must(G.Sub(restored, images)))))
}
