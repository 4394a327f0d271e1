package pca

import (
	"context"
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

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
		{"fading patterns", draw(1, 300, 48, 20, 4), draw(2, 90, 48, 20, 4), []int{1, 2, 8, 16, 32, 47}},
		{"more than a block of images", draw(1, 500, 200, 60, 2), draw(2, 193, 200, 60, 2), []int{8, 70}},
		{"more pixels than the products take at once", draw(1, 150, 450, 30, 2), draw(2, 40, 450, 30, 2), []int{3, 24, 100}},
		{"fewer images than pixels", draw(1, 20, 64, 30, 4), draw(2, 50, 64, 30, 4), []int{5, 10, 15}},
		{"the largest count first", draw(1, 500, 200, 60, 2), draw(2, 50, 200, 60, 2), []int{60, 2}},
		{"equal variances", oneHot(48), draw(2, 50, 48, 10, 4), []int{47}},
		{"noise alone", draw(1, 2000, 48, 0, 20), draw(2, 200, 48, 0, 20), []int{4, 24}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Fit(t.Context(), test.counts, test.training, test.others, test.training[:1])
			if err != nil {
				t.Fatal(err)
			}
			for i, k := range test.counts {
				want := exactPCA(t, k, test.training, test.others, test.training[:1])
				if got[i].Components != k {
					t.Errorf("result %d is for %d components, want %d", i, got[i].Components, k)
				}
				for j, mse := range []float64{got[i].TrainMSE, got[i].ValidationMSE, got[i].TestMSE} {
					if math.Abs(mse-want[j]) > 1e-6 {
						t.Errorf("%d components leave %.9f in the %s images, want %.9f", k, mse, []string{"training", "validation", "test"}[j], want[j])
					}
				}
				without := exactPCA(t, 0, test.training)
				if share := 1 - want[0]/without[0]; math.Abs(got[i].ExplainedShare-share) > 1e-5 {
					t.Errorf("%d components explain %.7f, want %.7f", k, got[i].ExplainedShare, share)
				}
			}
		})
	}
}

// TestFitOfEqualVariances picks some of many components that are as good as
// each other: which is open, how good is not.
func TestFitOfEqualVariances(t *testing.T) {
	const pixels = 48
	counts := []int{1, 15, 16, 17, 40, 47}
	got, err := Fit(t.Context(), counts, oneHot(pixels), oneHot(pixels), oneHot(pixels))
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range counts {
		want := (1 - 1.0/pixels - float64(k)/pixels) / pixels
		if math.Abs(got[i].TrainMSE-want) > 1e-7 || math.Abs(got[i].TestMSE-want) > 1e-7 {
			t.Errorf("%d components leave %.9f and %.9f, want %.9f", k, got[i].TrainMSE, got[i].TestMSE, want)
		}
	}
}

func TestFitAtItsLimits(t *testing.T) {
	varied := draw(1, 100, 48, 10, 4)
	flat := draw(1, 300, 48, 5, 0)
	for _, test := range []struct {
		name       string
		training   pictures
		validation pictures
		k          int
		train      float64
		share      float64
		validate   float64
	}{
		{"as many components as pixels", varied, draw(2, 30, 48, 10, 4), 48, 0, 1, 0},
		{"more components than pixels", varied, draw(2, 30, 48, 10, 4), 1000, 0, 1, 0},
		{"more components than the rank", flat[:12], flat[:12], 40, 0, 1, 0},
		{"images all the same", uniform(30, 48), uniform(5, 48), 8, 0, 1, 0},
		{"images all the same, others not", uniform(30, 48), varied, 8, 0, 1, exactPCA(t, 0, uniform(2, 48), varied)[1]},
		{"one image", varied[:1], varied[:1], 3, 0, 1, 0},
		{"one pixel", pictures{{0}, {255}}, pictures{{0}}, 1, 0, 1, 0},
		{"two images on one line", pictures{{0, 0}, {255, 255}}, pictures{{255, 0}}, 1, 0, 1, 0.25},
	} {
		t.Run(test.name, func(t *testing.T) {
			results, err := Fit(t.Context(), []int{test.k}, test.training, test.validation, test.training)
			if err != nil {
				t.Fatal(err)
			}
			got := results[0]
			if got.Components != test.k {
				t.Errorf("the result is for %d components, want %d", got.Components, test.k)
			}
			for _, figure := range []struct {
				name      string
				got, want float64
			}{
				{"training error", got.TrainMSE, test.train},
				{"validation error", got.ValidationMSE, test.validate},
				{"test error", got.TestMSE, test.train},
				{"explained share", got.ExplainedShare, test.share},
			} {
				if !(math.Abs(figure.got-figure.want) < 1e-6) || figure.got < 0 {
					t.Errorf("the %s is %.9f, want %.9f", figure.name, figure.got, figure.want)
				}
			}
		})
	}
}

