package kernels

import (
	"math"
	"testing"
)

// TestMoveToward compares with float64, within the roundings of the difference,
// the product and the sum.
func TestMoveToward(t *testing.T) {
	onEach(t, func(t *testing.T) {
		for _, n := range sizes {
			random := source(t)
			average, values := normal(random, n), normal(random, n)
			for _, share := range []float32{0, 0.001, 0.3} {
				a, v := guard(average, n%4), guard(values, n%3)
				MoveToward(a.values(), v.values(), share)
				a.check(t, "average")
				if !sameBits(v.values(), values) {
					t.Fatalf("n=%d: the values were written to", n)
				}
				for i, got := range a.values() {
					from, to := float64(average[i]), float64(values[i])
					want := from + float64(share)*(to-from)
					if !(math.Abs(float64(got)-want) <= 3*unit*(math.Abs(from)+math.Abs(to))) {
						t.Fatalf("n=%d share=%v: average %d is %v, want %v", n, share, i, got, want)
					}
				}
			}
			a := guard(average, 0)
			if MoveToward(a.values(), average, 0.3); !sameBits(a.values(), average) {
				t.Errorf("n=%d: an average of equal values moved", n)
			}
		}
	})
}

// BenchmarkMoveToward is of as many numbers as the autoencoder has weights.
func BenchmarkMoveToward(b *testing.B) {
	random := source(b)
	average, values := normal(random, 797_984), normal(random, 797_984)
	b.SetBytes(int64(8 * len(values)))
	for b.Loop() {
		MoveToward(average, values, 0.001)
	}
}
