package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"unsafe"
)

// A passCase is an element-wise pass as the tests of all passes see it.
type passCase struct {
	name    string
	lengths []int // of its slices, in multiples of n
	written int   // how many of them, the first ones, it writes to
	// run runs the pass and returns its result, if it has one.
	run func(n int, s [][]float32) float32
}

var passCases = []passCase{
	{"AddBias", []int{4, 1}, 1, func(n int, s [][]float32) float32 { AddBias(s[0], s[1], 4, n); return 0 }},
	{"AddBiasReLU", []int{4, 1}, 1, func(n int, s [][]float32) float32 { AddBiasReLU(s[0], s[1], 4, n); return 0 }},
	{"ReLUGradient", []int{1, 1, 1}, 1, func(_ int, s [][]float32) float32 { ReLUGradient(s[0], s[1], s[2]); return 0 }},
	{"Scale", []int{1}, 1, func(_ int, s [][]float32) float32 { Scale(s[0], 0.3); return 0 }},
	{"ColumnSums", []int{1, 5}, 1, func(n int, s [][]float32) float32 { ColumnSums(s[0], s[1], 5, n); return 0 }},
	{"MSE", []int{1, 1}, 0, func(_ int, s [][]float32) float32 { return MSE(nil, s[0], s[1]) }},
	{"MSE with gradient", []int{1, 1, 1}, 1, func(_ int, s [][]float32) float32 { return MSE(s[0], s[1], s[2]) }},
	{"Hinge", []int{1, 1, 1}, 1, func(_ int, s [][]float32) float32 { return Hinge(s[0], s[1], s[2], 0.7, true) }},
	{"MoveToward", []int{1, 1}, 1, func(_ int, s [][]float32) float32 { MoveToward(s[0], s[1], 0.3); return 0 }},
	{"Normalize", []int{12, 3}, 1, func(_ int, s [][]float32) float32 {
		passTables.NormalizeRows(s[0], [][]byte{asBytes(s[1])}, nil)
		return 0
	}},
	{"Normalize centered", []int{12, 3, 12}, 1, func(_ int, s [][]float32) float32 {
		passTables.NormalizeRows(s[0], [][]byte{asBytes(s[1])}, s[2])
		return 0
	}},
	{"SGD", []int{1, 1}, 1, func(_ int, s [][]float32) float32 {
		SGD{LearningRate: 0.1, WeightDecay: 0.3}.Step(s[0], s[1], nil)
		return 0
	}},
	{"SGD momentum", []int{1, 1, 1}, 2, func(_ int, s [][]float32) float32 {
		SGD{LearningRate: 0.1, WeightDecay: 0.3, Momentum: 0.9}.Step(s[0], s[2], s[1])
		return 0
	}},
	{"SGD Nesterov", []int{1, 1, 1}, 2, func(_ int, s [][]float32) float32 {
		SGD{LearningRate: 0.1, WeightDecay: 0.3, Momentum: 0.9, Nesterov: true}.Step(s[0], s[2], s[1])
		return 0
	}},
	{"Adam", []int{1, 1, 1, 1}, 3, func(_ int, s [][]float32) float32 {
		Adam{LearningRate: 1e-3, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, WeightDecay: 0.01, Count: 3}.Step(s[0], s[3], s[1], s[2])
		return 0
	}},
	{"AdamW", []int{1, 1, 1, 1}, 3, func(_ int, s [][]float32) float32 {
		Adam{LearningRate: 1e-3, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, WeightDecay: 0.01, Decoupled: true, Count: 3}.Step(s[0], s[3], s[1], s[2])
		return 0
	}},
}

var passTables = NewPixelTables([]float32{0.4914, 0.4822, 0.4465}, []float32{0.247, 0.2435, 0.2616})

// asBytes are the bytes of numbers.
func asBytes(numbers []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(numbers))), 4*len(numbers))
}

