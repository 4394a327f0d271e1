package kernels

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// TestMatMulOrder wants the very bits, of every instruction set and any number
// of processors: each element is promised to be summed from the first step of k
// to the last, by fused multiply-adds.
func TestMatMulOrder(t *testing.T) {
	random := source(t)
	shapes := [][3]int{ // the models' products and the blocks' edges
		{128, 128, 3072}, {128, 3072, 128}, {3072, 128, 128}, {128, 32, 128}, {32, 128, 128}, {128, 128, 32}, {128, 10, 64},
		{blockRows, blockColumns, blockDepth}, {blockRows + 1, blockColumns + 1, blockDepth + 1}, {13, 2*blockColumns + 5, 2*blockDepth + 3},
	}
	for range 200 {
		shapes = append(shapes, [3]int{2 + random.IntN(39), 2 + random.IntN(39), 1 + random.IntN(40)})
	}
	for _, product := range products {
		for i, s := range shapes {
			m, n, k := s[0], s[1], s[2]
			aValues, bValues := normal(random, m*k), normal(random, k*n)
			var first []float32
			for _, set := range instructionSets {
				t.Run(set.name+" "+product.name+" "+shape(m, n, k), func(t *testing.T) {
					use(t, set)
					for processors := range 2 {
						defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1 + processors))
						a, b, c := guard(aValues, i%5), guard(bValues, i%3), unset(m*n, i%7)
						product.of(c.values(), a.values(), b.values(), m, n, k)
						c.check(t, "c")
						if first == nil {
							first = slices.Clone(c.values())
							checkFused(t, product, random, first, aValues, bValues, m, n, k)
						}
						if !sameBits(c.values(), first) {
							t.Error("the bits depend on the instruction set or the number of processors")
						}
					}
				})
			}
		}
	}
}

// TestPageRows multiplies an A whose rows lie whole pages apart as processors with other
// first-level caches do: in lower tiles, with the same bits.
func TestPageRows(t *testing.T) {
	const m, n, k = 29, 70, 2 * pageNumbers
	random := source(t)
	a, b := normal(random, m*k), normal(random, n*k)
	for _, set := range instructionSets {
		if set.pageRows == 0 {
			continue // reads no such A in place
		}
		use(t, set)
		want := make([]float32, m*n)
		MatMulNT(want, a, b, m, n, k)
		for _, rows := range []int{1, 2, 4, 8, 12, 16} {
			other := *set
			other.pageRows = rows
			p := product{set: &other, a: factor{data: a, stride: k}, m: m, inPlace: true}
			if high := p.tile(0).length(); high > rows {
				t.Errorf("%s: a tile has %d rows, more than the %d that the cache holds", set.name, high, rows)
			}
			use(t, &other)
			got := make([]float32, m*n)
			MatMulNT(got, a, b, m, n, k)
			if !sameBits(got, want) {
				t.Errorf("%s: the bits differ with %d rows", set.name, rows)
			}
		}
	}
}

// checkFused compares elements with the loop that defines them: all of them, or
// some of a large product.
func checkFused(t *testing.T, product matrixProduct, random *rand.Rand, c, a, b []float32, m, n, k int) {
	t.Helper()
	for at := 0; at < m*n; at += 1 + random.IntN(1+m*n/1000) {
		sum := float32(0)
		for l := range k {
			sum = fma32(a[product.a(at/n, l, m, k)], b[product.b(l, at%n, k, n)], sum)
		}
		if math.Float32bits(c[at]) != math.Float32bits(sum) {
			t.Fatalf("element (%d, %d) is %v, want %v to the bit", at/n, at%n, c[at], sum)
		}
	}
}

// fma32 returns x*y + z rounded once. The product is exact in float64. The sum
// is rounded to odd there, which keeps what rounding it to float32 needs to
// know (Boldo, Melquiond: Emulation of FMA and correctly rounded sums, 2008).
func fma32(x, y, z float32) float32 {
	a, b := float64(x)*float64(y), float64(z)
	sum := a + b
	shadow := sum - a
	lost := (a - (sum - shadow)) + (b - shadow)
	if bits := math.Float64bits(sum); lost != 0 && bits&1 == 0 {
		if (lost > 0) == (sum > 0) {
			bits++
		} else {
			bits--
		}
		sum = math.Float64frombits(bits)
	}
	return float32(sum)
}

func TestFMA32(t *testing.T) {
	const eps = 1.0 / (1 << 23)
	// 1 + 2^-24 lies between two numbers; what the product adds decides.
	tiny := float32(math.Ldexp(1, -60))
	for _, c := range []struct{ x, y, z, want float32 }{
		{2, 3, 4, 10}, {eps / 2, 1, 1, 1}, {1, 1 + eps, eps / 2, 1 + 2*eps},
		{tiny, tiny, 1, 1}, {-tiny, tiny, 1, 1}, {1 + eps, 1 + eps, -1 - 2*eps, eps * eps},
		{eps/2 + eps*eps/2, 1, 1, 1 + eps},
	} {
		if got := fma32(c.x, c.y, c.z); got != c.want {
			t.Errorf("%v * %v + %v is %v, want %v", c.x, c.y, c.z, got, c.want)
		}
	}
}

