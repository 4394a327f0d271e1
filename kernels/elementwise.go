package kernels

// AddBias adds bias (n) to each row of a (m, n).
func AddBias(a, bias []float32, m, n int) {
	bias = bias[:n:len(bias)]
	for i := range m {
		row := a[i*n : (i+1)*n : len(a)]
		for j, b := range bias {
			row[j] += b
		}
	}
}

// ColumnSums sets sums (n) to the sums of the columns of a (m, n), each added
// up in float64 from the first row to the last.
func ColumnSums(sums, a []float32, m, n int) {
	a = a[: m*n : len(a)]
	for j := range sums[:n:len(sums)] {
		total := 0.0
		for i := j; i < len(a); i += n {
			total += float64(a[i])
		}
		sums[j] = float32(total)
	}
}

// Pixel tables translate a byte of each colour plane to its float32 value.
type PixelTables [3][256]float32

// Normalize sets pixels (3 planes of equal size) to the table's values for
// bytes, less mean where mean is not nil.
func Normalize(pixels []float32, bytes []byte, tables *PixelTables, mean []float32) {
	plane := len(bytes) / len(tables)
	for c := range tables {
		table := &tables[c]
		out := pixels[c*plane : (c+1)*plane : len(pixels)]
		for i, b := range bytes[c*plane : (c+1)*plane] {
			out[i] = table[b]
		}
	}
	if mean == nil {
		return
	}
	mean = mean[:len(bytes):len(mean)]
	for i, m := range mean {
		pixels[i] -= m
	}
}
