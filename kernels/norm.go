package kernels

// SquaredNorm returns the sum of the squares of values, added up in float64 in
// one fixed order.
func SquaredNorm(values []float32) float64 {
	// Four sums, since each addition waits for its sum's last one.
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(values); i += 4 {
		v := values[i : i+4 : i+4]
		a, b, c, d := float64(v[0]), float64(v[1]), float64(v[2]), float64(v[3])
		s0 += a * a
		s1 += b * b
		s2 += c * c
		s3 += d * d
	}
	for _, v := range values[i:] {
		s0 += float64(v) * float64(v)
	}
	return (s0 + s1) + (s2 + s3)
}