// dotByLanes is what a dot product is promised to be: product i is added to sum
// i mod 64, the sums are added by halves, and the products that are left of a
// multiple of 64 follow one by one.
func dotByLanes(x, y []float32) float32 {
	var sums [64]float32
	done := len(x) / len(sums) * len(sums)
	for i := range done {
		sums[i%len(sums)] = fma32(x[i], y[i], sums[i%len(sums)])
	}
	for half := len(sums) / 2; half > 0; half /= 2 {
		for i := range half {
			sums[i] += sums[half+i]
		}
	}
	for i := done; i < len(x); i++ {
		sums[0] = fma32(x[i], y[i], sums[0])
	}
	return sums[0]
}

// vectorReference is a product whose C is one row or column. A matrix whose
// stored rows are multiplied gives dot products; otherwise each element is
// summed from the first step of k to the last.
func (p matrixProduct) vectorReference(a, b []float32, m, n, k int) []float32 {
	byRows := p.b(1, 0, k, 2) == 1
	if n == 1 {
		byRows = p.a(0, 1, 2, k) == 1
	}
	c, x, y := make([]float32, m*n), make([]float32, k), make([]float32, k)
	for at := range c {
		for l := range k {
			x[l], y[l] = a[p.a(at/n, l, m, k)], b[p.b(l, at%n, k, n)]
		}
		if byRows {
			c[at] = dotByLanes(x, y)
			continue
		}
		for l := range k {
			c[at] = fma32(x[l], y[l], c[at])
		}
	}
	return c
}

// TestMatMulVectors proves that a matrix times a vector, too, has the same bits
// on every instruction set, wherever its slices begin.
func TestMatMulVectors(t *testing.T) {
	random := source(t)
	for _, product := range products {
		for _, s := range [][3]int{{64, 1, 3072}, {1, 64, 3072}, {3072, 1, 64}, {1, 3072, 64}, {5, 1, 77}, {1, 7, 33}, {35, 1, 9}, {1, 1, 100}} {
			m, n, k := s[0], s[1], s[2]
			aValues, bValues := normal(random, m*k), normal(random, k*n)
			want := product.vectorReference(aValues, bValues, m, n, k)
			for _, set := range instructionSets {
				t.Run(set.name+" "+product.name+" "+shape(m, n, k), func(t *testing.T) {
					use(t, set)
					for offset := range 9 {
						a, b, c := guard(aValues, offset), guard(bValues, offset*3%7), unset(m*n, offset*5%9)
						product.of(c.values(), a.values(), b.values(), m, n, k)
						c.check(t, "c")
						if !sameBits(c.values(), want) {
							t.Fatalf("at offset %d the bits are not those of the sums promised", offset)
						}
					}
				})
			}
		}
	}
}

// TestMatMulNotANumber proves that zeros are multiplied too: NaN and infinities
// show in every element they belong to, and in no other.
func TestMatMulNotANumber(t *testing.T) {
	eachProduct(t, func(t *testing.T, product matrixProduct) {
		if instructions == nil {
			t.Skip("gonum leaves out zeros")
		}
		random := rand.New(rand.NewPCG(1, 1))
		for _, broken := range []float32{float32(math.NaN()), float32(math.Inf(1))} {
			for range 100 {
				m, n, k := 1+random.IntN(40), 1+random.IntN(40), 1+random.IntN(300)
				a, b, c := make([]float32, m*k), make([]float32, k*n), make([]float32, m*n)
				row, column := random.IntN(m), random.IntN(n)
				a[product.a(row, random.IntN(k), m, k)] = broken
				b[product.b(random.IntN(k), column, k, n)] = broken
				product.of(c, a, b, m, n, k)
				for i, v := range c {
					if belongs := i/n == row || i%n == column; (v != v || math.IsInf(float64(v), 0)) != belongs {
						t.Fatalf("%s: element (%d, %d) is %v with %v in row %d and column %d",
							shape(m, n, k), i/n, i%n, v, broken, row, column)
					}
				}
			}
		}
	})
}

// TestMatMulAllocations proves that the steady state makes no garbage.
func TestMatMulAllocations(t *testing.T) {
	a, b, c := make([]float32, 128*512), make([]float32, 128*512), make([]float32, 128*128)
	for _, set := range instructionSets {
		use(t, set)
		if got := testing.AllocsPerRun(50, func() { MatMulNT(c, a, b, 128, 128, 512) }); got >= 1 {
			t.Errorf("%s: %v allocations a product, want none", set.name, got)
		}
	}
}
