package plots_test

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"

	"cifartrain/metrics"
	"cifartrain/plots"
)

// ring is an image of one channel with other sides than CIFAR-10's, dark but for a ring.
func ring(radius float64, dark float32) plots.Image {
	image := plots.Image{Channels: 1, Height: 20, Width: 28, Values: make([]float32, 20*28)}
	for i := range image.Values {
		distance := math.Hypot(float64(i/28)-9.5, float64(i%28)-13.5)
		image.Values[i] = float32(math.Exp(-math.Pow(distance-radius, 2)/6)) + dark
	}
	return image
}

// normal is values around a middle.
func normal(seed uint64, count int, middle, deviation float64) []float64 {
	random := rand.New(rand.NewPCG(seed, 1))
	values := make([]float64, count)
	for i := range values {
		values[i] = middle + deviation*random.NormFloat64()
	}
	return values
}

func ExampleMistakes() {
	save("mistakes.png", func(w io.Writer) error {
		var mistakes []plots.Mistake
		for i := range 16 {
			mistakes = append(mistakes, plots.Mistake{
				Image: shown(disc(0.1 * float64(1+i))), Label: "frog", Predicted: "horse", Margin: 0.1*float64(i) - 3.1,
			})
		}
		return plots.Mistakes(w, caption, mistakes, 214, true)
	})
}

func ExampleMargins() {
	save("margins.png", func(w io.Writer) error {
		return plots.Margins(w, caption, plots.MarginFigures{Binary: true, Loss: "hinge, C = 1", Classes: []plots.ClassValues{
			{Class: "frog", Values: normal(1, 1000, 1.1, 0.8)}, {Class: "horse", Values: normal(2, 1000, 0.8, 1)},
		}})
	})
}

func ExampleROC() {
	save("roc.png", func(w io.Writer) error {
		scores := append(normal(1, 500, 0.8, 1), normal(2, 500, -0.8, 1)...)
		of := make([]bool, len(scores))
		for i := range 500 {
			of[i] = true
		}
		return plots.ROC(w, caption, []plots.NamedROC{{Class: "horse", ROC: metrics.NewROC(scores, of)}}, 0)
	})
}

func ExampleReliability() {
	save("reliability.png", func(w io.Writer) error {
		var confidence []float64
		var correct []bool
		for i := range 2000 {
			p := 0.25 + 0.75*math.Abs(math.Sin(float64(i)))
			confidence, correct = append(confidence, p), append(correct, float64(i*7919%2000)/2000 < math.Pow(p, 1.3))
		}
		return plots.Reliability(w, caption, metrics.NewCalibration(confidence, correct, 10))
	})
}

func ExampleFilters() {
	save("filters.png", func(w io.Writer) error {
		var filters []plots.Filter
		for i := range 40 {
			filters = append(filters, plots.Filter{Weights: ring(float64(i%10), -0.3), Use: math.Max(0, 1-float64(i)/32)})
		}
		return plots.Filters(w, autoencoder, filters)
	})
}

func ExampleWeights_classes() {
	save("templates.png", func(w io.Writer) error {
		var classes []string
		var weights []plots.Image
		for i := range 10 {
			classes, weights = append(classes, fmt.Sprintf("class %d", i)), append(weights, ring(float64(i), -0.3))
		}
		return plots.Weights(w, caption, classes, weights)
	})
}

func ExampleWeights_gray() {
	save("weights_gray.png", func(w io.Writer) error {
		return plots.Weights(w, caption, []string{"Ankle boot", "Bag"}, []plots.Image{ring(7, -0.3)})
	})
}

func ExampleConfusion_many() {
	save("confusion_many.png", func(w io.Writer) error {
		var classes []string
		for i := range 40 {
			classes = append(classes, fmt.Sprintf("class %d", i))
		}
		confusion := metrics.NewConfusion(classes)
		for actual := range classes {
			for predicted := range classes {
				confusion.Counts[actual][predicted] = (7*actual + 3*predicted) % 5
			}
			confusion.Counts[actual][actual] = 50 + actual
		}
		return plots.Confusion(w, caption, confusion)
	})
}

func ExampleReconstructionGroups() {
	save("extremes.png", func(w io.Writer) error {
		var groups []plots.ReconstructionGroup
		for g, title := range []string{"The worst", "The median", "The best"} {
			group := plots.ReconstructionGroup{Title: title}
			for i := range 6 {
				group.Images = append(group.Images, plots.Reconstruction{
					Name: fmt.Sprintf("%d, frog", 1234*i+g), Original: shown(disc(20)), Reconstructed: shown(disc(0.1 * float64(1+3*g))), MSE: 0.05 / float64(1+3*g),
				})
			}
			groups = append(groups, group)
		}
		return plots.ReconstructionGroups(w, autoencoder, "Test images from the worst restored to the best", "", groups)
	})
}

func ExampleSideBySide() {
	save("side_by_side.png", func(w io.Writer) error {
		models := []plots.ReconstructionGroup{{Title: "autoencoder"}, {Title: "autoencoder_tied"}}
		for i := range 6 {
			name := fmt.Sprintf("%d, 指輪 ring", 1000*i) // the font lacks two letters
			models[0].Images = append(models[0].Images, plots.Reconstruction{Name: name, Original: ring(float64(i), 0), Reconstructed: ring(float64(i)+1, 0), MSE: 0.01234})
			models[1].Images = append(models[1].Images, plots.Reconstruction{Name: name, Original: ring(float64(i), 0), Reconstructed: ring(float64(i)+0.2, 0), MSE: 0.001})
		}
		return plots.SideBySide(w, autoencoder, models)
	})
}

func ExampleErrorsByClass() {
	save("errors.png", func(w io.Writer) error {
		var own, pca []plots.ClassValues
		for i, class := range []string{"bird", "frog", "horse", "ship"} {
			own = append(own, plots.ClassValues{Class: class, Values: normal(uint64(i), 300, 0.01+0.002*float64(i%3), 0.002)})
			pca = append(pca, plots.ClassValues{Class: class, Values: normal(uint64(i), 300, 0.012+0.002*float64(i%3), 0.002)})
		}
		return plots.ErrorsByClass(w, autoencoder, own, "PCA, 32 components", pca, 6)
	})
}

func ExampleTweaks() {
	save("tweaks.png", func(w io.Writer) error {
		figures := plots.SweptFigures{Keys: []plots.SweptKey{
			{Name: "optimizer.learning_rate", Values: []string{"0.1", "0.0005"}},
			{Name: "data.flip", Values: []string{"false", "true"}}, {Name: "loss.c", Values: []string{"1", "10"}},
		}}
		for i, places := range [][]int{{0, 0, 0}, {0, 0, 1}, {0, 1, 0}, {1, 0, 0}} {
			mean := 0.76 + 0.02*float64(i) - 0.05*float64(i%2)
			figures.Points = append(figures.Points, plots.SweptPoint{Places: places, Figure: mean, Low: mean - 0.012, High: mean + 0.01, Apart: i > 1})
		}
		return plots.Tweaks(w, caption, figures)
	})
}
