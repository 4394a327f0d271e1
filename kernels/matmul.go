package kernels

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// MatMulNT sets C = A B^T for A (m, k), B (n, k) and C (m, n).
func MatMulNT(c, a, b []float32, m, n, k int) {
	gemm(blas.NoTrans, blas.Trans, matrix(a, m, k), matrix(b, n, k), matrix(c, m, n))
}

// MatMulNN sets C = A B for A (m, k), B (k, n) and C (m, n).
func MatMulNN(c, a, b []float32, m, n, k int) {
	gemm(blas.NoTrans, blas.NoTrans, matrix(a, m, k), matrix(b, k, n), matrix(c, m, n))
}

// MatMulTN sets C = A^T B for A (k, m), B (k, n) and C (m, n).
func MatMulTN(c, a, b []float32, m, n, k int) {
	gemm(blas.Trans, blas.NoTrans, matrix(a, k, m), matrix(b, k, n), matrix(c, m, n))
}

func gemm(transA, transB blas.Transpose, a, b, c blas32.General) {
	blas32.Gemm(transA, transB, 1, a, b, 0, c)
}

func matrix(data []float32, rows, columns int) blas32.General {
	return blas32.General{Rows: rows, Cols: columns, Stride: columns, Data: data[: rows*columns : len(data)]}
}
