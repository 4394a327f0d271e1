package kernels

import "encoding/binary"

// Pixel tables translate a byte of each colour plane to its float32 value.
type PixelTables [3][256]float32

// Normalize sets pixels (3 planes of equal size) to the table's values for
// bytes, less mean where mean is not nil. It stays on one processor, as it
// prepares the next batch while the others train.
func Normalize(pixels []float32, bytes []byte, tables *PixelTables, mean []float32) {
	plane := len(bytes) / len(tables)
	pixels = pixels[:len(bytes):len(pixels)]
	for c := range tables {
		lookUp(pixels[c*plane:(c+1)*plane], bytes[c*plane:(c+1)*plane], &tables[c])
	}
	if mean != nil {
		subtract(pixels, mean[:len(bytes):len(mean)])
	}
}

// lookUp sets y to the table's values for bytes. Eight bytes taken at once are
// twice as fast as one by one, and as fast as AVX2's gathering.
func lookUp(y []float32, bytes []byte, table *[256]float32) {
	if done := whole(len(bytes)); done > 0 && instructions.lookUp != nil {
		instructions.lookUp(&y[0], &bytes[0], done, &table[0])
		y, bytes = y[done:], bytes[done:]
	}
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

func subtract(y, x []float32) {
	done := whole(len(y))
	if done > 0 {
		instructions.subtract(&y[0], &x[0], done)
	}
	for i := done; i < len(y); i++ {
		y[i] -= x[i]
	}
}
