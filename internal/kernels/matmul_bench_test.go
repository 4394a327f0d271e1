package kernels

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
)

// BenchmarkMatMul multiplies what the models multiply with a batch of 128 (64
// for the SVM), and what larger ones do with a batch of 256, on one goroutine and
// on two, by each instruction set and gonum.
func BenchmarkMatMul(b *testing.B) {
	const nt, nn, tn = 0, 1, 2
	for _, c := range []struct {
		product, m, n, k int
	}{
		{nt, 128, 128, 3072}, {nt, 128, 3072, 128}, {tn, 3072, 128, 128}, {nn, 128, 128, 3072},
		{tn, 128, 3072, 128}, {nn, 128, 3072, 128}, {nt, 128, 32, 128}, {nn, 128, 128, 32}, {tn, 128, 32, 128},
		{nt, 64, 1, 3072}, {tn, 1, 3072, 64}, {nt, 1024, 1024, 1024},
		{nt, 256, 1024, 3072}, {nt, 256, 3072, 1024}, {tn, 1024, 3072, 256}, {nn, 256, 1024, 3072}, // of larger models
	} {
		product := products[c.product]
		random := rand.New(rand.NewPCG(1, 1))
		x, y, z := normal(random, c.m*c.k), normal(random, c.k*c.n), make([]float32, c.m*c.n)
		for _, processors := range []int{1, 2} {
			for _, set := range append([]*instructionSet{nil}, instructionSets...) {
				name := fmt.Sprintf("%s/%s/%s/%d", product.name, shape(c.m, c.n, c.k), setName(set), processors)
				b.Run(name, func(b *testing.B) {
					defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
					use(b, set)
					b.ReportAllocs()
					for b.Loop() {
						product.of(z, x, y, c.m, c.n, c.k)
					}
					operations := 2 * float64(c.m) * float64(c.n) * float64(c.k) * float64(b.N)
					b.ReportMetric(operations/b.Elapsed().Seconds()/1e9, "GFLOPS")
				})
			}
		}
	}
}

// BenchmarkTile multiplies panels that stay in the first cache, a goroutine on
// each processor: the speed that products of whole matrices can come near to.
func BenchmarkTile(b *testing.B) {
	const k = 128
	for _, set := range instructionSets {
		rows := len(set.tiles)
		for _, processors := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/%d", set.name, processors), func(b *testing.B) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
				b.RunParallel(func(p *testing.PB) {
					x, y, z := aligned(rows*k), aligned(k*set.columns), aligned(rows*set.columns)
					for p.Next() {
						set.tiles[rows-1](&z[0], set.columns, &x[0], 1, rows, &y[0], k, true)
					}
				})
				operations := 2 * float64(rows*set.columns*k) * float64(b.N)
				b.ReportMetric(operations/b.Elapsed().Seconds()/1e9, "GFLOPS")
			})
		}
	}
}
