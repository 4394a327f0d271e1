package graphs

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"

	"cifartrain/metrics"
)

// autoencoder squeezes an image through a latent code and reconstructs it,
//
//	z  = relu(x W1^T + b1) W2^T + b2       (B, latent)
//	x^ = relu(z W3^T + b3) W4^T + b4       (B, inputs)
//	loss = mean((x^ - x)^2)                over all values
//
// with a ReLU between layers, none at the latent and the output. More hidden
// layers go between input and latent, mirrored in the decoder.
var autoencoder = Kind{
	Name:     "autoencoder",
	Task:     metrics.Reconstruct,
	Losses:   []string{"mse"},
	Keys:     autoencoderKeys,
	Defaults: autoencoderDefaults,
	Check:    func(spec Spec) []Problem { return widthProblems(spec, 2) },
	New: func(spec Spec) *Architecture {
		widths := encoderWidths(spec)
		layers := len(widths) - 1 // of either half
		parameters := sequentialParameters("encoder.", widths, spec)
		slices.Reverse(widths)
		return &Architecture{
			Parameters: append(parameters, sequentialParameters("decoder.", widths, spec)...),
			LossName:   "mean squared error", Loss: meanSquaredError, Latent: spec.Latent,
			Formula: func(x *G.Node, p G.Nodes, hidden Hidden) (reconstructed, code *G.Node) {
				code, p = sequential(x, p, layers, hidden)             // (B, latent)
				reconstructed, _ = sequential(code, p, layers, hidden) // (B, inputs)
				return reconstructed, code
			},
		}
	},
}

// autoencoderKeys are the keys that autoencoders read.
var autoencoderKeys = []string{"model.hidden", "model.latent", "model.activation", "model.dropout", "model.batch_norm", "data.noise", "plots.reconstructions"}

// autoencoderDefaults are values with which an autoencoder trains well; the
// linear SVM's plain steps with strong weight decay would not train it.
var autoencoderDefaults = map[string]any{"optimizer.kind": "adam", "optimizer.learning_rate": 0.001, "optimizer.weight_decay": 0.0}

// widthProblems returns what is wrong with an autoencoder's widths. matrices is
// the number of weight matrices for each pair of neighboring widths.
func widthProblems(spec Spec, matrices int) []Problem {
	if len(spec.Hidden) == 0 {
		return []Problem{{"model.hidden", "an autoencoder needs one hidden layer or more, as in [128]"}}
	}
	const most = 500_000_000 // 2 GB of float32, and several times that in training: probably a typing error
	weights, widths := 0, encoderWidths(spec)
	for i, in := range widths[:len(widths)-1] {
		weights += matrices * in * widths[i+1]
	}
	if weights <= most {
		return nil
	}
	return []Problem{{"model.hidden", fmt.Sprintf("these widths make %d weights, more than the %d that fit; use narrower layers", weights, most)}}
}

// encoderWidths returns the widths of the encoder from the input to the latent.
func encoderWidths(spec Spec) []int {
	return slices.Concat([]int{spec.Inputs}, spec.Hidden, []int{spec.Latent})
}
