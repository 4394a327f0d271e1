package plots_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"gonum.org/v1/plot/cmpimg"

	"cifartrain/metrics"
	"cifartrain/plots"
)

// tolerance is how far a pixel may be from the golden picture's, as a share of
// the distance between black and white. It is not 0 because compilers for
// other architectures fuse multiplications and additions: rounding then moves
// an edge by a trifle, which its anti-aliasing shows as a shade more or less.
// A letter or line that moves by a pixel differs far more.
const tolerance = 0.1

var (
	caption     = plots.Caption{Run: "svm", Dataset: "CIFAR-10, frog and horse"}
	autoencoder = plots.Caption{Run: "autoencoder", Dataset: "CIFAR-10"}
)

// fading is a history whose losses fall and level off with a ripple, the
// validation loss rising again at the end.
func fading(epochs int) metrics.History {
	history := make(metrics.History, epochs)
	for i := range history {
		epoch := float64(i + 1)
		fall, ripple := math.Exp(-epoch/8), 0.02*math.Sin(1.7*epoch)
		history[i] = metrics.Epoch{
			Number:             i + 1,
			TrainLoss:          0.45 + 0.6*fall + ripple/2,
			TrainLossAfter:     math.NaN(),
			ValidationLoss:     0.5 + 0.55*fall + ripple + 0.001*epoch,
			TrainAccuracy:      0.86 - 0.25*fall - ripple/2,
			ValidationAccuracy: 0.83 - 0.24*fall - ripple,
		}
	}
	return history
}

// ramp is weights that fall from top to bottom, each channel less steeply.
func ramp() []float32 {
	weights := make([]float32, 3072)
	for i := range weights {
		channel, row, column := i/1024, i%1024/32, i%32
		weights[i] = float32(16-row) * float32(3-channel) / 1000
		if column < 8 {
			weights[i] = 0
		}
	}
	return weights
}

// disc is an image of a yellow disc on blue, its edge the sharper the steeper.
// It reaches from -0.1 to 1.1 where the edge allows.
func disc(steep float64) []float32 {
	image := make([]float32, 3072)
	for i := range image {
		channel, row, column := i/1024, float64(i%1024/32), float64(i%32)
		inside := math.Tanh(steep * (10 - math.Hypot(row-16, column-14)))
		if channel == 2 {
			inside = -inside
		}
		image[i] = float32(0.5 + 0.6*inside)
	}
	return image
}

func confusion() *metrics.Confusion {
	return &metrics.Confusion{
		Classes: []string{"bird", "frog", "horse"},
		Counts:  [][]int{{861, 120, 19}, {204, 700, 96}, {0, 0, 0}},
	}
}

func ExampleLossChart() {
	history := fading(50)
	for i := range history {
		history[i].TrainLossAfter = 0.9 * history[i].TrainLoss
	}
	save("loss.png", plots.PNG(plots.LossChart(caption, history, "hinge, C = 1")))
}

func ExampleAccuracyChart() {
	save("accuracy.png", plots.PNG(plots.AccuracyChart(caption, fading(50))))
}

func ExampleConfusion() {
	save("confusion.png", func(w io.Writer) error { return plots.Confusion(w, caption, confusion()) })
}

// shown are values as an image in CIFAR-10's shape.
func shown(values []float32) plots.Image {
	return plots.Image{Channels: 3, Height: 32, Width: 32, Values: values}
}

func ExampleWeights() {
	save("weights.png", func(w io.Writer) error {
		return plots.Weights(w, caption, []string{"frog", "horse"}, []plots.Image{shown(ramp())})
	})
}

func ExampleLossChart_yardstick() {
	save("yardstick.png", plots.PNG(plots.LossChart(autoencoder, fading(20), "mse", plots.Yardstick{Name: "PCA, 32 components", Loss: 0.4})))
}

func ExampleReconstructions() {
	save("reconstructions.png", func(w io.Writer) error {
		return plots.Reconstructions(w, autoencoder, []plots.Reconstruction{
			{Name: "image 4711, frog", Original: shown(disc(50)), Reconstructed: shown(disc(1)), MSE: 0.0123},
			{Name: "image 9, horse", Original: shown(disc(50)), Reconstructed: shown(disc(3)), MSE: 0.00456},
		})
	})
}

func ExampleReconstructions_noisy() {
	save("denoised.png", func(w io.Writer) error {
		pair := plots.Reconstruction{Name: "image 4711, frog", Original: shown(disc(50)), Noisy: shown(disc(50)), Reconstructed: shown(disc(1)), MSE: 0.0123}
		random := rand.New(rand.NewPCG(1, 2))
		for i := range pair.Noisy.Values {
			pair.Noisy.Values[i] += float32(0.2 * random.NormFloat64())
		}
		return plots.Reconstructions(w, autoencoder, []plots.Reconstruction{pair})
	})
}

