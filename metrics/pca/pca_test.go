package pca_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"cifartrain/internal/kernels"
	"cifartrain/metrics/pca"
)

// arithmetic is the program's own.
var arithmetic = pca.Arithmetic{
	MatMulNT: kernels.MatMulNT, MatMulNN: kernels.MatMulNN, MatMulTN: kernels.MatMulTN,
	Center: kernels.NewPixelTables([]float32{0}, []float32{1}).NormalizeRows, SquaredNorm: kernels.SquaredNorm,
	Share: kernels.Share,
}

func fit(t *testing.T, count int, images pictures) *pca.Fit {
	return must(pca.New(t.Context(), arithmetic, count, images))
}

// dense is images as the rows of a matrix, pixels in [0, 1].
func dense(images pictures) *mat.Dense {
	x := mat.NewDense(len(images), len(images[0]), nil)
	for i, image := range images {
		for p, b := range image {
			x.Set(i, p, float64(b)/255)
		}
	}
	return x
}

// exactPCA reconstructs the images of each set, pixel by pixel, from the k
// first eigenvectors of the training images' whole covariance.
func exactPCA(t *testing.T, k int, sets ...pictures) (mse []float64) {
	t.Helper()
	x := dense(sets[0])
	_, pixels := x.Dims()
	mean := make([]float64, pixels)
	for p := range mean {
		mean[p] = stat.Mean(mat.Col(nil, p, x), nil)
	}
	covariance := mat.NewSymDense(pixels, nil)
	if len(sets[0]) > 1 {
		stat.CovarianceMatrix(covariance, x, nil)
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(covariance, true) {
		t.Fatal("no eigenvectors")
	}
	var ascending mat.Dense
	eigen.VectorsTo(&ascending)
	for _, set := range sets {
		difference := dense(set)
		difference.Apply(func(_, p int, value float64) float64 { return value - mean[p] }, difference)
		if k > 0 {
			v := ascending.Slice(0, pixels, pixels-k, pixels)
			var latent, back mat.Dense
			latent.Mul(difference, v)
			back.Mul(&latent, v.T())
			difference.Sub(difference, &back)
		}
		norm := difference.Norm(2)
		mse = append(mse, norm*norm/float64(len(set)*pixels))
	}
	return mse
}

func TestFitAgreesWithTheWholeEigenDecomposition(t *testing.T) {
	for _, test := range []struct {
		name             string
		training, others pictures
		counts           []int
	}{
		{"fading patterns", draw(1, 300, 48, 20, 4), draw(2, 90, 48, 20, 4), []int{1, 8, 32, 47}},
		{"more than a block of images", draw(1, 5000, 200, 60, 2), draw(2, 193, 200, 60, 2), []int{8, 70}},
		{"so many that a quarter is fitted first", draw(1, 9000, 64, 30, 4), draw(2, 40, 64, 30, 4), []int{3, 24}},
		{"of which a quarter tells nothing", sparse(8400, 48), draw(2, 40, 48, 30, 4), []int{5}},
		{"fewer images than pixels", draw(1, 20, 64, 30, 4), draw(2, 50, 64, 30, 4), []int{5, 15}},
		{"equal variances", oneHot(48), draw(2, 50, 48, 10, 4), []int{47}},
		{"noise alone", draw(1, 2000, 48, 0, 20), draw(2, 200, 48, 0, 20), []int{4, 24}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, k := range test.counts {
				fitted := fit(t, max(k, 20), test.training).First(k)
				mse := must(fitted.Error(t.Context(), test.others))
				want := exactPCA(t, k, test.training, test.others)
				if math.Abs(fitted.MSE()-want[0]) > 2e-6 || math.Abs(mse-want[1]) > 2e-6 {
					t.Errorf("%d components leave %.9f and %.9f, want %.9f", k, fitted.MSE(), mse, want)
				}
				if share := 1 - want[0]/exactPCA(t, 0, test.training)[0]; math.Abs(fitted.Explained()-share) > 1e-4 {
					t.Errorf("%d components explain %.7f, want %.7f", k, fitted.Explained(), share)
				}
				squares, next := 0.0, 0
				err := fitted.Reconstruct(t.Context(), test.others, func(i int, reconstructed []float32) {
					if i != next {
						t.Fatalf("image %d comes in place of %d", i, next)
					}
					next++
					for p, b := range test.others[i] {
						squares += math.Pow(float64(b)/255-float64(reconstructed[p]), 2)
					}
				})
				if reconstructed := squares / float64(len(test.others)*len(test.others[0])); err != nil || next != len(test.others) || math.Abs(reconstructed-mse) > 1e-6 {
					t.Errorf("%d images are reconstructed with an error of %.9f, want %d of %.9f: %v", next, reconstructed, len(test.others), mse, err)
				}
			}
		})
	}
}

