package pca_test

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"cifartrain/loaders"
	data "cifartrain/loaders/cifar"
	"cifartrain/metrics/pca"
)

// exact are testdata/pca.py's figures, those of the whole covariance's
// eigenvectors in float64. The first 35,000 training images train, the last
// 15,000 validate.
var exact = []pca.Result{
	{Components: 8, TrainMSE: 0.023602649083, ValidationMSE: 0.023445106696, TestMSE: 0.023600721572},
	{Components: 16, TrainMSE: 0.017589050286, ValidationMSE: 0.017504767799, TestMSE: 0.017609280860},
	{Components: 32, TrainMSE: 0.012441016069, ValidationMSE: 0.012395811556, TestMSE: 0.012453026252},
	{Components: 64, TrainMSE: 0.008374535262, ValidationMSE: 0.008382490618, TestMSE: 0.008396466561},
	{Components: 128, TrainMSE: 0.005046178757, ValidationMSE: 0.005081167062, TestMSE: 0.005087886519},
}

// cifar splits CIFAR-10's training images, all classes, 70 to 30.
func cifar(t testing.TB, random *rand.Rand) (training, validation, test *loaders.Set) {
	t.Helper()
	dir := os.Getenv("CIFAR10_DIR")
	if dir == "" {
		t.Skip("needs the real CIFAR-10; set CIFAR10_DIR to its folder")
	}
	dataset, err := data.Ten.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	all, err := dataset.Select(dataset.Train, nil)
	if err != nil {
		t.Fatal(err)
	}
	if training, validation, err = all.Split(0.3, random); err != nil {
		t.Fatal(err)
	}
	if test, err = dataset.Select(dataset.Test, nil); err != nil {
		t.Fatal(err)
	}
	return training, validation, test
}

func TestFitOfCIFAR10(t *testing.T) {
	training, validation, test := cifar(t, nil)
	var counts []int
	for _, want := range exact {
		counts = append(counts, want.Components)
	}
	for _, some := range [][]int{counts, {32}} {
		results, err := pca.Fit(t.Context(), some, training, validation, test)
		if err != nil {
			t.Fatal(err)
		}
		for _, got := range results {
			for _, want := range exact {
				if got.Components != want.Components {
					continue
				}
				off := max(math.Abs(got.TrainMSE/want.TrainMSE-1), math.Abs(got.ValidationMSE/want.ValidationMSE-1), math.Abs(got.TestMSE/want.TestMSE-1))
				t.Logf("%3d components: %.9f training, %.9f validation, %.9f test; off by %.1e; they explain %.4f", got.Components, got.TrainMSE, got.ValidationMSE, got.TestMSE, off, got.ExplainedShare)
				if !(off < 1e-5) {
					t.Errorf("want %.9f, %.9f and %.9f", want.TrainMSE, want.ValidationMSE, want.TestMSE)
				}
			}
		}
	}
}

// TestFitOfARandomSplit wants the figures known of another random split, from
// which this one's may differ by chance.
func TestFitOfARandomSplit(t *testing.T) {
	training, validation, test := cifar(t, rand.New(rand.NewPCG(1, 1)))
	results, err := pca.Fit(t.Context(), []int{32}, training, validation, test)
	if err != nil {
		t.Fatal(err)
	}
	got := results[0]
	if !(math.Abs(got.TrainMSE-0.01242) < 1e-5 && math.Abs(got.ValidationMSE-0.01244) < 1e-5 && math.Abs(got.TestMSE-0.01245) < 1e-5) {
		t.Errorf("32 components leave %.6f, %.6f and %.6f, want about 0.01242, 0.01244 and 0.01245", got.TrainMSE, got.ValidationMSE, got.TestMSE)
	}
}

// BenchmarkFitOfCIFAR10 is the yardstick of a run over all classes.
func BenchmarkFitOfCIFAR10(b *testing.B) {
	training, validation, test := cifar(b, nil)
	for b.Loop() {
		if _, err := pca.Fit(b.Context(), []int{32}, training, validation, test); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*(training.Len()+validation.Len()+test.Len()))/b.Elapsed().Seconds(), "images/s")
}
