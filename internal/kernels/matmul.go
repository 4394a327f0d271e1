package kernels

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// With AVX2, AVX-512 or NEON each element of a product is summed from the first
// step of k to the last by fused multiply-adds, so that all three give the same
// bits. Where C is one row or column, and a matrix's stored rows are multiplied
// by a vector, each element is a dot product of 64 such sums. Zeros are multiplied
// too, so that a NaN or an infinity in the other factor shows in C. On other
// processors gonum computes the products; it leaves out zeros.

// MatMulNT sets C = A B^T for A (m, k), B (n, k) and C (m, n).
func MatMulNT(c, a, b []float32, m, n, k int) {
	multiply(c, nil, factor{data: a, stride: k}, factor{data: b, stride: k}, m, n, k)
}

// MatMulNN sets C = A B for A (m, k), B (k, n) and C (m, n).
func MatMulNN(c, a, b []float32, m, n, k int) {
	multiply(c, nil, factor{data: a, stride: k}, factor{data: b, stride: n, byDepth: true}, m, n, k)
}

// MatMulTN sets C = A^T B for A (k, m), B (k, n) and C (m, n).
func MatMulTN(c, a, b []float32, m, n, k int) { AddMatMulTN(c, nil, a, b, m, n, k) }

// AddMatMulTN sets C = A^T B + D for A (k, m), B (k, n), C and D (m, n), with the
// bits that adding D to the finished product gives. It adds D to each block of C
// while that is in the caches. A nil D stands for zeros.
func AddMatMulTN(c, d, a, b []float32, m, n, k int) {
	multiply(c, d, factor{data: a, stride: m, byDepth: true}, factor{data: b, stride: n, byDepth: true}, m, n, k)
}

func multiply(c, d []float32, a, b factor, m, n, k int) {
	c, a.data, b.data = c[:m*n:len(c)], a.data[:m*k:len(a.data)], b.data[:k*n:len(b.data)]
	if d != nil {
		d = d[: m*n : len(d)]
	}
	switch {
	case m == 0 || n == 0:
	case k == 0:
		clear(c)
	case instructions == nil:
		multiplyPortable(c, a, b, m, n, k)
	case n == 1:
		instructions.timesVector(c, a, b.data, m, k)
	case m == 1:
		instructions.timesVector(c, b, a.data, n, k)
	default:
		product{set: instructions, c: c, d: d, a: a, b: b, m: m, n: n, k: k}.run()
		return
	}
	if d != nil {
		add(c, d)
	}
}

// multiplyPortable leaves the product to gonum, which has assembly of its own
// for vectors and runs on every processor.
func multiplyPortable(c []float32, a, b factor, m, n, k int) {
	transA, general := blas.NoTrans, blas32.General{Rows: m, Cols: k, Stride: a.stride, Data: a.data}
	if a.byDepth {
		transA, general.Rows, general.Cols = blas.Trans, k, m
	}
	transB, generalB := blas.Trans, blas32.General{Rows: n, Cols: k, Stride: b.stride, Data: b.data}
	if b.byDepth {
		transB, generalB.Rows, generalB.Cols = blas.NoTrans, k, n
	}
	blas32.Gemm(transA, transB, 1, general, generalB, 0, blas32.General{Rows: m, Cols: n, Stride: n, Data: c})
}
