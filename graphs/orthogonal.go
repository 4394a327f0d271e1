package graphs

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
)

// orthogonal draws a matrix (rows, columns) whose rows, or whose columns where
// those are fewer, are orthonormal, as torch.nn.init.orthogonal_ does with gain
// 1. Source: https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.orthogonal_
func orthogonal(rows, columns int, random *rand.Rand) []float32 {
	normal := make([]float64, rows*columns)
	for i := range normal {
		normal[i] = random.NormFloat64()
	}
	return orthonormal(normal, rows, columns)
}

// orthonormal returns the Q of the QR factorization of a (rows, columns), or of a's
// transpose, transposed back, where a has more columns than rows. It is Gram and
// Schmidt's, whose R has a positive diagonal; of normal numbers that makes every Q
// equally likely. Source: Mezzadri, How to generate random matrices from the classical
// compact groups, https://arxiv.org/abs/math-ph/0609050
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
