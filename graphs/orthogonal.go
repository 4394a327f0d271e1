package graphs

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
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

// orthonormal returns the Q of the QR factorisation of a (rows, columns). Where a
// has more columns than rows, it factorises a's transpose and transposes Q back. The signs
// of Q's columns are those with which R has a positive diagonal; of normal
// numbers that makes every Q equally likely. Source: Mezzadri, How to generate
// random matrices from the classical compact groups,
// https://arxiv.org/abs/math-ph/0609050
func orthonormal(a []float64, rows, columns int) []float32 {
	tall := blas64.General{Rows: rows, Cols: columns, Stride: columns, Data: make([]float64, len(a))}
	place := func(i int) int { return i } // of a's numbers in tall
	if rows < columns {
		tall.Rows, tall.Cols, tall.Stride = columns, rows, rows
		place = func(i int) int { return i%columns*rows + i/columns }
	}
	for i, v := range a {
		tall.Data[place(i)] = v
	}
	signs := factorize(tall)
	q := make([]float32, len(a))
	for i := range q {
		at := place(i)
		q[i] = float32(tall.Data[at] * signs[at%tall.Cols])
	}
	return q
}

// factorize replaces a, which has no more columns than rows, by the Q of its QR
// factorisation and returns the signs of R's diagonal. Unlike mat.QR's, this Q
// has only a's columns: that of a layer with 3072 inputs would be square and take 75 MB.
func factorize(a blas64.General) (signs []float64) {
	tau, room := make([]float64, a.Cols), make([]float64, 1)
	lapack64.Geqrf(a, tau, room, -1) // returns the size of workspace that it works best with
	work := make([]float64, int(room[0]))
	lapack64.Geqrf(a, tau, work, len(work))
	signs = make([]float64, a.Cols)
	for j := range signs {
		signs[j] = 1
		if a.Data[j*a.Stride+j] < 0 {
			signs[j] = -1
		}
	}
	lapack64.Orgqr(a, tau, room, -1)
	work = make([]float64, int(room[0]))
	lapack64.Orgqr(a, tau, work, len(work))
	return signs
}
