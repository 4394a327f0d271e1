package kernels

import "encoding/binary"

// PixelTables translate a byte of each channel's plane to its float32 value.
type PixelTables struct {
	Values [][256]float32 // (channels)

	// What the assembly computes values with instead of reading the tables. It
	// does so only if direct says that this gives the same bits for every byte.
	mean, std, inverse []float32 // (channels)
	direct             bool

	// What products of images compute pixels with, if that gives the same bits.
	scales     []float32 // (channels, scaleNumbers)
	multiplies bool
}

// NewPixelTables returns the tables of (byte/255 - mean)/std, one for each
// channel's mean and std, every operation rounded to float32: torchvision's
// ToTensor and Normalize.
func NewPixelTables(mean, std []float32) *PixelTables {
	t := &PixelTables{Values: make([][256]float32, len(mean)), mean: mean, std: std, inverse: make([]float32, len(mean))}
	var bytes [256]byte
	for b := range bytes {
		bytes[b] = byte(b)
		for c := range t.Values {
			t.Values[c][b] = (float32(b)/255 - mean[c]) / std[c]
			t.inverse[c] = 1 / std[c]
		}
	}
	// Trying out every byte shows whether the assembly gives the same bits.
	t.direct = instructions != nil
	for c := range t.Values {
		var values [256]float32
		if t.direct {
			t.compute(values[:], bytes[:], c)
			t.direct = values == t.Values[c]
		}
	}
	t.tryProducts(bytes[:])
	return t
}

// Normalize sets pixels, a plane of equal size for each table, to the tables'
// values for bytes, and subtracts mean unless it is nil.
func Normalize(pixels []float32, bytes []byte, tables *PixelTables, mean []float32) {
	plane := len(bytes) / len(tables.Values)
	pixels = pixels[:len(bytes):len(pixels)]
	for c := range tables.Values {
		tables.translate(pixels[c*plane:(c+1)*plane], bytes[c*plane:(c+1)*plane], c)
	}
	if mean != nil {
		subtract(pixels, mean[:len(bytes):len(mean)])
	}
}

// NormalizeRows sets the rows of pixels to what Normalize gives for the images,
// which are of one size.
func (t *PixelTables) NormalizeRows(pixels []float32, images [][]byte, mean []float32) {
	if len(images) == 0 {
		return
	}
	n := len(images[0])
	share(len(images), 1, len(images)*n, func(from, to int) {
		for i := from; i < to; i++ {
			Normalize(pixels[i*n:(i+1)*n], images[i], t, mean)
		}
	})
}

// translate sets y to the plane's values for bytes. Where it reads the table, it
// takes eight bytes at once, which is twice as fast as one by one.
func (t *PixelTables) translate(y []float32, bytes []byte, plane int) {
	if done := whole(len(bytes)); done > 0 && t.direct {
		t.compute(y, bytes[:done], plane)
		y, bytes = y[done:], bytes[done:]
	}
	table := &t.Values[plane]
	for len(bytes) >= 8 && len(y) >= 8 {
		b, eight := binary.LittleEndian.Uint64(bytes), (*[8]float32)(y)
		eight[0], eight[1] = table[byte(b)], table[byte(b>>8)]
		eight[2], eight[3] = table[byte(b>>16)], table[byte(b>>24)]
		eight[4], eight[5] = table[byte(b>>32)], table[byte(b>>40)]
		eight[6], eight[7] = table[byte(b>>48)], table[byte(b>>56)]
		y, bytes = y[8:], bytes[8:]
	}
	for i, b := range bytes {
		y[i] = table[b]
	}
}

// compute has the assembly compute the plane's values y for bytes, whose number
// is a multiple of passNumbers.
func (t *PixelTables) compute(y []float32, bytes []byte, plane int) {
	instructions.normalize(&y[0], &bytes[0], len(bytes), t.mean[plane], t.std[plane], t.inverse[plane])
}

func subtract(y, x []float32) {
	done := whole(len(y))
	if done > 0 {
		instructions.subtract(&y[0], &x[0], done)
	}
	for i := done; i < len(y); i++ {
		y[i] -= x[i]
	}
}
