package loaders

import (
	"slices"

	"cifartrain/kernels"
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
	mean          []float32      // (values of an image), subtracted after the tables; nil for none
	normalization *Normalization // nil for none
}

// NewTransform returns the transform byte/255 of images of a shape, normalised
// unless normalization is nil; that must have a mean and a deviation for each
// channel. It computes in float32 in torchvision's order, so that its values
// are torch's to the bit.
func NewTransform(shape Shape, normalization *Normalization) *Transform {
	n := Normalization{Mean: make([]float32, shape.Channels), Std: slices.Repeat([]float32{1}, shape.Channels)}
	if normalization != nil {
		n = *normalization
	}
	return &Transform{shape: shape, tables: kernels.NewPixelTables(n.Mean, n.Std), normalization: normalization}
}

// WithMeanImage returns the transform followed by subtracting mean, which has a
// value for each of an image.
func (t *Transform) WithMeanImage(mean []float32) *Transform {
	centered := *t
	centered.mean = mean
	return &centered
}

// Centered returns the transform followed by subtracting the mean image of set,
// which is computed in float64.
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

// Tables are what a byte of each channel stands for, before the mean image is
// subtracted.
func (t *Transform) Tables() *kernels.PixelTables { return t.tables }

// MeanImage is what a centered transform subtracts, one value for each
// of an image; nil for any other.
func (t *Transform) MeanImage() []float32 { return t.mean }

// Invert turns an image's transformed values, such as a model's
// reconstruction, back into pixels whose range is [0, 1] for those of an image.
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

// Apply writes an image's transformed values.
func (t *Transform) Apply(pixels []float32, image []byte) {
	kernels.Normalize(pixels, image, t.tables, t.mean)
}
