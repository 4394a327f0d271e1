package graphs

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"

	"cifartrain/metrics"
)

// autoencoder squeezes an image through a latent code and restores it,
//
//	z  = relu(x W1^T + b1) W2^T + b2       (B, latent)
//	x^ = relu(z W3^T + b3) W4^T + b4       (B, 3072)
//	loss = mean((x^ - x)^2)                over all pixels
//
// with a ReLU between layers, none at the latent and the output. More hidden
// layers go between input and latent, mirrored in the decoder.
func autoencoder(spec Spec) *Architecture {
	widths := encoderWidths(spec)
	encoder := layerNames("encoder", len(widths)-1)
	decoder := layerNames("decoder", len(widths)-1)
	a := reconstruction(spec)
	for i, layer := range encoder {
		a.Parameters = append(a.Parameters, linearParameters(layer, widths[i], widths[i+1])...)
	}
	slices.Reverse(widths)
	for i, layer := range decoder {
		a.Parameters = append(a.Parameters, linearParameters(layer, widths[i], widths[i+1])...)
	}
	a.output = func(n *network) *G.Node {
		latent := n.latent(n.stack(n.input, encoder, n.linear))
		return n.stack(latent, decoder, n.linear)
	}
	return a
}

// reconstruction is what all models that restore their input have in common.
func reconstruction(spec Spec) *Architecture {
	return &Architecture{
		Task:     metrics.Restore,
		LossName: "mean squared error",
		Latent:   spec.Latent,
		loss:     func(n *network, restored *G.Node) *G.Node { return n.mse(restored, n.input) },
	}
}

// encoderWidths are those of the encoder from the input to the latent.
func encoderWidths(spec Spec) []int {
	return slices.Concat([]int{Pixels}, spec.Hidden, []int{spec.Latent})
}

// layerNames are those of the linear layers in a torch.nn.Sequential that has
// an activation between any two: part.0, part.2, part.4, ...
func layerNames(part string, layers int) []string {
	names := make([]string, layers)
	for i := range names {
		names[i] = fmt.Sprintf("%s.%d", part, 2*i)
	}
	return names
}
