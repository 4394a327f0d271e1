package kernels

import (
	"math"
	"testing"
)

// TestSquaredNorm compares with a plain sum: products of float32 are exact in
// float64, and n additions round n times at most.
func TestSquaredNorm(t *testing.T) {
	for _, n := range append(sizes, 3072) {
		values := normal(source(t), n)
		v := guard(values, n%4)
		want := 0.0
		for _, x := range values {
			want += float64(x) * float64(x)
		}
		if got := SquaredNorm(v.values()); !(math.Abs(got-want) <= float64(n)*0x1p-52*want) {
			t.Errorf("n=%d: the sum is %v, want %v", n, got, want)
		}
	}
	if got := SquaredNorm(nil); got != 0 {
		t.Errorf("the sum of nothing is %v", got)
	}
	if got := SquaredNorm([]float32{1e30, 1e30, 1e30}); math.Abs(got/3e60-1) > 1e-6 {
		t.Errorf("the sum of squares beyond float32 is %v, want 3e60", got)
	}
}
