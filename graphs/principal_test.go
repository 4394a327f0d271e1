package graphs_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"

	"cifartrain/graphs"
)

// components are orthonormal rows, by Gram and Schmidt.
func components(count int) [][]float64 {
	random := rand.New(rand.NewPCG(9, 9))
	var rows [][]float64
	for len(rows) < count {
		row := make([]float64, inputs)
		for i := range row {
			row[i] = random.NormFloat64()
		}
		for _, other := range rows {
			floats.AddScaled(row, -floats.Dot(row, other), other)
		}
		floats.Scale(1/floats.Norm(row, 2), row)
		rows = append(rows, row)
	}
	return rows
}

// TestSetPrincipalComponents wants a model aligned over nothing drawn to leave what the
// projection on the latent's components leaves.
func TestSetPrincipalComponents(t *testing.T) {
	const latent = 3
	for _, kind := range []string{"autoencoder", "tied_autoencoder"} {
		for _, hidden := range [][]int{{8}, {6}, {16, 8}} {
			architecture := newModel(kind, graphs.Spec{Hidden: hidden, Latent: latent, Init: "pca", Centered: true, OneScale: true})
			if got := architecture.PrincipalComponents(); got != hidden[0]/2 {
				t.Fatalf("%s %v: made of %d components, want %d", kind, hidden, got, hidden[0]/2)
			}
			weights := architecture.Initialize(streams(1))
			for _, w := range weights {
				clear(w.Value.Float32s())
			}
			rows := components(hidden[0] / 2)
			if err := architecture.SetPrincipalComponents(weights, rows); err != nil {
				t.Fatal(err)
			}
			images := pixels(4)
			model := run(t, architecture, weights, images, false)
			left := 0.0
			for i := range 4 {
				image := make([]float64, inputs)
				for j, v := range images.Float32s()[i*inputs : (i+1)*inputs] {
					image[j] = float64(v)
				}
				left += floats.Dot(image, image)
				for _, row := range rows[:latent] {
					left -= floats.Dot(image, row) * floats.Dot(image, row)
				}
			}
			if want := left / (4 * inputs); math.Abs(model.LossValue()-want) > 1e-5*want {
				t.Errorf("%s %v: the loss is %g, that of the projection %g", kind, hidden, model.LossValue(), want)
			}
		}
	}
}

func TestSetPrincipalComponentsErrors(t *testing.T) {
	for _, c := range []struct {
		kind string
		spec graphs.Spec
		says string
	}{
		{"linear_svm", graphs.Spec{}, "reconstructs nothing"},
		{"autoencoder", graphs.Spec{Hidden: []int{9}, Latent: 3, Centered: true, OneScale: true}, "even width of at least twice model.latent, so 6 or more, not 9"},
		{"autoencoder", graphs.Spec{Hidden: []int{16, 4}, Latent: 3, Centered: true, OneScale: true}, "6 or more, not 4"},
		{"autoencoder", graphs.Spec{Hidden: []int{16}, Latent: 3, OneScale: true}, "set data.center to true"},
		{"autoencoder", graphs.Spec{Hidden: []int{16}, Latent: 3, Centered: true}, "the same value for each channel"},
	} {
		c.spec.Init = "pca"
		if _, err := graphs.New(graphs.Kinds, c.kind, c.spec); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: the error is %v, want %q", c.spec, err, c.says)
		}
	}
	architecture := newModel("autoencoder", graphs.Spec{Hidden: []int{8}, Latent: 3, Init: "pca", Centered: true, OneScale: true})
	if err := architecture.SetPrincipalComponents(architecture.Initialize(streams(1)), components(3)); err == nil || !strings.Contains(err.Error(), "3 principal components are given, 4 needed") {
		t.Errorf("the error is %v", err)
	}
}
