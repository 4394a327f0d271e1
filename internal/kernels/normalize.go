package kernels

import "slices"

// PixelTables translate a byte of each channel's plane to its float32 value.
type PixelTables struct {
	Values [][256]float32 // (channels)

	// What the assembly computes values with instead of reading the tables. It
	// does so only if computes says that this gives the same bits for every byte.
	scales   []float32 // (channels, scaleNumbers)
	computes bool
}

// scaleNumbers is how many numbers the assembly reads for a channel: its mean, and
// two whose sum is the inverse of its standard deviation.
const scaleNumbers = 3

// NewPixelTables returns the tables of (byte/255 - mean)/std, one for each
// channel's mean and std, every operation rounded to float32: torchvision's
// ToTensor and Normalize.
func NewPixelTables(mean, std []float32) *PixelTables {
	t := &PixelTables{Values: make([][256]float32, len(mean)), computes: instructions != nil}
	bytes := make([]byte, 256)
	for c := range t.Values {
		for b := range bytes {
			bytes[b] = byte(b)
			t.Values[c][b] = (float32(b)/255 - mean[c]) / std[c]
		}
		high := 1 / std[c]
		t.scales = append(t.scales, mean[c], high, float32(1/float64(std[c])-float64(high)))
	}
	values := make([]float32, len(bytes))
	for c := range t.Values { // trying out every byte shows whether the bits are the same
		if t.computes {
			t.compute(values, bytes, nil, c)
			t.computes = slices.Equal(values, t.Values[c][:])
		}
	}
	return t
}

// NormalizeRows sets the rows of pixels, a plane of equal size for each table, to the
// tables' values for the images, which are of one size, less mean unless it is nil.
func (t *PixelTables) NormalizeRows(pixels []float32, images [][]byte, mean []float32) {
	if len(images) == 0 || len(images[0]) == 0 {
		return
	}
	n := len(images[0])
	plane := n / len(t.Values)
	pixels = pixels[: len(images)*n : len(pixels)]
	if mean != nil {
		mean = mean[:n:len(mean)]
	}
	share(len(images), 1, len(images)*n, func(from, to int) {
		for i := from; i < to; i++ {
			for c := range t.Values {
				first, end := c*plane, (c+1)*plane
				var means []float32
				if mean != nil {
					means = mean[first:end]
				}
				t.compute(pixels[i*n+first:i*n+end], images[i][first:end], means, c)
			}
		}
	})
}

// compute sets y to the channel's values for bytes, less mean unless it is nil.
func (t *PixelTables) compute(y []float32, bytes []byte, mean []float32, channel int) {
	at, means := 0, &zeros[0]
	for t.computes {
		n := whole(min(len(bytes)-at, len(zeros)))
		if n == 0 {
			break
		}
		if mean != nil {
			means = &mean[at]
		}
		instructions.normalize(&y[at], means, n, &bytes[at], &t.scales[channel*scaleNumbers])
		at += n
	}
	for ; at < len(bytes); at++ {
		y[at] = t.Values[channel][bytes[at]]
		if mean != nil {
			y[at] -= mean[at]
		}
	}
}
