package sample

import (
	"hash/maphash"
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

// TestSampleIsLearnable tells frogs from horses by which of the two classes' mean
// images is nearer: better than guessing by far, yet not perfect.
func TestSampleIsLearnable(t *testing.T) {
	frog, horse := slices.Index(cifar.Classes, "frog"), slices.Index(cifar.Classes, "horse")
	each := func(images loaders.Images, visit func(label int, pixels []byte)) {
		for i := range images.Len() {
			if label := images.Label(i); label == frog || label == horse {
				visit(label, images.Pixels(i))
			}
		}
	}
	var means [10][pixels]float64
	each(drawImages(trainSet, 10_000), func(label int, image []byte) {
		for j, v := range image {
			means[label][j] += float64(v) / 1000
		}
	})
	correct := 0
	each(drawImages(testSet, 5_000), func(label int, image []byte) {
		nearer := 0.0 // above 0 for the horses' mean
		for j, v := range image {
			nearer += (means[horse][j] - means[frog][j]) * (float64(v) - (means[horse][j]+means[frog][j])/2)
		}
		if (nearer > 0) == (label == horse) {
			correct++
		}
	})
	if accuracy := float64(correct) / 1000; accuracy < 0.75 || accuracy > 0.95 {
		t.Errorf("test accuracy %.3f, want 0.75-0.95", accuracy)
	}
}

func BenchmarkDrawSample(b *testing.B) {
	const count = 10_000
	b.SetBytes(int64(count * cifar.Shape.RecordSize()))
	for b.Loop() {
		drawImages(trainSet, count)
	}
	b.ReportMetric(float64(count)*float64(b.N)/b.Elapsed().Seconds(), "images/s")
}
