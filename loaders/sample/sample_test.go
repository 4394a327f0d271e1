package sample

import (
	"hash/maphash"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"cifartrain/loaders"
	"cifartrain/loaders/cifar"
)

const pixels = 3 * side * side // values of an image

func TestSampleDoesNotDependOnGOMAXPROCS(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var sums [3]string
	for i, processors := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(processors)
		sums[i] = loaders.Checksum(drawImages(trainSet, 500))
	}
	if sums[0] != sums[1] || sums[0] != sums[2] {
		t.Errorf("with GOMAXPROCS 1, 2 and 5 the images' SHA-256 sums are %s", sums)
	}
}

// TestDrawSample wants CIFAR-10's numbers, every class once in every ten images,
// and no image twice.
func TestDrawSample(t *testing.T) {
	sample := Draw()
	hashing, seen := maphash.MakeSeed(), make(map[uint64]bool)
	for i, images := range []loaders.Images{sample.Train, sample.Test} {
		if want := []int{50_000, 10_000}[i]; images.Len() != want {
			t.Fatalf("%d images, want %d", images.Len(), want)
		}
		var shown [10]int
		for i := range images.Len() {
			if shown[images.Label(i)]++; shown[images.Label(i)] != i/10+1 {
				t.Fatalf("image %d shows class %d for the %d. time", i, images.Label(i), shown[images.Label(i)])
			}
			pixels := images.Pixels(i)
			if sum := maphash.Bytes(hashing, pixels); seen[sum] || slices.Max(pixels)-slices.Min(pixels) < 20 {
				t.Errorf("image %d is an earlier one or nearly uniform", i)
			} else {
				seen[sum] = true
			}
		}
	}
}

// TestSampleIsLearnable trains a linear SVM on frogs and horses: better than
// guessing by far, yet not perfect.
func TestSampleIsLearnable(t *testing.T) {
	train, trainSigns := frogsAndHorses(drawImages(trainSet, 10_000))
	test, testSigns := frogsAndHorses(drawImages(testSet, 5_000))

	// Stochastic gradient descent on the hinge loss plus decay/2 * |w|^2, with
	// the weights averaged over the last epochs.
	const epochs, averaged, rate, decay = 12, 6, 1e-4, 0.1
	random := rand.New(rand.NewPCG(1, 1))
	weights, sum := make([]float64, pixels+1), make([]float64, pixels+1) // the last is the bias
	for epoch := range epochs {
		for _, i := range random.Perm(len(train)) {
			x, y := train[i], trainSigns[i]
			violated := y*score(weights, x) < 1
			for j := range weights {
				weights[j] *= 1 - rate*decay
				if violated {
					weights[j] += rate * y * x[j]
				}
			}
		}
		if epoch >= epochs-averaged {
			for j, w := range weights {
				sum[j] += w
			}
		}
	}
	correct := 0
	for i, x := range test {
		if testSigns[i]*score(sum, x) > 0 {
			correct++
		}
	}
	if accuracy := float64(correct) / float64(len(test)); accuracy < 0.75 || accuracy > 0.95 {
		t.Errorf("test accuracy %.3f, want 0.75-0.95", accuracy)
	}
}

// frogsAndHorses are the frogs (-1) and horses (+1) of images, normalized by
// mean 0.25 and deviation 0.25, each with a 1 for the bias at its end.
func frogsAndHorses(images loaders.Images) (xs [][]float64, signs []float64) {
	signOf := map[string]float64{"frog": -1, "horse": 1}
	for i := range images.Len() {
		sign, wanted := signOf[cifar.Classes[images.Label(i)]]
		if !wanted {
			continue
		}
		x := make([]float64, pixels+1)
		for j, v := range images.Pixels(i) {
			x[j] = (float64(v)/255 - 0.25) / 0.25
		}
		x[pixels] = 1
		xs, signs = append(xs, x), append(signs, sign)
	}
	return xs, signs
}

func score(weights, x []float64) float64 {
	var sum float64
	for j, w := range weights {
		sum += w * x[j]
	}
	return sum
}

func BenchmarkDrawSample(b *testing.B) {
	const count = 10_000
	b.SetBytes(int64(count * cifar.Shape.RecordSize()))
	for b.Loop() {
		drawImages(trainSet, count)
	}
	b.ReportMetric(float64(count)*float64(b.N)/b.Elapsed().Seconds(), "images/s")
}
