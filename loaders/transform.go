package loaders

import "cifartrain/kernels"

// Normalization is torchvision's Normalize: (x - Mean) / Std for each channel
// of pixels in [0, 1].
type Normalization struct {
	Mean, Std [Channels]float32
}

// A Transform turns an image's bytes into a model's input.
type Transform struct {
	tables        *kernels.PixelTables
	mean          []float32      // (3072), subtracted after the tables; nil for none
	normalization *Normalization // nil for none
}

// NewTransform returns the transform byte/255, normalised unless normalization
// is nil. It computes in float32 in torchvision's order, so that its values are
// torch's to the bit.
func NewTransform(normalization *Normalization) *Transform {
	n := Normalization{Std: [Channels]float32{1, 1, 1}}
	if normalization != nil {
		n = *normalization
	}
	return &Transform{tables: kernels.NewPixelTables(n.Mean, n.Std), normalization: normalization}
}

// Centered returns the transform followed by subtracting the mean image of set,
// which is computed in float64.
func (t *Transform) Centered(set *Set) *Transform {
	sums := make([]float64, Pixels)
	for i := range set.Len() {
		for j, b := range set.Pixels(i) {
			sums[j] += float64(t.tables.Values[j/(Side*Side)][b])
		}
	}
	centered := *t
	centered.mean = make([]float32, Pixels)
	for j, sum := range sums {
		centered.mean[j] = float32(sum / float64(set.Len()))
	}
	return &centered
}

// MeanImage is what a centered transform subtracts, (3072); nil for any other.
func (t *Transform) MeanImage() []float32 { return t.mean }

// Invert turns transformed pixels (3072), a model's reconstruction for one,
// back into pixels whose range is [0, 1] for those of an image.
func (t *Transform) Invert(transformed []float32) []float32 {
	pixels := make([]float32, Pixels)
	copy(pixels, transformed)
	for j, m := range t.mean {
		pixels[j] += m
	}
	if t.normalization != nil {
		for j := range pixels {
			c := j / (Side * Side)
			pixels[j] = pixels[j]*t.normalization.Std[c] + t.normalization.Mean[c]
		}
	}
	return pixels
}

// Apply writes an image's transformed pixels (3072).
func (t *Transform) Apply(pixels []float32, image []byte) {
	kernels.Normalize(pixels, image, t.tables, t.mean)
}
