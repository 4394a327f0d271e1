package graphs

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/graphs/ops"
)

// tiedAutoencoder is an autoencoder whose decoder has no weights of its own: it
// uses the encoder's, transposed, in reverse order, with biases of its own,
//
//	z  = relu(x W1^T + b1) W2^T + b2       (B, latent)
//	x^ = relu(z W2 + c1) W1 + c2           (B, 3072)
//	loss = mean((x^ - x)^2)                over all pixels
//
// Each weight is one node of the graph, so that its gradient is the sum of both
// uses.
func tiedAutoencoder(spec Spec) *Architecture {
	widths := encoderWidths(spec)
	layers := len(widths) - 1
	encoder, decoder := make([]string, layers), make([]string, layers)
	a := reconstruction(spec)
	for i := range layers {
		encoder[i] = fmt.Sprintf("enc_fc%d", i+1)
		a.Parameters = append(a.Parameters, linearParameters(encoder[i], widths[i], widths[i+1])...)
	}
	for i := range layers {
		decoder[i] = fmt.Sprintf("dec_fc%d", i+1)
		in, out := widths[layers-i], widths[layers-i-1]
		a.Parameters = append(a.Parameters, Parameter{
			Name: decoder[i] + "_bias", Shape: tensor.Shape{out}, FanIn: in, FanOut: out,
		})
	}
	a.output = func(n *network) *G.Node {
		latent := n.latent(n.stack(n.input, encoder, n.linear))
		tied := layers // the encoder's layer whose weight comes next, from the last to the first
		return n.stack(latent, decoder, func(x *G.Node, layer string, a ops.Activation) *G.Node {
			tied--
			return n.linearTransposed(x, layer, encoder[tied]+".weight", a)
		})
	}
	return a
}
