package plots

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cifartrain/metrics"
)

var (
	shortCaption = Caption{Run: "svm", Dataset: "CIFAR-10, frog and horse"}
	longCaption  = Caption{
		Run:     strings.Repeat("a-run-name-without-any-space_", 9),
		Dataset: "built-in sample (not CIFAR-10): " + strings.Repeat("automobile, ", 20) + "truck",
	}
)

// historyOf returns a history with the given losses, and accuracies between
// 0 and 1 made from them.
func historyOf(losses ...float64) metrics.History {
	var history metrics.History
	for i, loss := range losses {
		history = append(history, metrics.Epoch{
			Number: i + 1, TrainLoss: loss, ValidationLoss: 1.1 * loss,
			TrainLossAfter: math.NaN(), TrainAccuracy: 1 / (1 + loss), ValidationAccuracy: 1 / (1.1 + loss),
		})
	}
	return history
}

func noise(n int) []float64 {
	random := rand.New(rand.NewPCG(1, 2))
	values := make([]float64, n)
	for i := range values {
		values[i] = math.Exp(random.NormFloat64())
	}
	return values
}

func diagonal(classes []string, n int) *metrics.Confusion {
	c := metrics.NewConfusion(classes)
	for i := range classes {
		c.Counts[i][i] = n
	}
	return c
}

type picture struct {
	name string
	draw func(io.Writer) error
}

// pictures draws every kind of picture under short and long captions with
// values from plain to extreme.
func pictures() []picture {
	losses := map[string][]float64{
		"one epoch":     {0.8},
		"equal":         {0.5, 0.5, 0.5},
		"zero":          {0, 0},
		"zero at last":  {5, 1, 0.1, 0},
		"tiny":          {3e-39, 1e-39},
		"huge":          {3e38, 1},
		"not a number":  {math.NaN(), 0.5, math.Inf(1), 0.4},
		"negative":      {-1, -200, 3},
		"1000 epochs":   noise(1000),
		"spike":         append([]float64{1e9}, noise(60)...),
		"almost equal":  {0.9, 0.9 + 1e-16},
		"large, narrow": {1e6, 1e6 + 1},
	}
	tenLongNames := strings.Split(strings.Repeat("a class with a very long name,", 10), ",")[:10]
	var all []picture
	for _, caption := range []Caption{shortCaption, longCaption} {
		add := func(name string, draw func(io.Writer) error) {
			all = append(all, picture{name + ", run " + caption.Run[:3], draw})
		}
		for name, values := range losses {
			history := historyOf(values...)
			add("loss: "+name, PNG(LossChart(caption, history, "hinge, C = 1")))
			add("accuracy: "+name, PNG(AccuracyChart(caption, history)))
		}
		add("loss: long name", PNG(LossChart(caption, historyOf(1, 0.5), strings.Repeat("hinge ", 50))))
		add("loss: yardsticks", PNG(LossChart(caption, historyOf(1, 0.5), "mse", Yardstick{"PCA", 0.001}, Yardstick{caption.Run, 3e38})))
		add("comparison: 1 run of 1 epoch", PNG(LossComparison(caption, "mse", runsOf(caption.Run, 1))))
		add("comparison: 9 runs", PNG(LossComparison(caption, "mse", runsOf(caption.Run, 1, 2, 3, 5, 8, 13, 100, 1000, 500))))
		for _, n := range []int{1, 3, 12, 64} {
			add(fmt.Sprintf("reconstructions: %d", n), func(w io.Writer) error {
				return Reconstructions(w, caption, flatPairs(n, caption.Run, -math.MaxFloat32, math.MaxFloat32))
			})
		}
		add("confusion: 2", func(w io.Writer) error {
			return Confusion(w, caption, diagonal([]string{"frog", "horse"}, 1000))
		})
		add("confusion: 10", func(w io.Writer) error {
			return Confusion(w, caption, diagonal(tenLongNames, 123456789))
		})
		add("confusion: 256", func(w io.Writer) error {
			return Confusion(w, caption, diagonal(slices.Repeat(tenLongNames[:2], 128), 1))
		})
		add("weights", func(w io.Writer) error {
			return Weights(w, caption, []string{caption.Run, "horse"}, []Image{photo(make([]float32, 3072))})
		})
	}
	return all
}

// TestNothingIsCutOff checks that each picture keeps a white rim: whatever did
// not fit would reach into it.
func TestNothingIsCutOff(t *testing.T) {
	const white = 8 // pixels, of the rim's 24
	for _, p := range pictures() {
		t.Run(p.name, func(t *testing.T) {
			var file bytes.Buffer
			if err := p.draw(&file); err != nil {
				t.Fatal(err)
			}
			drawn := must(png.Decode(&file))
			bounds := drawn.Bounds()
			if bounds.Dx() != 1080 {
				t.Errorf("picture is %d pixels wide, want 1080", bounds.Dx())
			}
			for _, side := range []image.Rectangle{
				{bounds.Min, image.Pt(bounds.Max.X, white)},
				{image.Pt(0, bounds.Max.Y-white), bounds.Max},
				{bounds.Min, image.Pt(white, bounds.Max.Y)},
				{image.Pt(bounds.Max.X-white, 0), bounds.Max},
			} {
				if at, clean := allWhite(drawn, side); !clean {
					t.Fatalf("something is drawn at %v, less than %d pixels from the edge", at, white)
				}
			}
		})
	}
}

