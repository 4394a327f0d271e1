package kernels

// SquaredNorm returns the sum of the squares of values, added up in float64 in
// one fixed order.
func SquaredNorm(values []float32) float64 {
	return sumBlocks(len(values), func(from, to int) float64 {
		total, values := 0.0, values[from:to]
		for len(values) > 0 {
			n := min(len(values), len(zeros))
			total += squares(nil, values[:n], zeros[:n], 0)
			values = values[n:]
		}
		return total
	})
}

// zeros are passed as y to squares, so that it adds up x^2.
var zeros [4096]float32
