package sample

import (
	"bytes"
	"hash/maphash"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"gonum.org/v1/gonum/mat"

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

// TestSampleOrderIsMixed guards against an order of labels that repeats.
func TestSampleOrderIsMixed(t *testing.T) {
	orders := make(map[[10]int]bool)
	for decade := range uint64(100) {
		for _, set := range []imageSet{trainSet, testSet} {
			orders[[10]int(labels(set, decade))] = true
		}
	}
	if len(orders) < 199 {
		t.Errorf("200 decades have %d different orders", len(orders))
	}
}

// TestSampleVariesAsPicturesDo compares the sample with what is known of
// CIFAR-10 with pixels in [0, 1]: mean 0.47, variance about the mean image
// 0.06, of which 32 principal components explain about 80 %.
func TestSampleVariesAsPicturesDo(t *testing.T) {
	const components, search = 32, 40
	images := drawImages(trainSet, 2000)
	n := images.Len()
	values := mat.NewDense(n, pixels, nil) // (n, 3072)
	average := make([]float64, pixels)
	for i := range n {
		row := values.RawRowView(i)
		for j, v := range images.Pixels(i) {
			row[j] = float64(v) / 255
			average[j] += row[j] / float64(n)
		}
	}
	var mean, total float64
	for i := range n {
		row := values.RawRowView(i)
		for j := range row {
			row[j] -= average[j]
			total += row[j] * row[j]
		}
	}
	for _, v := range average {
		mean += v / pixels
	}
	if variance := total / float64(n*pixels); mean < 0.42 || mean > 0.52 || variance < 0.05 || variance > 0.08 {
		t.Errorf("mean %.3f, want 0.42-0.52; variance %.4f, want 0.05-0.08", mean, variance)
	}

	// Subspace iteration: what a random basis becomes when multiplied by the
	// covariance again and again.
	random := rand.New(rand.NewPCG(1, 1))
	basis := mat.NewDense(pixels, search, nil) // (3072, search)
	for i := range pixels {
		for j := range search {
			basis.Set(i, j, random.NormFloat64())
		}
	}
	var scores mat.Dense // (n, search)
	for range 3 {
		scores.Mul(values, basis)
		basis.Mul(values.T(), &scores)
		var factors mat.SVD // its left vectors are an orthonormal basis
		if !factors.Factorize(basis, mat.SVDThinU) {
			t.Fatal("the basis was not made orthonormal")
		}
		factors.UTo(basis)
	}
	scores.Mul(values, basis)
	var covariance mat.SymDense
	covariance.SymOuterK(1, scores.T())
	var eigen mat.EigenSym
	if !eigen.Factorize(&covariance, false) {
		t.Fatal("the eigenvalues were not found")
	}
	var explained float64
	for _, value := range eigen.Values(nil)[search-components:] { // ascending
		explained += value
	}
	if share := explained / total; share < 0.70 || share > 0.90 {
		t.Errorf("%d components explain %.3f of the variance, want 0.70-0.90", components, share)
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

// TestFillCoversItsArea paints in white on black and compares what a part
// covers with its area by geometry.
func TestFillCoversItsArea(t *testing.T) {
	for _, test := range []struct {
		part part
		area float64 // in the figure's units
	}{
		{part{0.1, -0.1, 0.6, 0.3, 1, oval}, math.Pi * 0.6 * 0.3},
		{part{0, 0, 0.4, 0.4, 1, oval}, math.Pi * 0.4 * 0.4},
		{part{-0.1, 0.1, 0.5, 0.3, 1, box}, 0.6},
	} {
		for index := range uint64(20) { // some of these poses are mirrored
			p := newPainter(nil)
			p.stream.Seed(0, index)
			p.pose(16, 16, 12)
			p.fill(color{0, 1, 0}, test.part)
			var covered float64
			for _, c := range p.canvas {
				covered += float64(c.g)
			}
			want := test.area * math.Abs(float64(p.xx*p.yy-p.xy*p.yx))
			if math.Abs(covered-want) > 0.12*want {
				t.Errorf("%+v, pose %d: covers %.1f pixels, want %.1f", test.part, index, covered, want)
			}
		}
	}
}

// TestFillOffTheCanvas paints parts that lie beyond every edge.
func TestFillOffTheCanvas(t *testing.T) {
	p := newPainter(nil)
	for _, middle := range [][2]float32{{-100, 16}, {100, 16}, {16, -100}, {16, 100}} {
		p.pose(middle[0], middle[1], 12)
		p.fill(color{1, 1, 1}, part{0, 0, 1, 1, 1, box})
	}
	if p.canvas != (painter{}).canvas {
		t.Error("parts beyond the edges have left paint on the canvas")
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
