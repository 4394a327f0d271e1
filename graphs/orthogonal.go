package graphs

import "gonum.org/v1/gonum/floats"

// orthonormal returns the Q of the QR factorization of a (rows, columns), or of a's
// transpose, transposed back, where a has more columns than rows. It is Gram and
// Schmidt's, whose R has a positive diagonal; of normal numbers that makes every Q
// equally likely, as torch.nn.init.orthogonal_ does with gain 1. Source: Mezzadri, How
// to generate random matrices from the classical compact groups,
// https://arxiv.org/abs/math-ph/0609050
func orthonormal(a []float64, rows, columns int) []float32 {
	q := make([]float32, len(a))
	var vectors [][]float64 // Q's columns so far
	for j := range min(rows, columns) {
		first, step := j, columns // where its column j lies in a
		if rows < columns {
			first, step = j*columns, 1
		}
		v := make([]float64, max(rows, columns))
		for i := range v {
			v[i] = a[first+i*step]
		}
		for _, other := range vectors {
			floats.AddScaled(v, -floats.Dot(other, v), other)
		}
		floats.Scale(1/floats.Norm(v, 2), v)
		vectors = append(vectors, v)
		for i, x := range v {
			q[first+i*step] = float32(x)
		}
	}
	return q
}
