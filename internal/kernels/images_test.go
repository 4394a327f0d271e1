package kernels

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
)

// imageCases are what images are made of: channels, pixels of each, a
// normalization and whether a mean image is subtracted.
var imageCases = []struct {
	channels, plane int
	mean, std       []float32
	centered        bool
}{
	{3, 1024, []float32{0.25, 0.25, 0.25}, []float32{0.25, 0.25, 0.25}, false},
	{3, 1024, []float32{0.4914, 0.4822, 0.4465}, []float32{0.247, 0.2435, 0.2616}, true},
	{3, 1024, []float32{0, 0, 0}, []float32{1, 1, 1}, true},
	{1, 64, []float32{0.1307}, []float32{0.3081}, false},
	{2, 192, []float32{0.5, 0.3}, []float32{0.2, 0.7}, true},
}

// TestImageProducts compares with what they promise, to the bit: the rows that
// Normalize gives, multiplied.
func TestImageProducts(t *testing.T) {
	for _, set := range instructionSets {
		if set.dotImage == nil {
			continue
		}
		use(t, set)
		random := source(t)
		for _, c := range imageCases {
			tables, n := NewPixelTables(c.mean, c.std), c.channels*c.plane
			if !tables.Multiplies(c.plane) || tables.Multiplies(c.plane+1) {
				t.Fatalf("%s: planes of %d: Multiplies is wrong", set.name, c.plane)
			}
			var mean []float32
			if c.centered {
				mean = normal(random, n)
			}
			for _, m := range []int{1, 2, 63, 64, 130} {
				images, pixels := someImages(random, tables, mean, m, n)
				weights, factors := normal(random, n), normal(random, m)
				for i := range factors {
					if random.IntN(3) == 0 {
						factors[i] = 0
					}
				}
				checkImageProducts(t, fmt.Sprintf("%s, %d images of %d x %d", set.name, m, c.channels, c.plane), tables, images, pixels, mean, weights, factors)
				clear(factors)
				checkImageProducts(t, set.name+", no image", tables, images, pixels, mean, weights, factors)
			}
		}
	}
}

func checkImageProducts(t *testing.T, name string, tables *PixelTables, images [][]byte, pixels, mean, weights, factors []float32) {
	t.Helper()
	m, n := len(images), len(weights)
	want, wantSums := make([]float32, m), make([]float32, n)
	MatMulNT(want, pixels, weights, m, 1, n)
	MatMulTN(wantSums, factors, pixels, 1, n, m)
	for _, processors := range []int{1, 2, 5} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		got, sums := unset(m, 3), unset(n, 5)
		tables.TimesVector(got.values(), images, mean, weights)
		tables.VectorTimes(sums.values(), factors, images, mean)
		got.check(t, name+": products")
		sums.check(t, name+": sums")
		if !sameBits(got.values(), want) {
			t.Errorf("%s: images times a vector differ from their pixels'", name)
		}
		if !sameBits(sums.values(), wantSums) {
			t.Errorf("%s: a vector times images differs from that of their pixels", name)
		}
	}
}

// someImages returns m images of n bytes each at odd addresses, and their pixels.
func someImages(random *rand.Rand, tables *PixelTables, mean []float32, m, n int) (images [][]byte, pixels []float32) {
	pixels = make([]float32, m*n)
	records := randomBytes(random, m*(n+1))
	for i := range m {
		images = append(images, records[i*(n+1)+1:(i+1)*(n+1)])
		tables.NormalizeRows(pixels[i*n:(i+1)*n], [][]byte{images[i]}, mean)
	}
	return images, pixels
}

// TestImageProductsNeedTheirBits goes through deviations that the products'
// arithmetic does not give the tables' bits for: there Multiplies says so.
func TestImageProductsNeedTheirBits(t *testing.T) {
	for _, set := range instructionSets {
		if set.combineImages == nil {
			continue
		}
		use(t, set)
		multiplied, random := 0, source(t)
		const tries = 3000
		for range tries {
			mean, std := random.Float32(), 0.05+1.45*random.Float32()
			tables := NewPixelTables([]float32{mean}, []float32{std})
			if !tables.Multiplies(imageBlock) {
				continue
			}
			multiplied++
			var bytes [256]byte
			for b := range bytes {
				bytes[b] = byte(b)
			}
			var pixels [256]float32
			for at := 0; at < len(bytes); at += imageBlock {
				tables.VectorTimes(pixels[at:at+imageBlock], []float32{1}, [][]byte{bytes[at : at+imageBlock]}, nil)
			}
			if pixels != tables.Values[0] {
				t.Fatalf("%s: (byte/255 - %v)/%v has other bits than the table", set.name, mean, std)
			}
		}
		if multiplied < tries*9/10 {
			t.Errorf("%s: only %d of %d normalizations can be multiplied", set.name, multiplied, tries)
		}
	}
}

func TestImageProductAllocations(t *testing.T) {
	tables := NewPixelTables([]float32{0.25}, []float32{0.25})
	if !tables.Multiplies(1024) {
		t.Skip("this processor has no products of images")
	}
	images, _ := someImages(source(t), tables, nil, 64, 1024)
	x, y := make([]float32, 1024), make([]float32, 64)
	y[3] = 1
	if got := testing.AllocsPerRun(50, func() { tables.TimesVector(y, images, nil, x); tables.VectorTimes(x, y, images, nil) }); got >= 3 {
		t.Errorf("%v allocations, want at most two for the shared passes", got)
	}
}

// BenchmarkImageProducts does the SVM's step on a batch of 64.
func BenchmarkImageProducts(b *testing.B) {
	tables := NewPixelTables([]float32{0.25, 0.25, 0.25}, []float32{0.25, 0.25, 0.25})
	random := rand.New(rand.NewPCG(1, 1))
	images, pixels := someImages(random, tables, nil, 64, 3072)
	weights, factors := normal(random, 3072), normal(random, 64)
	y, sums := make([]float32, 64), make([]float32, 3072)
	for name, multiply := range map[string]func(){
		"forward":  func() { tables.TimesVector(y, images, nil, weights) },
		"gradient": func() { tables.VectorTimes(sums, factors, images, nil) },
		"pixels": func() {
			tables.NormalizeRows(pixels, images, nil)
			MatMulNT(y, pixels, weights, 64, 1, 3072)
			MatMulTN(sums, factors, pixels, 1, 3072, 64)
		},
	} {
		for _, processors := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/%d", name, processors), func(b *testing.B) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
				b.SetBytes(64 * 3072)
				b.ReportAllocs()
				for b.Loop() {
					multiply()
				}
			})
		}
	}
}