func ExampleLossComparison() {
	both := plots.Caption{Run: "autoencoders", Dataset: "CIFAR-10"}
	tied := fading(9)
	for i := range tied {
		tied[i].TrainLoss -= 0.05
		tied[i].ValidationLoss -= 0.1
	}
	save("comparison.png", plots.PNG(plots.LossComparison(both, "mse", []plots.Contender{
		{Name: "standard", Histories: []metrics.History{fading(15)}, Yardstick: 0.5},
		{Name: "tied", Histories: []metrics.History{tied}, Yardstick: 0.5},
	})))
}

func ExampleLossComparison_seeds() {
	var seeds []metrics.History
	for seed := range 3 {
		history := fading(15 - seed)
		for i := range history {
			history[i].TrainLoss += 0.03 * float64(seed)
			history[i].ValidationLoss *= 1 + 0.1*float64(seed*(i%3))
		}
		seeds = append(seeds, history)
	}
	save("seeds.png", plots.PNG(plots.LossComparison(autoencoder, "mse", []plots.Contender{
		{Name: "three seeds", Histories: seeds},
		{Name: "one seed", Histories: []metrics.History{fading(10)}, Yardstick: 0.4},
	})))
}

func ExampleLossChart_noisy() {
	history := fading(2000)
	noise := rand.New(rand.NewPCG(1, 2))
	for i := range history {
		history[i].TrainLoss += 0.03 * noise.NormFloat64()
		history[i].ValidationLoss += 0.04*noise.NormFloat64() - 0.0009*float64(i)
	}
	save("noisy.png", plots.PNG(plots.LossChart(caption, history, "hinge, C = 1")))
}

func ExampleAccuracyComparison() {
	better := fading(12)
	for i := range better {
		better[i].TrainAccuracy = 0.6 + 0.02*float64(i)
		better[i].ValidationAccuracy = 0.58 + 0.015*float64(i)
	}
	worse := slices.Clone(better[:10])
	for i := range worse {
		worse[i].ValidationAccuracy -= 0.03
	}
	save("accuracies.png", plots.PNG(plots.AccuracyComparison(plots.Caption{Run: "svm", Dataset: "CIFAR-10: frog, horse"}, []plots.Contender{
		{Name: "svm_improved", Histories: []metrics.History{better}},
		{Name: "svm", Histories: []metrics.History{worse}},
		{Name: "another", Histories: []metrics.History{fading(12)}, Rest: true},
		{Name: "a shorter one", Histories: []metrics.History{fading(6)}, Rest: true},
	})))
}

// swept is a sweep of two keys whose best setting is where the length of a step is
// right; the longest steps fail.
func swept() plots.SweptFigures {
	figures := plots.SweptFigures{Keys: []plots.SweptKey{
		{Name: "optimizer.learning_rate", Values: []string{"0.0001", "0.001", "0.01", "0.1"}},
		{Name: "loss.c", Values: []string{"0.1", "1", "10"}},
	}}
	for rate := range 4 {
		for c := range 3 {
			point := plots.SweptPoint{Places: []int{rate, c}, Figure: math.NaN()}
			if step := rate + c; step < 5 {
				point.Figure = 0.84 - 0.02*math.Pow(float64(step)-1.8, 2) - 0.01*float64(c)
			}
			figures.Points = append(figures.Points, point)
		}
	}
	return figures
}

func ExampleSweepMap() {
	save("sweep.png", func(w io.Writer) error { return plots.SweepMap(w, caption, swept()) })
}

// ExampleSweepSlices draws learning rates and weight decays from ranges, beside
// two losses; the highest rates fail, and every third setting is left behind.
func ExampleSweepSlices() {
	save("sweep_slices.png", func(w io.Writer) error {
		figures := plots.SweptFigures{Keys: []plots.SweptKey{
			{Name: "optimizer.learning_rate", Drawn: true, Logarithmic: true},
			{Name: "optimizer.weight_decay", Drawn: true},
			{Name: "loss.kind", Values: []string{"hinge", "squared_hinge"}},
		}}
		random := rand.New(rand.NewPCG(1, 2))
		for i := range 30 {
			rate, decay := math.Pow(10, -5+4*random.Float64()), 0.5*random.Float64()
			figures.Keys[0].Values = append(figures.Keys[0].Values, fmt.Sprintf("%.4g", rate))
			figures.Keys[1].Values = append(figures.Keys[1].Values, fmt.Sprintf("%.4g", decay))
			figure := 0.84 - 0.04*math.Pow(math.Log10(rate)+3, 2) - 0.05*decay
			point := plots.SweptPoint{Places: []int{i, i, i % 2}, Figure: figure}
			switch {
			case rate > 0.05:
				point.Figure = math.NaN()
			case i%3 == 0:
				point.Figure, point.Reached = math.NaN(), figure-0.02
			case i == 1:
				point.Places[1] = plots.NoEffect
			}
			figures.Points = append(figures.Points, point)
		}
		return plots.SweepSlices(w, caption, figures)
	})
}

