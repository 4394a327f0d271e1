package pca

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkScatterProducts is the fit's hot path: one block of 16 vectors times
// the scatter matrix of images of CIFAR-10's size.
func BenchmarkScatterProducts(b *testing.B) {
	const count, pixels, vectors = 1920, 3072, 16
	images := draw(1, count, pixels, 8, 4)
	data := newCentered(images, make([]float64, pixels))
	block := gaussian(rand.New(rand.NewPCG(1, 1)), vectors, pixels)
	for b.Loop() {
		if _, err := data.scatterProducts(b.Context(), block); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*4*count*pixels*vectors/b.Elapsed().Seconds()/1e9, "GFLOPS")
	b.ReportMetric(float64(b.N)*count/b.Elapsed().Seconds(), "images/s")
}
