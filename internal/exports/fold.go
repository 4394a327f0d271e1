package exports

import (
	"errors"
	"slices"

	"cifartrain/graphs"
)

// Fold returns the model's weights with its preprocessing worked into them, so
// that they take pixels in [0, 1] and, where the model reconstructs its input, give
// pixels again. A pixel x of channel c reaches the first layer as
// (x - mean[c])/std[c] - m, m being the mean image, so that
//
//	W' = W / std,  b' = b - W (mean/std + m)   of the first layer and
//	W' = std W,    b' = std (b + m) + mean     of the last one
//
// compute the same values, up to the rounding of float32. The error says why no
// weights do.
func Fold(m Model) (graphs.Weights, error) {
	if m.Normalization == nil && m.MeanImage == nil {
		return m.Weights, nil
	}
	if !m.Graph.IsChain() {
		return nil, errors.New("the model is not a chain of layers, so that data.normalize and data.center cannot be worked into its weights")
	}
	first, last := m.Graph.Layers[0], m.Graph.Layers[len(m.Graph.Layers)-1]
	origin, std := m.preprocessing()
	scaled := slices.ContainsFunc(std, func(x float64) bool { return x != 1 })
	if first.Weight == last.Weight && len(m.Graph.Layers) > 1 && scaled {
		return nil, errors.New("the first and the last layer share one weight, which cannot both be divided by data.normalize's deviations and multiplied by them")
	}
	folded := m.Weights.Clone()
	tensors := folded.ByName()
	// at is a layer's weight from an input to an output.
	at := func(layer graphs.Layer, output, input int) *float32 {
		if layer.Transposed {
			output, input = input, output
		}
		weight := tensors[layer.Weight]
		return &weight.Float32s()[output*weight.Shape()[1]+input]
	}
	bias := tensors[first.Bias].Float32s()
	for o := range bias {
		sum := float64(bias[o])
		for j := range origin {
			w := at(first, o, j)
			sum -= float64(*w) * origin[j] / std[j]
			*w = float32(float64(*w) / std[j])
		}
		bias[o] = float32(sum)
	}
	if m.Reconstructs {
		bias := tensors[last.Bias].Float32s()
		for j := range bias {
			bias[j] = float32(float64(bias[j])*std[j] + origin[j])
			for i := range last.In {
				w := at(last, j, i)
				*w = float32(float64(*w) * std[j])
			}
		}
	}
	return folded, nil
}

// preprocessing returns, for each value of an image, what is subtracted from its
// pixel and what the difference is then divided by.
func (m Model) preprocessing() (origin, std []float64) {
	origin, std = make([]float64, m.Shape.Values()), make([]float64, m.Shape.Values())
	for j := range origin {
		std[j] = 1
		if n := m.Normalization; n != nil {
			c := j / m.Shape.Plane()
			origin[j], std[j] = float64(n.Mean[c]), float64(n.Std[c])
		}
		if m.MeanImage != nil {
			origin[j] += std[j] * float64(m.MeanImage[j])
		}
	}
	return origin, std
}