// ExampleSweepSlices_latent draws one listed key with seeds and yardsticks.
func ExampleSweepSlices_latent() {
	save("sweep_latent.png", func(w io.Writer) error {
		figures := plots.SweptFigures{Loss: "mse", Keys: []plots.SweptKey{{Name: "model.latent", Values: []string{"8", "16", "32", "64", "128"}}}}
		for latent := range 5 {
			pca := 0.028 * math.Pow(0.7, float64(latent))
			loss := pca*1.04 + 0.0015*float64(latent)
			figures.Points = append(figures.Points, plots.SweptPoint{
				Places: []int{latent}, Figure: loss, Low: 0.95 * loss, High: 1.08 * loss, Yardstick: pca,
			})
		}
		return plots.SweepSlices(w, autoencoder, figures)
	})
}

func ExampleLearning() {
	var curve plots.LearningCurve
	for i, images := range []int{500, 1000, 2000, 5000, 7000} {
		gap := 1 / float64(i+2)
		curve.Points = append(curve.Points, plots.LearningPoint{Images: images,
			Training:   metrics.NewSpread([]float64{0.85 + 0.2*gap, 0.86 + 0.2*gap, 0.84 + 0.2*gap}),
			Validation: metrics.NewSpread([]float64{0.85 - 0.2*gap, 0.86 - 0.2*gap, 0.87 - 0.2*gap})})
	}
	save("learning.png", func(w io.Writer) error { return plots.Learning(w, caption, "", []plots.LearningCurve{curve}) })
}

func ExampleRates() {
	var test metrics.RateTest
	for i := range 300 {
		power := -7 + float64(i)/50
		loss := 1 - 0.8/(1+math.Exp(-6*(power+4))) + 0.4*math.Exp(8*(power+1.5)) + 0.03*math.Sin(float64(i*i))
		test = append(test, metrics.RatePoint{Rate: math.Pow(10, power), Loss: loss})
	}
	save("rates.png", func(w io.Writer) error { return plots.Rates(w, caption, "hinge", test) })
}

func ExampleLayers() {
	history := fading(30)
	for i := range history {
		share := 1 - math.Exp(-float64(i+1)/4)
		history[i].Layers = []metrics.Layer{
			{Name: "encoder.0", Dead: 0.8 * share, Mean: share, Deviation: 0.5 + share, Gradient: 0.1 / float64(i+1), Update: 0.002},
			{Name: "decoder.0", Dead: math.NaN(), Mean: -share / 2, Deviation: 0.2, Gradient: 0.01, Update: 0.001 / float64(i+1)},
		}
	}
	save("layers.png", func(w io.Writer) error { return plots.Layers(w, autoencoder, history) })
}

func save(name string, draw func(io.Writer) error) {
	file, err := os.Create("testdata/" + name)
	if err == nil {
		err = errors.Join(draw(file), file.Close())
	}
	if err != nil {
		log.Fatal(err)
	}
}

// TestGolden compares the pictures with those in testdata. After a change
// that is meant, look at the new ones and keep them with
// "go test ./plots -regen".
func TestGolden(t *testing.T) {
	for name, example := range map[string]func(){
		"loss.png":            ExampleLossChart,
		"learning.png":        ExampleLearning,
		"layers.png":          ExampleLayers,
		"rates.png":           ExampleRates,
		"yardstick.png":       ExampleLossChart_yardstick,
		"accuracy.png":        ExampleAccuracyChart,
		"confusion.png":       ExampleConfusion,
		"weights.png":         ExampleWeights,
		"reconstructions.png": ExampleReconstructions,
		"denoised.png":        ExampleReconstructions_noisy,
		"comparison.png":      ExampleLossComparison,
		"seeds.png":           ExampleLossComparison_seeds,
		"noisy.png":           ExampleLossChart_noisy,
		"accuracies.png":      ExampleAccuracyComparison,
		"sweep.png":           ExampleSweepMap,
		"sweep_latent.png":    ExampleSweepSlices_latent,
		"sweep_slices.png":    ExampleSweepSlices,
		"mistakes.png":        ExampleMistakes,
		"margins.png":         ExampleMargins,
		"roc.png":             ExampleROC,
		"reliability.png":     ExampleReliability,
		"filters.png":         ExampleFilters,
		"templates.png":       ExampleWeights_classes,
		"confusion_many.png":  ExampleConfusion_many,
		"weights_gray.png":    ExampleWeights_gray,
		"extremes.png":        ExampleReconstructionGroups,
		"side_by_side.png":    ExampleSideBySide,
		"errors.png":          ExampleErrorsByClass,
		"tweaks.png":          ExampleTweaks,
	} {
		t.Run(name, func(t *testing.T) {
			cmpimg.CheckPlotApprox(example, t, tolerance, name)
			if !t.Failed() {
				os.Remove("testdata/" + name) // gone already after -regen
			}
		})
	}
}