// values are inputs for a pass, guarded: normal ones, moments for one positive,
// and, if wanted, some that computers find hard.
func (c passCase) values(random *rand.Rand, n int, hard bool) (values [][]float32) {
	negative := float32(-1)
	hardOnes := []float32{
		0, 0 * negative, float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), math.MaxFloat32, -math.MaxFloat32,
		1e-45, -1e-45, 1e-40, 0x1p-126, 0x1.fffffep-127, 0x1p-100, -0x1p-100, 0x1.fffffep-101, 0x1.1cp-100, 0x1p-63, -0x1p-50, 1, -1,
	}
	for i, multiple := range c.lengths {
		numbers := normal(random, multiple*n)
		for j := range numbers {
			if hard && random.IntN(3) == 0 {
				numbers[j] = hardOnes[random.IntN(len(hardOnes))]
			}
			if i == 2 && c.written == 3 { // Adam's second moment
				numbers[j] = float32(math.Abs(float64(numbers[j])))
			}
		}
		values = append(values, numbers)
	}
	return values
}

// on runs the pass on guarded copies of values and returns what it wrote and
// its result.
func (c passCase) on(t *testing.T, n, offset int, values [][]float32) (written []float32) {
	t.Helper()
	var copies [][]float32
	var guards []guarded
	for i, v := range values {
		guards = append(guards, guard(v, offset*(2*i+1)%17))
		copies = append(copies, guards[i].values())
	}
	result := c.run(n, copies)
	for i, g := range guards {
		g.check(t, fmt.Sprintf("%s of %d, offset %d: slice %d", c.name, n, offset, i))
		if i < c.written {
			written = append(written, g.values()...)
		} else if !sameBits(g.values(), values[i]) {
			t.Fatalf("%s of %d: slice %d was written to", c.name, n, i)
		}
	}
	return append(written, result)
}

// sameNumbers is sameBits, but that one NaN is as good as another: which one a
// sum of two has depends on their order in the instruction.
func sameNumbers(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool {
		return math.Float32bits(x) == math.Float32bits(y) || x != x && y != y
	})
}

// TestPassesSameBits wants the bits of the plain Go code on one processor from
// every instruction set, any number of processors, and wherever slices begin.
func TestPassesSameBits(t *testing.T) {
	lengths := []int{1023, 3072, 40_003, 100_000}
	for n := range 71 {
		lengths = append(lengths, n)
	}
	for _, c := range passCases {
		t.Run(c.name, func(t *testing.T) {
			random := source(t)
			for i, n := range lengths {
				values := c.values(random, n, i%2 == 1)
				on := func(set *instructionSet, processors, offset int) []float32 {
					use(t, set)
					defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
					return c.on(t, n, offset, values)
				}
				want := on(nil, 1, 0)
				for _, set := range append([]*instructionSet{nil}, instructionSets...) {
					for try, processors := range []int{1, 2, 4} {
						if got := on(set, processors, 1+i%5+try); !sameNumbers(got, want) {
							t.Fatalf("%d numbers with %s on %d processors have other bits than plain Go's", n, setName(set), processors)
						}
					}
				}
			}
		})
	}
}

// TestPassesAtOnce lets several goroutines run passes and products at the same time, as
// training and evaluation may: those that find the helpers taken do without.
func TestPassesAtOnce(t *testing.T) {
	const n = 40_000
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	var group sync.WaitGroup
	for _, c := range passCases {
		random := source(t)
		values := c.values(random, n, false)
		want := c.on(t, n, 0, values)
		group.Go(func() {
			for range 5 {
				var copies [][]float32
				for _, v := range values {
					copies = append(copies, slices.Clone(v))
				}
				result := c.run(n, copies)
				if got := append(slices.Concat(copies[:c.written]...), result); !sameNumbers(got, want) {
					t.Errorf("%s: the bits differ from those of a pass on its own", c.name)
				}
			}
		})
	}
	a, want := normal(source(t), 256*256), make([]float32, 256*256)
	MatMulNN(want, a, a, 256, 256, 256)
	for range 3 {
		group.Go(func() {
			c := make([]float32, 256*256)
			for range 20 {
				if MatMulNN(c, a, a, 256, 256, 256); !sameBits(c, want) {
					t.Error("the bits differ from those of a product on its own")
				}
			}
		})
	}
	group.Wait()
}