func TestFitAtItsLimits(t *testing.T) {
	varied, flat := draw(1, 100, 48, 10, 4), draw(1, 300, 48, 5, 0)
	for _, test := range []struct {
		name             string
		training, others pictures
		k                int
		train, share     float64
		others2          float64
	}{
		{"as many components as pixels", varied, draw(2, 30, 48, 10, 4), 48, 0, 1, 0},
		{"more components than pixels", varied, draw(2, 30, 48, 10, 4), 1000, 0, 1, 0},
		{"more components than the rank", flat[:12], flat[:12], 40, 0, 1, 0},
		{"some of many that are as good as each other", oneHot(48), oneHot(48), 16, (1 - 17.0/48) / 48, 16.0 / 47, (1 - 17.0/48) / 48},
		{"images all the same", uniform(30, 48), uniform(5, 48), 8, 0, 1, 0},
		{"images all the same, others not", uniform(30, 48), varied, 8, 0, 1, exactPCA(t, 0, uniform(2, 48), varied)[1]},
		{"one image", varied[:1], varied[:1], 3, 0, 1, 0},
		{"one pixel", pictures{{0}, {255}}, pictures{{0}}, 1, 0, 1, 0},
		{"two images on one line", pictures{{0, 0}, {255, 255}}, pictures{{255, 0}}, 1, 0, 1, 0.25},
	} {
		t.Run(test.name, func(t *testing.T) {
			fitted := fit(t, test.k, test.training)
			others := must(fitted.Error(t.Context(), test.others))
			got, want := []float64{fitted.MSE(), fitted.Explained(), others}, []float64{test.train, test.share, test.others2}
			if !slices.EqualFunc(got, want, func(x, y float64) bool { return x >= 0 && math.Abs(x-y) < 1e-6 }) {
				t.Errorf("error, share and error of the others are %.9f, want %.9f", got, want)
			}
		})
	}
	for _, of := range []struct {
		count  int
		images pictures
	}{{0, varied}, {8, nil}} {
		if _, err := pca.New(t.Context(), arithmetic, of.count, of.images); err == nil || !strings.Contains(err.Error(), "at least one of each is needed") {
			t.Errorf("%d of %d images: %v", of.count, len(of.images), err)
		}
	}
}

// TestFitIsTheSameForAnyNumberOfProcessors wants the very bits.
func TestFitIsTheSameForAnyNumberOfProcessors(t *testing.T) {
	training := draw(1, 9000, 100, 60, 2)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var first [][]float64
	for _, processors := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(processors)
		got := fit(t, 32, training).Vectors
		if first == nil {
			first = got
		}
		if !slices.EqualFunc(first, got, slices.Equal[[]float64]) {
			t.Errorf("%d processors differ from 1", processors)
		}
	}
}

// TestFitEnds cancels it in each of its passes.
func TestFitEnds(t *testing.T) {
	images := draw(1, 300, 48, 20, 4)
	for pass := range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		ending := arithmetic
		ending.Share = func(n, numbers int, work func(from, to int)) {
			if pass--; pass < 0 {
				cancel()
			}
			arithmetic.Share(n, numbers, work)
		}
		if fitted, err := pca.New(ctx, ending, 8, images); !errors.Is(err, context.Canceled) || fitted != nil || pass < -1 {
			t.Errorf("canceled, it goes on for %d passes and returns %v and %v", -1-pass, fitted, err)
		}
	}
}

// pictures are images in memory.
type pictures [][]byte

func (p pictures) Len() int            { return len(p) }
func (p pictures) Pixels(i int) []byte { return p[i] }

// draw returns images of rank fading patterns and a little noise.
func draw(seed uint64, count, pixels, rank int, noise float64) pictures {
	shapes := rand.New(rand.NewPCG(7, 7)) // the same for every seed
	patterns := make([]float64, rank*pixels)
	for i := range patterns {
		patterns[i] = shapes.NormFloat64()
	}
	random := rand.New(rand.NewPCG(seed, 8))
	images := make(pictures, count)
	for i := range images {
		x := make([]float64, pixels)
		for p := range x {
			x[p] = 120 + noise*random.NormFloat64()
		}
		for r := range rank {
			strength := 25 * math.Pow(0.8, float64(r)) * random.NormFloat64()
			for p := range x {
				x[p] += strength * patterns[r*pixels+p]
			}
		}
		images[i] = make([]byte, pixels)
		for p := range x {
			images[i][p] = byte(min(255, max(0, math.Round(x[p]))))
		}
	}
	return images
}

// oneHot returns images of one white pixel each: all their variances are equal,
// which no product with the covariance tells apart.
func oneHot(pixels int) pictures {
	images := make(pictures, pixels)
	for i := range images {
		images[i] = make([]byte, pixels)
		images[i][i] = 255
	}
	return images
}

// uniform returns images that are all the same.
func uniform(count, pixels int) pictures {
	images := make(pictures, count)
	for i := range images {
		images[i] = make([]byte, pixels)
		for p := range images[i] {
			images[i][p] = byte(31 * p)
		}
	}
	return images
}

// sparse returns noise in which every fourth image is black.
func sparse(count, pixels int) pictures {
	images := draw(1, count, pixels, 6, 3)
	for i := 0; i < count; i += 4 {
		images[i] = make([]byte, pixels)
	}
	return images
}

// must returns a value that a test cannot do without; an error ends the test at once.
func must[V any](value V, err error) V {
	if err != nil {
		panic(err)
	}
	return value
}