func TestFitRefuses(t *testing.T) {
	good := draw(1, 10, 48, 3, 4)
	odd := append(draw(1, 3, 48, 3, 4), make([]byte, 47))
	for _, test := range []struct {
		name                       string
		counts                     []int
		training, validation, test pictures
		says                       string
	}{
		{"no counts", nil, good, good, good, "principal components: the numbers of components are []; name at least one, each 1 or more"},
		{"zero", []int{8, 0}, good, good, good, "principal components: the numbers of components are [8 0]; name at least one, each 1 or more"},
		{"no training images", []int{8}, nil, good, good, "principal components: there are no training images; at least one is needed"},
		{"no validation images", []int{8}, good, nil, good, "principal components: there are no validation images; at least one is needed"},
		{"no test images", []int{8}, good, good, nil, "principal components: there are no test images; at least one is needed"},
		{"no pixels", []int{8}, pictures{{}}, good, good, "principal components: training image 0 has 0 pixels and the first training image 0; all need the same number, at least one"},
		{"training sizes", []int{8}, odd, good, good, "principal components: training image 3 has 47 pixels and the first training image 48; all need the same number, at least one"},
		{"validation sizes", []int{8}, good, odd, good, "principal components: validation image 3 has 47 pixels and the first training image 48; all need the same number, at least one"},
		{"test sizes", []int{8}, good, good, odd, "principal components: test image 3 has 47 pixels and the first training image 48; all need the same number, at least one"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for name, fit := range map[string]func() ([]Result, error){
				"Fit": func() ([]Result, error) {
					return Fit(t.Context(), test.counts, test.training, test.validation, test.test)
				},
				"Cached": func() ([]Result, error) {
					return Cached(t.Context(), t.TempDir(), test.counts, test.training, test.validation, test.test)
				},
			} {
				if results, err := fit(); err == nil || err.Error() != test.says || results != nil {
					t.Errorf("%s returns %v and the error\n%v\nwant\n%s", name, results, err, test.says)
				}
			}
		})
	}
}

// TestFitIsTheSameForAnyNumberOfProcessors wants the very bits.
func TestFitIsTheSameForAnyNumberOfProcessors(t *testing.T) {
	training, others := draw(1, 500, 700, 60, 2), draw(2, 193, 700, 60, 2)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var first []Result
	for _, processors := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(processors)
		got, err := Fit(t.Context(), []int{8, 32}, training, others, others)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = got
		}
		if difference := cmp.Diff(first, got); difference != "" {
			t.Errorf("%d processors differ from 1:\n%s", processors, difference)
		}
	}
}

// ending are images that end a context when the n-th of them is read.
type ending struct {
	pictures
	reads *int
	n     int
	end   context.CancelFunc
}

func (e ending) Pixels(i int) []byte {
	if *e.reads++; *e.reads == e.n {
		e.end()
	}
	return e.pictures.Pixels(i)
}

// TestFitEnds cancels it at many points of its way.
func TestFitEnds(t *testing.T) {
	images := draw(1, 300, 48, 20, 4)
	reads := 0
	count := ending{images, &reads, -1, nil}
	if _, err := Fit(t.Context(), []int{8}, count, count, count); err != nil {
		t.Fatal(err)
	}
	for n := 1; n < reads-imagesAtOnce; n += 150 {
		ctx, cancel := context.WithCancel(t.Context())
		seen := 0
		set := ending{images, &seen, n, cancel}
		if results, err := Fit(ctx, []int{8}, set, set, set); !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), "principal components: ") || results != nil {
			t.Errorf("canceled at read %d of %d it returns %v and %v", n, reads, results, err)
		}
		if seen > n+imagesAtOnce {
			t.Errorf("canceled at read %d it went on for %d", n, seen-n)
		}
	}
}