// TestPassAllocations proves that the steady state makes next to no garbage,
// however long the slices are.
func TestPassAllocations(t *testing.T) {
	onEach(t, func(t *testing.T) {
		for _, c := range passCases {
			values := c.values(source(t), 40_000, false)
			if got := testing.AllocsPerRun(20, func() { c.run(40_000, values) }); got > 3 {
				t.Errorf("%s: %v allocations a pass, want at most 3", c.name, got)
			}
		}
	})
}

// BenchmarkPasses runs the passes over a batch's reconstructions, 128 x 3072,
// and the optimizers over the autoencoder's parameters, with each instruction
// set and without, on one goroutine and on two.
func BenchmarkPasses(b *testing.B) {
	for _, c := range []struct {
		name    string
		numbers int // per call
		traffic int // numbers from or to memory per number
		run     func(s [][]float32)
	}{
		{"AddBias", 128 * 3072, 2, func(s [][]float32) { AddBias(s[0], s[1], 128, 3072) }},
		{"AddBiasReLU", 128 * 128, 2, func(s [][]float32) { AddBiasReLU(s[0], s[1], 128, 128) }},
		{"ReLUGradient", 128 * 128, 3, func(s [][]float32) { ReLUGradient(s[0], s[1], s[2]) }},
		{"ColumnSums", 128 * 3072, 1, func(s [][]float32) { ColumnSums(s[1], s[0], 128, 3072) }},
		{"ColumnSums128", 128 * 128, 1, func(s [][]float32) { ColumnSums(s[1], s[0], 128, 128) }},
		{"MSE", 128 * 3072, 2, func(s [][]float32) { MSE(nil, s[0], s[1]) }},
		{"MSEWithGradient", 128 * 3072, 3, func(s [][]float32) { MSE(s[0], s[1], s[2]) }},
		{"HingeWithGradient", 64, 3, func(s [][]float32) { Hinge(s[0], s[1], s[2], 1, false) }},
		{"Normalize", 3072, 1, func(s [][]float32) { passTables.NormalizeRows(s[0], [][]byte{asBytes(s[1])[:3072]}, nil) }},
		{"NormalizeCentred", 3072, 1, func(s [][]float32) { passTables.NormalizeRows(s[0], [][]byte{asBytes(s[1])[:3072]}, s[2]) }},
		{"SGD", 3073, 3, func(s [][]float32) { SGD{LearningRate: 1e-6, WeightDecay: 0.5}.Step(s[0], s[1], nil) }},
		{"SGDNesterov", 798_000, 5, func(s [][]float32) {
			SGD{LearningRate: 1e-6, WeightDecay: 0.5, Momentum: 0.9, Nesterov: true}.Step(s[0], s[1], s[2])
		}},
		{"MoveToward", 798_000, 3, func(s [][]float32) { MoveToward(s[0], s[1], 0.001) }},
		{"SquaredNorm", 798_000, 1, func(s [][]float32) { SquaredNorm(s[0]) }},
		{"Adam", 798_000, 7, func(s [][]float32) {
			Adam{LearningRate: 1e-6, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Count: 3}.Step(s[0], s[1], s[2], s[3])
		}},
	} {
		random := rand.New(rand.NewPCG(1, 1))
		slices := [][]float32{normal(random, c.numbers), normal(random, c.numbers), make([]float32, c.numbers), make([]float32, c.numbers)}
		for _, processors := range []int{1, 2} {
			for _, set := range append([]*instructionSet{nil}, instructionSets...) {
				b.Run(fmt.Sprintf("%s/%s/%d", c.name, setName(set), processors), func(b *testing.B) {
					defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
					use(b, set)
					b.ReportAllocs()
					for b.Loop() {
						c.run(slices)
					}
					seconds := b.Elapsed().Seconds() / float64(b.N)
					b.ReportMetric(float64(c.numbers)/seconds/1e9, "Gnumbers/s")
					b.ReportMetric(float64(4*c.traffic*c.numbers)/seconds/1e9, "GB/s")
				})
			}
		}
	}
}
