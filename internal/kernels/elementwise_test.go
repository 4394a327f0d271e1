package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestAddBias wants the very bits, with ReLU and without: one addition, done in
// float64 and rounded, is the float32 addition.
func TestAddBias(t *testing.T) {
	onEach(t, func(t *testing.T) {
		random := source(t)
		for _, m := range sizes {
			for _, n := range append(slices.Clone(sizes), 3072) {
				values, bias := normal(random, m*n), normal(random, n)
				a, rectified, b := guard(values, m%4), guard(values, m%5), guard(bias, n%3)
				AddBias(a.values(), b.values(), m, n)
				AddBiasReLU(rectified.values(), b.values(), m, n)
				a.check(t, "a")
				rectified.check(t, "rectified a")
				if !sameBits(b.values(), bias) {
					t.Fatalf("%dx%d: the bias was written to", m, n)
				}
				for i, got := range a.values() {
					want := float32(float64(values[i]) + float64(bias[i%n]))
					if got != want || rectified.values()[i] != max(0, want) {
						t.Fatalf("%dx%d: element %d is %v, rectified %v, want %v", m, n, i, got, rectified.values()[i], want)
					}
				}
			}
		}
	})
}

// TestScaleAndMoveToward compares with float64: to the bit where there is a single
// product, else within the roundings of the difference, the product and the sum.
func TestScaleAndMoveToward(t *testing.T) {
	onEach(t, func(t *testing.T) {
		random := source(t)
		for _, n := range append(slices.Clone(sizes), 50_000) {
			for _, factor := range []float32{0, 0.001, 0.3} {
				values, others := normal(random, n), normal(random, n)
				x, average, still := guard(values, n%5), guard(values, n%4), guard(values, 0)
				Scale(x.values(), factor)
				MoveToward(average.values(), others, factor)
				MoveToward(still.values(), values, factor)
				x.check(t, "x")
				average.check(t, "average")
				if !sameBits(still.values(), values) {
					t.Fatalf("%d numbers: an average of equal values moved", n)
				}
				for i, got := range x.values() {
					from, to, factor := float64(values[i]), float64(others[i]), float64(factor)
					if want := float32(from * factor); got != want {
						t.Fatalf("%d numbers: number %d is %v, want %v", n, i, got, want)
					}
					want := from + factor*(to-from)
					if got := float64(average.values()[i]); !(math.Abs(got-want) <= 3*unit*(math.Abs(from)+math.Abs(to))) {
						t.Fatalf("%d numbers, share %v: average %d is %v, want %v", n, factor, i, got, want)
					}
				}
			}
		}
	})
}

// TestColumnSums wants the very bits: sums are promised to be added up in
// float64 from the first row to the last, and rounded once.
func TestColumnSums(t *testing.T) {
	onEach(t, func(t *testing.T) {
		random := source(t)
		for _, m := range sizes {
			for _, n := range append(slices.Clone(sizes), 3072) {
				values := normal(random, m*n)
				a, sums := guard(values, n%4), unset(n, m%3)
				ColumnSums(sums.values(), a.values(), m, n)
				sums.check(t, "sums")
				if !sameBits(a.values(), values) {
					t.Fatalf("%dx%d: the matrix was written to", m, n)
				}
				want := make([]float64, n)
				for i, v := range values {
					want[i%n] += float64(v)
				}
				for j, got := range sums.values() {
					if got != float32(want[j]) {
						t.Fatalf("%dx%d: sum %d is %v, want %v", m, n, j, got, want[j])
					}
				}
			}
		}
	})
}

// TestNormalize wants the very bits: a look-up and at most one subtraction.
func TestNormalize(t *testing.T) {
	onEach(t, func(t *testing.T) {
		random := source(t)
		for i, plane := range append(slices.Clone(sizes), 1024, 3072) {
			for _, centered := range []bool{false, true} {
				t.Run(fmt.Sprintf("plane=%d centered=%v", plane, centered), func(t *testing.T) {
					tables := randomTables(random) // that no arithmetic gives
					if i%2 == 0 {
						tables = NewPixelTables([]float32{0.4914, 0.4822, 0.4465}, []float32{0.247, 0.2435, 0.2616})
					}
					bytes := randomBytes(random, 3*plane)
					var mean []float32
					if centered {
						mean = normal(random, 3*plane)
					}
					pixels := unset(3*plane, plane%5)
					tables.NormalizeRows(pixels.values(), [][]byte{bytes}, mean)
					pixels.check(t, "pixels")
					for i, got := range pixels.values() {
						want := float64(tables.Values[i/plane][bytes[i]])
						if centered {
							want -= float64(mean[i])
						}
						if got != float32(want) {
							t.Fatalf("pixel %d is %v, want %v", i, got, want)
						}
					}
				})
			}
		}
	})
}

// TestPixelTables wants torchvision's values, and the processor's arithmetic to
// be found good for what people normalize by.
func TestPixelTables(t *testing.T) {
	onEach(t, func(t *testing.T) {
		random := source(t)
		for _, c := range []struct {
			mean, std []float32
			usual     bool
		}{
			{[]float32{0, 0, 0}, []float32{1, 1, 1}, true},
			{[]float32{0.25, 0.25, 0.25}, []float32{0.25, 0.25, 0.25}, true},
			{[]float32{0.5, 0.5, 0.5}, []float32{0.5, 0.5, 0.5}, true},
			{[]float32{0.4914, 0.4822, 0.4465}, []float32{0.247, 0.2435, 0.2616}, true},
			{[]float32{0.485, 0.456, 0.406}, []float32{0.229, 0.224, 0.225}, true},
			{[]float32{-1000, 1000, 0}, []float32{1e-6, 1000, 3e-5}, false},
			{normal(random, 3), normal(random, 3), false},
		} {
			tables := NewPixelTables(c.mean, c.std)
			for plane := range tables.Values {
				for b, got := range tables.Values[plane] {
					if want := (float32(b)/255 - c.mean[plane]) / c.std[plane]; got != want {
						t.Fatalf("mean %v, std %v: byte %d of plane %d is %v, want %v", c.mean, c.std, b, plane, got, want)
					}
				}
			}
			if c.usual && instructions != nil && !tables.computes {
				t.Errorf("mean %v, std %v are left to the tables", c.mean, c.std)
			}
		}
	})
}

func randomTables(random *rand.Rand) *PixelTables {
	tables := PixelTables{Values: make([][256]float32, 3)}
	for c := range tables.Values {
		copy(tables.Values[c][:], normal(random, 256))
	}
	return &tables
}

func randomBytes(random *rand.Rand, n int) []byte {
	bytes := make([]byte, n)
	for i := range bytes {
		bytes[i] = byte(random.Uint32())
	}
	return bytes
}
