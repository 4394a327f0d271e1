package kernels

// SquaredNorm returns the sum of the squares of values, added up in float64 in
// one fixed order.
func SquaredNorm(values []float32) float64 {
	var sums [4]float64 // of every fourth value: each addition waits for its sum's last one
	for len(values) >= 4 {
		a, b, c, d := float64(values[0]), float64(values[1]), float64(values[2]), float64(values[3])
		sums[0] += a * a
		sums[1] += b * b
		sums[2] += c * c
		sums[3] += d * d
		values = values[4:]
	}
	for i, v := range values {
		sums[i] += float64(v) * float64(v)
	}
	return (sums[0] + sums[1]) + (sums[2] + sums[3])
}
