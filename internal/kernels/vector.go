package kernels

// A dotFunc returns the sum of k products, the same to the bit on every
// instruction set and wherever its vectors begin.
type dotFunc func(a, b *float32, k int) float32

// A combiner sets some columns of the product of a vector and a matrix: the sum
// of k rows of b, stride numbers apart, each times a number of x.
type combiner struct {
	columns int
	set     func(y, x, b *float32, stride, k int)
}

// timesVector sets y to the product of a factor of n rows and a vector of k
// numbers. It reads the factor where it lies: each of its numbers is used only once,
// so packing would only cost time.
func (s *instructionSet) timesVector(y []float32, f factor, x []float32, n, k int) {
	if !f.byDepth {
		for i := range y {
			y[i] = s.dot(&f.data[i*f.stride], &x[0], k)
		}
		return
	}
	at := 0
	for _, combiner := range s.combiners {
		for ; at+combiner.columns <= n; at += combiner.columns {
			combiner.set(&y[at], &x[0], &f.data[at], f.stride, k)
		}
	}
}
