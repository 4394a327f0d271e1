package kernels

// SquaredNorm returns the sum of the squares of values, added up in float64 in
// one fixed order.
func SquaredNorm(values []float32) float64 {
	return sumBlocks(len(values), func(part span) float64 {
		total, values := 0.0, values[part.from:part.to]
		for len(values) > 0 {
			n := min(len(values), len(zeros))
			total += squares(values[:n], zeros[:n])
			values = values[n:]
		}
		return total
	})
}

// zeros stands for y in squares, which adds up (x - y)^2: with it, that is x^2.
var zeros [4096]float32
