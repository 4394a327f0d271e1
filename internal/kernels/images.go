package kernels

// The products in this file multiply images with vectors and turn the images'
// bytes into pixels as they read them. The pixels exist in registers only: to
// read bytes takes a quarter of the time that float32 numbers take, and no rows of
// pixels have to be written before. Each result has the bits that NormalizeRows and a
// product of the rows it writes would give.

// imageBlock is how many pixels the assembly takes at a time. A channel's plane
// must be a multiple of it.
const imageBlock = 64

// Multiplies reports whether TimesVector and VectorTimes can be used for images
// whose channels have the given number of pixels: that this processor has the
// assembly, and that it gives the same bits as the tables.
func (t *PixelTables) Multiplies(plane int) bool {
	return t.computes && plane%imageBlock == 0
}

// TimesVector sets y (m) to the dot products of x with each of m images. x has as
// many numbers as an image has pixels; mean is subtracted from the pixels unless it
// is nil.
func (t *PixelTables) TimesVector(y []float32, images [][]byte, mean, x []float32) {
	y = y[:len(images):len(y)]
	means, step := t.means(mean, len(x))
	channels := len(t.Values)
	share(len(images), 1, len(images)*len(x), func(from, to int) {
		for i := from; i < to; i++ {
			image, next := images[i][:len(x):len(images[i])], images[min(i+1, to-1)]
			y[i] = instructions.dotImage(&image[0], &next[0], &x[0], &means[0], step, channels, len(x)/channels/imageBlock, &t.scales[0])
		}
	})
}

// VectorTimes sets y to the sum of m images, each times its number in x (m). y has
// as many numbers as an image has pixels; mean is subtracted from the pixels unless
// it is nil. Images whose number is 0 are not read.
func (t *PixelTables) VectorTimes(y, x []float32, images [][]byte, mean []float32) {
	w := takeWorkspace()
	w.factors, w.images = w.factors[:0], w.images[:0]
	for i, factor := range x[:len(images):len(x)] {
		if factor != 0 {
			w.factors, w.images = append(w.factors, factor), append(w.images, &images[i][:len(y):len(images[i])][0])
		}
	}
	if len(w.images) > 0 {
		means, step := t.means(mean, len(y))
		plane := len(y) / len(t.Values)
		share(len(y), imageBlock, len(w.images)*len(y), func(from, to int) {
			for at := from; at < to; at += imageBlock {
				instructions.combineImages(&y[at], &w.factors[0], &w.images[0], at, len(w.images), &means[at/imageBlock*step], &t.scales[at/plane*scaleNumbers])
			}
		})
	} else {
		clear(y)
	}
	clear(w.images) // so that the garbage collector can free the images
	w.giveBack()
}

// means returns what is subtracted from an image's pixels, and how many numbers lie
// between those for one block and the next. Where mean is nil, it returns one
// block of zeros, which serves all blocks.
func (t *PixelTables) means(mean []float32, pixels int) (means []float32, step int) {
	if mean == nil {
		return zeros[:imageBlock], 0
	}
	return mean[:pixels:len(mean)], imageBlock
}
