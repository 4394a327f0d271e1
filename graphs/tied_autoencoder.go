package graphs

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

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
		a := reconstruction(spec)
		widths := encoderWidths(spec)
		layers := len(widths) - 1
		for i := range layers {
			a.Parameters = append(a.Parameters, LinearParameters(fmt.Sprintf("enc_fc%d", i+1), widths[i], widths[i+1])...)
		}
		slices.Reverse(widths)
		for i := range layers {
			a.Parameters = append(a.Parameters, Parameter{
				Name: fmt.Sprintf("dec_fc%d_bias", i+1), Shape: tensor.Shape{widths[i+1]}, FanIn: widths[i], FanOut: widths[i+1],
			})
		}
		a.Formula = func(x *G.Node, p G.Nodes) (restored, code *G.Node) {
			w, b := weightsAndBiases(p[:2*layers]) // (out, in) and (out) of each of the encoder's layers
			c := p[2*layers:]                      // (out) of each of the decoder's layers
			for i := range w {
				if i > 0 {
					x = relu(x)
				}
				x = affine(x, transposed(w[i]), b[i]) // (B, out)
			}
			code = x // (B, latent)
			for i := range slices.Backward(w) {
				if i < layers-1 {
					x = relu(x)
				}
				x = affine(x, w[i], c[layers-1-i]) // (B, in)
			}
			return x, code // (B, inputs)
		}
		return a
	},
}
