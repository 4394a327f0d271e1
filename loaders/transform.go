package loaders

import (
	"slices"

	"cifartrain/internal/kernels"
)

// Normalization is torchvision's Normalize: (x - Mean) / Std for each channel
// of pixels in [0, 1].
type Normalization struct {
	Mean, Std []float32 // (channels)
}

// A Transform turns an image's bytes into a model's input.
type Transform struct {
	shape         Shape
	tables        *kernels.PixelTables
	mean          []float32      // (values of an image), subtracted after the tables are applied; may be nil
	normalization *Normalization // may be nil
}

// NewTransform returns the transform byte/255 for images of a shape, followed
// by the normalization if that is not nil; it must have a mean and a deviation
// for each channel. It computes in float32 in torchvision's order, so that its
// values are exactly torch's.
func NewTransform(shape Shape, normalization *Normalization) *Transform {
	n := Normalization{Mean: make([]float32, shape.Channels), Std: slices.Repeat([]float32{1}, shape.Channels)}
	if normalization != nil {
		n = *normalization
	}
	return &Transform{shape: shape, tables: kernels.NewPixelTables(n.Mean, n.Std), normalization: normalization}
}

// WithMeanImage returns the transform followed by subtracting mean, an image in
// transformed values.
func (t *Transform) WithMeanImage(mean []float32) *Transform {
	centered := *t
	centered.mean = mean
	return &centered
}

// Centered returns the transform followed by subtracting the mean image of a
// set, which is computed in float64.
func (t *Transform) Centered(set *Set) *Transform {
	sums := make([]float64, t.shape.Values())
	for i := range set.Len() {
		for j, b := range set.Pixels(i) {
			sums[j] += float64(t.tables.Values[j/t.shape.Plane()][b])
		}
	}
	mean := make([]float32, len(sums))
	for j, sum := range sums {
		mean[j] = float32(sum / float64(set.Len()))
	}
	return t.WithMeanImage(mean)
}

// Tables returns the value for each byte of each channel, before the mean image
// is subtracted.
func (t *Transform) Tables() *kernels.PixelTables { return t.tables }

// MeanImage returns the image that a centered transform subtracts, and nil for
// any other transform.
func (t *Transform) MeanImage() []float32 { return t.mean }

// Invert turns transformed values, such as a model's reconstruction, back into
// pixels, which are in [0, 1] if the values are those of an image.
func (t *Transform) Invert(transformed []float32) []float32 {
	pixels := slices.Clone(transformed)
	for j, m := range t.mean {
		pixels[j] += m
	}
	if t.normalization != nil {
		for j := range pixels {
			c := j / t.shape.Plane()
			pixels[j] = pixels[j]*t.normalization.Std[c] + t.normalization.Mean[c]
		}
	}
	return pixels
}

// Apply writes the transformed values of an image.
func (t *Transform) Apply(pixels []float32, image []byte) {
	t.tables.NormalizeRows(pixels, [][]byte{image}, t.mean)
}
