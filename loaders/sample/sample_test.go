package sample

import (
	"bytes"
	"hash/maphash"
	"math/rand/v2"
	"runtime"
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

func TestSampleImagesDoNotDependOnTheirNumber(t *testing.T) {
	few, many := drawImages(testSet, 50), drawImages(testSet, 200)
	for i := range few.Len() {
		if few.Label(i) != many.Label(i) || !bytes.Equal(few.Pixels(i), many.Pixels(i)) {
			t.Fatalf("image %d of 200 differs from that of 50", i)
		}
	}
}

// TestDrawSample checks the whole sample as a user of CIFAR-10 would expect it.
func TestDrawSample(t *testing.T) {
	sample := Draw()
	if sample.Name != Name {
		t.Errorf("the name is %q, want %q", sample.Name, Name)
	}
	hashing := maphash.MakeSeed()
	seen := make(map[uint64]bool)
	for _, set := range []struct {
		name   string
		images loaders.Images
		count  int
	}{
		{"training", sample.Train, 50_000},
		{"test", sample.Test, 10_000},
	} {
		if set.images.Len() != set.count {
			t.Fatalf("%s set: %d images, want %d", set.name, set.images.Len(), set.count)
		}
		classes := len(cifar.Classes)
		inDecade := make([]int, classes)
		for i := range set.images.Len() {
			label := set.images.Label(i)
			if label >= classes {
				t.Fatalf("%s image %d: label %d", set.name, i, label)
			}
			// Every class once in every ten images: the classes are balanced.
			if inDecade[label]++; inDecade[label] != i/classes+1 {
				t.Fatalf("%s image %d: class %d for the %d. time among the first %d decades",
					set.name, i, label, inDecade[label], i/classes+1)
			}
			if lowest, highest := span(set.images.Pixels(i)); highest-lowest < 20 {
				t.Errorf("%s image %d: pixels from %d to %d only", set.name, i, lowest, highest)
			}
			sum := maphash.Bytes(hashing, set.images.Pixels(i))
			if seen[sum] {
				t.Errorf("%s image %d is the same as an earlier image", set.name, i)
			}
			seen[sum] = true
		}
	}
}

func span(pixels []byte) (lowest, highest byte) {
	lowest, highest = pixels[0], pixels[0]
	for _, v := range pixels {
		lowest, highest = min(lowest, v), max(highest, v)
	}
	return lowest, highest
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
