package graphs

import "slices"

// Decode returns the output of the layers after the latent one for codes (n,
// latent), row by row: (n, values of an image). It serves for a few codes that
// belong to no image; for images, the graph computes them.
func (w Weights) Decode(layers []Layer, codes []float32) []float32 {
	latent := slices.IndexFunc(layers, func(l Layer) bool { return l.Latent })
	tensors := w.ByName()
	values, width := codes, layers[latent].Out
	for _, layer := range layers[latent+1:] {
		weight, bias := tensors[layer.Weight].Float32s(), tensors[layer.Bias].Float32s()
		rows := len(values) / width
		next := make([]float32, rows*layer.Out)
		for row := range rows {
			x := values[row*width:][:width]
			for o := range layer.Out {
				sum := bias[o]
				for i, value := range x {
					place := o*width + i
					if layer.Transposed {
						place = i*layer.Out + o
					}
					sum += weight[place] * value
				}
				if layer.ReLU {
					sum = max(sum, 0)
				}
				next[row*layer.Out+o] = sum
			}
		}
		values, width = next, layer.Out
	}
	return values
}