// allWhite returns the first point of the area that is not white, if any.
func allWhite(drawn image.Image, area image.Rectangle) (at image.Point, white bool) {
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			if r, g, b, _ := drawn.At(x, y).RGBA(); min(r, g, b) < 0xFFFF {
				return image.Pt(x, y), false
			}
		}
	}
	return image.Point{}, true
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

// TestWriting wants the same values to give the same bytes, and the writer's error back.
func TestWriting(t *testing.T) {
	full := errors.New("disk full")
	seen := make(map[string]bool)
	for _, p := range pictures() {
		kind, _, _ := strings.Cut(p.name, ":")
		if seen[kind] {
			continue
		}
		seen[kind] = true
		var first, second bytes.Buffer
		if err := errors.Join(p.draw(&first), p.draw(&second)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s: two calls wrote different bytes", p.name)
		}
		if err := p.draw(brokenWriter{full}); !errors.Is(err, full) {
			t.Errorf("%s: error %v, want %v", p.name, err, full)
		}
	}
}

// errorOf returns the error that says why there is no chart.
func errorOf(_ *Chart, err error) error { return err }

func TestErrors(t *testing.T) {
	frogs := diagonal([]string{"frog", "horse"}, 1)
	nan := make([]float32, 3072)
	nan[17] = float32(math.NaN())
	autoencoder := metrics.History{{Number: 1, TrainAccuracy: math.NaN(), ValidationAccuracy: math.NaN()}}
	tests := []struct {
		err  error
		want string
	}{
		{errorOf(LossChart(shortCaption, nil, "hinge")), "the history holds no epoch"},
		{errorOf(LossChart(shortCaption, historyOf(math.NaN()), "hinge")), "no epoch has a finite loss"},
		{errorOf(AccuracyChart(shortCaption, nil)), "the history holds no epoch"},
		{errorOf(AccuracyChart(shortCaption, autoencoder)), "no epoch has a finite accuracy"},
		{Confusion(io.Discard, shortCaption, diagonal(frogs.Classes, 0)), "no image is counted"},
		{Weights(io.Discard, shortCaption, frogs.Classes, []Image{photo(nan[:3071])}), "3071 values, want 3072 (3 planes of 32x32)"},
		{Weights(io.Discard, shortCaption, frogs.Classes, []Image{photo(nan)}), "value 17 is NaN, want a finite number"},
		{Weights(io.Discard, shortCaption, []string{"frog"}, []Image{flat(0)}), "1 images of weights for 1 classes, want 1 for 2 classes, or one for each of 3 or more"},
		{Weights(io.Discard, shortCaption, []string{"frog", "horse", "ship"}, []Image{flat(0), flat(0)}), "2 images of weights for 3 classes, want 1 for 2 classes, or one for each of 3 or more"},
		{SideBySide(io.Discard, shortCaption, []ReconstructionGroup{{"tied", flatPairs(3, "", 0, 1)}, {"own", flatPairs(2, "", 0, 1)}}), "tied has 3 images and own 2, want as many"},
		{errorOf(LossChart(shortCaption, historyOf(1), "mse", Yardstick{"PCA", math.NaN()})), `the loss of the yardstick "PCA" is NaN, want a finite number`},
		{Reconstructions(io.Discard, shortCaption, []Reconstruction{{Name: "image 1, frog", Original: photo(nan), Reconstructed: flat(0)}}), "image 1, frog: value 17 is NaN, want a finite number"},
		{Reconstructions(io.Discard, shortCaption, []Reconstruction{{Name: "image 1, frog", Original: flat(0), Reconstructed: photo(nil)}}), "image 1, frog: 0 values, want 3072 (3 planes of 32x32)"},
		{Filters(io.Discard, shortCaption, []Filter{{flat(0), 1}, {Image{1, 2, 2, make([]float32, 4)}, 1}}), "image 1 is 2x2 and the first 32x32; all need the same size"},
		{errorOf(LossComparison(shortCaption, "mse", nil)), "there is no run to compare"},
		{errorOf(LossComparison(shortCaption, "mse", []Contender{{Name: "tied"}})), `run "tied": the history holds no epoch`},
		{errorOf(LossComparison(shortCaption, "mse", []Contender{{Name: "tied", Histories: []metrics.History{historyOf(math.NaN())}}})), "no epoch has a finite loss"},
	}
	for _, test := range tests {
		if test.err == nil || test.err.Error() != test.want {
			t.Errorf("error %v, want %s", test.err, test.want)
		}
	}
}
