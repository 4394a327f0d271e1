package graphs

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/graphs/ops"
	"cifartrain/metrics"
)

// tiedAutoencoder is an autoencoder whose decoder has no weights of its own: it
// uses the encoder's, transposed, in reverse order, with biases of its own,
//
//	z  = relu(x W1^T + b1) W2^T + b2       (B, latent)
//	x^ = relu(z W2 + c1) W1 + c2           (B, inputs)
//	loss = mean((x^ - x)^2)                over all values
//
// Each weight is one node of the graph, so that its gradient is the sum of both
// uses.
var tiedAutoencoder = Kind{
	Name:     "tied_autoencoder",
	Task:     metrics.Restore,
	Losses:   []string{"mse"},
	Keys:     autoencoderKeys,
	Defaults: autoencoderDefaults,
	Check:    func(spec Spec) []Problem { return widthProblems(spec, 1) },
	New: func(spec Spec) *Architecture {
		widths := encoderWidths(spec)
		layers := len(widths) - 1
		encoder, decoder := make([]string, layers), make([]string, layers)
		a := reconstruction(spec)
		for i := range layers {
			encoder[i] = fmt.Sprintf("enc_fc%d", i+1)
			a.Parameters = append(a.Parameters, LinearParameters(encoder[i], widths[i], widths[i+1])...)
		}
		for i := range layers {
			decoder[i] = fmt.Sprintf("dec_fc%d", i+1)
			in, out := widths[layers-i], widths[layers-i-1]
			a.Parameters = append(a.Parameters, Parameter{
				Name: decoder[i] + "_bias", Shape: tensor.Shape{out}, FanIn: in, FanOut: out,
			})
		}
		a.Output = func(n *Network) *G.Node {
			latent := n.Latent(n.stack(n.Input, encoder, n.Linear))
			tied := layers // the encoder's layer whose weight comes next, from the last to the first
			return n.stack(latent, decoder, func(x *G.Node, layer string, a ops.Activation) *G.Node {
				tied--
				return n.LinearTransposed(x, layer, encoder[tied]+".weight", a)
			})
		}
		return a
	},
}
