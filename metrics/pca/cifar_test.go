package pca_test

import (
	"math"
	"os"
	"testing"

	"cifartrain/loaders"
	data "cifartrain/loaders/cifar"
	"cifartrain/metrics/pca"
)

// exact are testdata/pca.py's figures, those of the whole covariance's
// eigenvectors in float64. The first 35,000 training images train, the last
// 15,000 validate.
var exact = []struct {
	components                 int
	training, validation, test float64
}{
	{8, 0.023602649083, 0.023445106696, 0.023600721572},
	{16, 0.017589050286, 0.017504767799, 0.017609280860},
	{32, 0.012441016069, 0.012395811556, 0.012453026252},
	{64, 0.008374535262, 0.008382490618, 0.008396466561},
	{128, 0.005046178757, 0.005081167062, 0.005087886519},
}

// cifar splits CIFAR-10's training images, all classes, 70 to 30.
func cifar(t testing.TB) (training, validation, test *loaders.Set) {
	t.Helper()
	dir := os.Getenv("CIFAR10_DIR")
	if dir == "" {
		t.Skip("needs the real CIFAR-10; set CIFAR10_DIR to its folder")
	}
	dataset := must(data.Ten.Open(t.Context(), dir))
	all := must(dataset.Select(dataset.Train, nil))
	training, validation, err := all.Split(0.3, nil)
	if err != nil {
		t.Fatal(err)
	}
	return training, validation, must(dataset.Select(dataset.Test, nil))
}

// TestFitOfCIFAR10 fits each number of components, and takes the first of more.
func TestFitOfCIFAR10(t *testing.T) {
	training, validation, test := cifar(t)
	for _, at := range [][]int{{0, 0}, {2, 2}, {3, 3}, {3, 2}, {3, 1}} {
		fitted := must(pca.New(t.Context(), arithmetic, exact[at[0]].components, training))
		want := exact[at[1]]
		fitted = fitted.First(want.components)
		validationMSE, testMSE := must(fitted.Error(t.Context(), validation)), must(fitted.Error(t.Context(), test))
		off := max(math.Abs(fitted.MSE()/want.training-1), math.Abs(validationMSE/want.validation-1), math.Abs(testMSE/want.test-1))
		t.Logf("%d components: %.9f training, %.9f validation, %.9f test; off by %.1e", want.components, fitted.MSE(), validationMSE, testMSE, off)
		if !(off < 1e-5) {
			t.Errorf("want %.9f, %.9f and %.9f", want.training, want.validation, want.test)
		}
	}
}

// BenchmarkFitOfCIFAR10 is the yardstick of a run over all classes.
func BenchmarkFitOfCIFAR10(b *testing.B) {
	training, _, _ := cifar(b)
	for b.Loop() {
		if _, err := pca.New(b.Context(), arithmetic, 32, training); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*training.Len())/b.Elapsed().Seconds(), "images/s")
}
