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
	Task:     metrics.Reconstruct,
	Losses:   []string{"mse"},
	Keys:     autoencoderKeys,
	Defaults: autoencoderDefaults,
	Check:    func(spec Spec) []Problem { return widthProblems(spec, 1) },
	New: func(spec Spec) *Architecture {
		var parameters []Parameter
		widths := encoderWidths(spec)
		last := len(widths) - 2 // the encoder's last layer
		for i := range last + 1 {
			parameters = append(parameters, LinearParameters(fmt.Sprintf("enc_fc%d", i+1), widths[i], widths[i+1])...)
			if i < last {
				parameters = append(parameters, spec.normParameters(fmt.Sprintf("enc_bn%d", i+1), widths[i+1])...)
			}
		}
		slices.Reverse(widths)
		for i := range last + 1 {
			bias := Parameter{Name: fmt.Sprintf("dec_fc%d_bias", i+1), Shape: tensor.Shape{widths[i+1]}, FanIn: widths[i], FanOut: widths[i+1]}
			parameters = append(parameters, bias)
			if i < last {
				parameters = append(parameters, spec.normParameters(fmt.Sprintf("dec_bn%d", i+1), widths[i+1])...)
			}
		}
		formula := func(x *G.Node, p G.Nodes, hidden Hidden) (reconstructed, code *G.Node) {
			var w G.Nodes // the encoder's weights, (out, in)
			for i := range last + 1 {
				if i > 0 {
					x, p = hidden(x, p)
				}
				w = append(w, p[0])
				x = affine(x, transposed(p[0]), p[1]) // (B, out)
				p = p[2:]
			}
			code = x // (B, latent)
			for i := range slices.Backward(w) {
				if i < last {
					x, p = hidden(x, p)
				}
				x = affine(x, w[i], p[0]) // (B, in)
				p = p[1:]
			}
			return x, code // (B, inputs)
		}
		return &Architecture{
			Parameters: parameters, Formula: formula,
			LossName: "mean squared error", Loss: meanSquaredError, Latent: spec.Latent,
		}
	},
}
