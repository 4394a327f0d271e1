package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// sizes are odd ones on purpose: around the widths of vector registers, the
// blocks of the matrix product and an image's planes.
var sizes = []int{1, 2, 3, 7, 31, 33, 64, 65, 130}

// unit is the largest relative error of one rounding to float32.
const unit = 1.0 / (1 << 24)

// canary is a NaN that no arithmetic makes.
const canary = 0x7fc0beef

// A guarded slice is cut out of a larger one whose other elements are canaries.
// Its capacity reaches beyond its length, so that writing too far is seen here
// and does not just panic.
type guarded struct {
	all      []float32
	from, to int
}

// guard returns a copy of values that starts offset elements into its memory.
func guard(values []float32, offset int) guarded {
	g := guarded{make([]float32, offset+len(values)+17), offset, offset + len(values)}
	for i := range g.all {
		g.all[i] = math.Float32frombits(canary)
	}
	copy(g.values(), values)
	return g
}

// unset returns a guarded slice of n elements that all have to be written: they
// are NaN, which no sum or product gets rid of.
func unset(n, offset int) guarded {
	return guard(slices.Repeat([]float32{float32(math.NaN())}, n), offset)
}

func (g guarded) values() []float32 { return g.all[g.from:g.to] }

// check reports elements that were written outside the slice.
func (g guarded) check(t *testing.T, name string) {
	t.Helper()
	for i, v := range g.all {
		if (i < g.from || i >= g.to) && math.Float32bits(v) != canary {
			t.Fatalf("%s: element %d of a slice of %d was written: %v", name, i-g.from, g.to-g.from, v)
		}
	}
}

// normal returns n values drawn from the standard normal distribution.
func normal(random *rand.Rand, n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(random.NormFloat64())
	}
	return values
}

func source(t testing.TB) *rand.Rand {
	t.Helper()
	return rand.New(rand.NewPCG(1, uint64(len(t.Name()))))
}

func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

// TestShortSlices proves that a slice shorter than its shape panics even where
// its capacity would do, in place of reading or writing what lies behind it.
func TestShortSlices(t *testing.T) {
	full := func(n int) []float32 { return make([]float32, n) }
	short := func(n int) []float32 { return make([]float32, n+8)[:n-1] }
	tables := PixelTables{Values: make([][256]float32, 3)}
	momentum := SGD{LearningRate: 1, Momentum: 1}
	calls := map[string]func(){
		"AddBias a":          func() { AddBias(short(6), full(3), 2, 3) },
		"AddBias bias":       func() { AddBias(full(6), short(3), 2, 3) },
		"AddBiasReLU a":      func() { AddBiasReLU(short(6), full(3), 2, 3) },
		"AddBiasReLU bias":   func() { AddBiasReLU(full(6), short(3), 2, 3) },
		"ReLUGradient dx":    func() { ReLUGradient(short(3), full(3), full(3)) },
		"ReLUGradient dy":    func() { ReLUGradient(full(3), short(3), full(3)) },
		"ColumnSums sums":    func() { ColumnSums(short(3), full(6), 2, 3) },
		"ColumnSums a":       func() { ColumnSums(full(3), short(6), 2, 3) },
		"Normalize pixels":   func() { tables.NormalizeRows(short(12), [][]byte{make([]byte, 12)}, nil) },
		"Normalize mean":     func() { tables.NormalizeRows(full(12), [][]byte{make([]byte, 12)}, short(12)) },
		"TimesVector y":      func() { tables.TimesVector(short(2), make([][]byte, 2), nil, nil) },
		"TimesVector mean":   func() { tables.TimesVector(full(1), make([][]byte, 1), short(64), full(64)) },
		"VectorTimes x":      func() { tables.VectorTimes(full(64), short(2), make([][]byte, 2), nil) },
		"Hinge targets":      func() { Hinge(nil, full(5), short(5), 1, false) },
		"Hinge gradient":     func() { Hinge(short(5), full(5), full(5), 1, false) },
		"MSE targets":        func() { MSE(nil, full(3), short(3)) },
		"MSE gradient":       func() { MSE(short(3), full(3), full(3)) },
		"SGD gradient":       func() { SGD{}.Step(full(5), short(5), nil) },
		"SGD velocity":       func() { momentum.Step(full(5), full(5), short(5)) },
		"SGD nil velocity":   func() { momentum.Step(full(5), full(5), nil) },
		"SGD empty velocity": func() { momentum.Step(full(5), full(5), make([]float32, 0, 5)) },
		"Adam gradient":      func() { Adam{Count: 1}.Step(full(3), short(3), full(3), full(3)) },
		"Adam moments":       func() { Adam{Count: 1}.Step(full(3), full(3), full(3), short(3)) },
	}
	for _, product := range products {
		calls[product.name+" c"] = func() { product.of(short(6), full(8), full(12), 2, 3, 4) }
		calls[product.name+" a"] = func() { product.of(full(6), short(8), full(12), 2, 3, 4) }
		calls[product.name+" b"] = func() { product.of(full(6), full(8), short(12), 2, 3, 4) }
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("did not panic")
				}
			}()
			call()
		})
	}
}

// onEach runs a test with every instruction set of this processor, and with none.
func onEach(t *testing.T, test func(t *testing.T)) {
	for _, set := range append([]*instructionSet{nil}, instructionSets...) {
		t.Run(setName(set), func(t *testing.T) {
			use(t, set)
			test(t)
		})
	}
}

// shape names a matrix product in messages and benchmarks.
func shape(m, n, k int) string { return fmt.Sprintf("%dx%dx%d", m, n, k) }
