package graphs_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"

	"cifartrain/graphs"
)

const rows = 3 // images of the small problems here

// inputs are images in [0, 1].
func pixels(t *testing.T, count int) *tensor.Dense {
	t.Helper()
	random := rand.New(rand.NewPCG(5, 7))
	values := make([]float32, count*inputs)
	for i := range values {
		values[i] = random.Float32()
	}
	return tensor.New(tensor.WithShape(count, inputs), tensor.WithBacking(values))
}

// run runs the architecture's graph, with gradients if it is to train, on images.
func run(t *testing.T, architecture *graphs.Architecture, weights graphs.Weights, images *tensor.Dense, train bool) *graphs.Model {
	t.Helper()
	model, machine := build(t, architecture, weights, images.Shape()[0], train)
	labels := tensor.New(tensor.WithShape(images.Shape()[0]), tensor.Of(tensor.Float32)) // for a classifier
	if err := step(model, machine, batch{images, labels}); err != nil {
		t.Fatal(err)
	}
	return model
}

// reconstructionLoss64 is the reconstruction's mean squared error, by plain loops in float64
// over weights by name. The decoder is written out for both kinds.
func reconstructionLoss64(kind string, hidden int, weights map[string][]float64, images *tensor.Dense) float64 {
	affine := func(x []float64, out int, w func(i, o int) float64, b []float64) []float64 {
		y := make([]float64, out)
		for o := range y {
			y[o] = b[o]
			for i, v := range x {
				y[o] += v * w(i, o)
			}
		}
		return y
	}
	relu := func(x []float64) []float64 {
		for i := range x {
			x[i] = max(0, x[i])
		}
		return x
	}
	of := func(name string, in int) func(i, o int) float64 { // W (out, in)
		return func(i, o int) float64 { return weights[name][o*in+i] }
	}
	transposed := func(name string, out int) func(i, o int) float64 { // W (in, out) of the layer turned round
		return func(i, o int) float64 { return weights[name][i*out+o] }
	}
	total := 0.0
	values := images.Float32s()
	for first := 0; first < len(values); first += inputs {
		x := make([]float64, inputs)
		for i, v := range values[first : first+inputs] {
			x[i] = float64(v)
		}
		layers := [4][2]string{{"encoder.0.weight", "encoder.0.bias"}, {"encoder.2.weight", "encoder.2.bias"}, {"decoder.0.weight", "decoder.0.bias"}, {"decoder.2.weight", "decoder.2.bias"}}
		third, fourth := of(layers[2][0], 4), of(layers[3][0], hidden)
		if kind == "tied_autoencoder" {
			layers = [4][2]string{{"enc_fc1.weight", "enc_fc1.bias"}, {"enc_fc2.weight", "enc_fc2.bias"}, {"", "dec_fc1_bias"}, {"", "dec_fc2_bias"}}
			third, fourth = transposed("enc_fc2.weight", hidden), transposed("enc_fc1.weight", inputs)
		}
		h := relu(affine(x, hidden, of(layers[0][0], inputs), weights[layers[0][1]]))
		z := affine(h, 4, of(layers[1][0], hidden), weights[layers[1][1]])
		restored := affine(relu(affine(z, hidden, third, weights[layers[2][1]])), inputs, fourth, weights[layers[3][1]])
		for i, v := range x {
			total += (restored[i] - v) * (restored[i] - v)
		}
	}
	return total / float64(len(values))
}

// TestAutoencoderGradients compares loss and gradients with plain loops and
// their central differences. A tied weight's gradient is that of both its uses.
func TestAutoencoderGradients(t *testing.T) {
	const hidden = 6
	for _, kind := range []string{"autoencoder", "tied_autoencoder"} {
		t.Run(kind, func(t *testing.T) {
			architecture := newModel(t, kind, graphs.Spec{Hidden: []int{hidden}, Latent: 4})
			weights := architecture.Initialize(streams(3))
			images := pixels(t, rows)
			model := run(t, architecture, weights, images, true)

			exact := make(map[string][]float64)
			for _, w := range weights {
				for _, v := range w.Value.Float32s() {
					exact[w.Name] = append(exact[w.Name], float64(v))
				}
			}
			if want := reconstructionLoss64(kind, hidden, exact, images); math.Abs(model.LossValue()/want-1) > 1e-6 {
				t.Errorf("the loss is %.9g, want %.9g", model.LossValue(), want)
			}
			for p, w := range weights {
				gradient, err := model.Learnables[p].Grad()
				if err != nil {
					t.Fatal(err)
				}
				got := gradient.(*tensor.Dense).Float32s()
				largest := 0.0
				for _, g := range got {
					largest = max(largest, math.Abs(float64(g)))
				}
				if largest == 0 {
					t.Errorf("%s has no gradient at all", w.Name)
				}
				for i := 0; i < len(got); i += max(1, len(got)/40) {
					const h = 1e-5
					value := exact[w.Name][i]
					exact[w.Name][i] = value + h
					above := reconstructionLoss64(kind, hidden, exact, images)
					exact[w.Name][i] = value - h
					below := reconstructionLoss64(kind, hidden, exact, images)
					exact[w.Name][i] = value
					// float32 sums of 3072 products, against the largest of
					// the parameter, since small ones are sums of both signs
					if want := (above - below) / (2 * h); math.Abs(float64(got[i])-want) > 1e-5*largest {
						t.Errorf("%s[%d] has the gradient %.9g, want %.9g", w.Name, i, got[i], want)
					}
				}
			}
		})
	}
}
