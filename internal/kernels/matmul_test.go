package kernels

import (
	"math"
	"runtime"
	"slices"
	"testing"
)

// A matrixProduct is one of the three, with where it finds element (i, l) of
// its first factor and (l, j) of its second.
type matrixProduct struct {
	name string
	of   func(c, a, b []float32, m, n, k int)
	a, b func(row, column, rows, columns int) int
}

var products = []matrixProduct{
	{"MatMulNT", MatMulNT, rowMajor, columnMajor},
	{"MatMulNN", MatMulNN, rowMajor, rowMajor},
	{"MatMulTN", MatMulTN, columnMajor, rowMajor},
}

func rowMajor(row, column, _, columns int) int { return row*columns + column }
func columnMajor(row, column, rows, _ int) int { return column*rows + row }

// eachProduct runs a test of every product with every instruction set of this
// processor, and with none.
func eachProduct(t *testing.T, test func(t *testing.T, product matrixProduct)) {
	for _, set := range append([]*instructionSet{nil}, instructionSets...) {
		for _, product := range products {
			t.Run(setName(set)+" "+product.name, func(t *testing.T) {
				use(t, set)
				test(t, product)
			})
		}
	}
}

// use makes the products use a set until the test is over; nil is none.
func use(t testing.TB, set *instructionSet) {
	before := instructions
	instructions = set
	t.Cleanup(func() { instructions = before })
}

func setName(set *instructionSet) string {
	if set == nil {
		return "plain"
	}
	return set.name
}

// TestMatMul compares with a float64 loop. A float32 sum of k products is off
// by at most k roundings of the sum of their absolute values, in whatever order
// it is added up (Higham, Accuracy and Stability of Numerical Algorithms, 3.1).
func TestMatMul(t *testing.T) {
	shapes := [][3]int{
		{64, 1, 3072}, {1, 3072, 64}, {64, 3072, 1}, {3, 2, 3072}, {7, 130, 3072}, {130, 3072, 7}, {3072, 3, 33},
		{128, 128, 3072}, // enough blocks for several goroutines and a long sum
	}
	for _, m := range sizes {
		for _, n := range sizes {
			for _, k := range sizes {
				shapes = append(shapes, [3]int{m, n, k})
			}
		}
	}
	for _, product := range products {
		t.Run(product.name, func(t *testing.T) {
			random := source(t)
			for i, s := range shapes {
				m, n, k := s[0], s[1], s[2]
				aValues, bValues := normal(random, m*k), normal(random, k*n)
				want, size := product.reference(aValues, bValues, m, n, k)
				for _, set := range append([]*instructionSet{nil}, instructionSets...) {
					use(t, set)
					name := setName(set) + " " + shape(m, n, k)
					a, b, c := guard(aValues, i%5), guard(bValues, i%3), unset(m*n, i%7)
					product.of(c.values(), a.values(), b.values(), m, n, k)

					a.check(t, name+": a")
					b.check(t, name+": b")
					c.check(t, name+": c")
					if !sameBits(a.values(), aValues) || !sameBits(b.values(), bValues) {
						t.Fatalf("%s: a factor was written to", name)
					}
					for at, got := range c.values() {
						if !(math.Abs(float64(got)-want[at]) <= float64(k+1)*unit*size[at]) {
							t.Fatalf("%s: element (%d, %d) is %v, want %v", name, at/n, at%n, got, want[at])
						}
					}
				}
			}
		})
	}
}

// reference is the product as a float64 loop, and the product of the absolute
// values.
func (p matrixProduct) reference(a, b []float32, m, n, k int) (want, size []float64) {
	want, size = make([]float64, m*n), make([]float64, m*n)
	for at := range want {
		for l := range k {
			term := float64(a[p.a(at/n, l, m, k)]) * float64(b[p.b(l, at%n, k, n)])
			want[at], size[at] = want[at]+term, size[at]+math.Abs(term)
		}
	}
	return want, size
}

// TestMatMulProcessors proves that the number of processors does not change a
// bit, with enough blocks that they are shared out.
func TestMatMulProcessors(t *testing.T) {
	eachProduct(t, func(t *testing.T, product matrixProduct) {
		for _, s := range [][3]int{{64, 1, 3072}, {1, 3072, 64}, {130, 257, 300}, {65, 3072, 130}, {128, 128, 3072}, {300, 500, 700}} {
			m, n, k := s[0], s[1], s[2]
			t.Run(shape(m, n, k), func(t *testing.T) {
				random := source(t)
				a, b, c := normal(random, m*k), normal(random, k*n), make([]float32, m*n)
				on := func(processors int) []float32 {
					defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
					product.of(c, a, b, m, n, k)
					return slices.Clone(c)
				}
				one := on(1)
				for _, processors := range []int{2, 3, 4, 16, 64, 2} {
					if !sameBits(one, on(processors)) {
						t.Fatalf("GOMAXPROCS 1 and %d give different bits", processors)
					}
				}
			})
		}
	})
}

// TestAddMatMulTN wants the bits of a product and an addition behind it.
func TestAddMatMulTN(t *testing.T) {
	for _, set := range append([]*instructionSet{nil}, instructionSets...) {
		for _, s := range [][3]int{{1, 70, 3}, {70, 1, 3}, {7, 33, 0}, {128, 3072, 128}, {130, 257, 600}} {
			m, n, k := s[0], s[1], s[2]
			t.Run(setName(set)+" "+shape(m, n, k), func(t *testing.T) {
				use(t, set)
				random := source(t)
				a, b, d := normal(random, k*m), normal(random, k*n), normal(random, m*n)
				want := make([]float32, m*n)
				MatMulTN(want, a, b, m, n, k)
				for i := range want {
					want[i] += d[i]
				}
				got := unset(m*n, 3)
				for _, processors := range []int{1, 2, 16} {
					func() {
						defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
						AddMatMulTN(got.values(), d, a, b, m, n, k)
					}()
					got.check(t, "c")
					if !sameBits(got.values(), want) {
						t.Errorf("GOMAXPROCS %d: not the sum's bits", processors)
					}
				}
			})
		}
	}
}
