package graphs_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gorgonia.org/tensor"

	"cifartrain/graphs"
)

const rows = 3 // images of the small problems here

// pixels are images in [0, 1].
func pixels(count int) *tensor.Dense {
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
	if err := step(model, machine, images, labels); err != nil {
		t.Fatal(err)
	}
	return model
}

// reconstructionLoss64 is the reconstruction's mean squared error, by gonum's matrices in
// float64 on weights by name. The decoder is written out for both kinds.
func reconstructionLoss64(kind string, hidden int, weights map[string][]float64, images *mat.Dense) float64 {
	w := func(name string, out int) *mat.Dense { // (out, in)
		return mat.NewDense(out, len(weights[name])/out, weights[name])
	}
	affine := func(x, w mat.Matrix, bias string) *mat.Dense { // w is (in, out)
		y := new(mat.Dense)
		y.Mul(x, w)
		y.Apply(func(_, j int, v float64) float64 { return v + weights[bias][j] }, y)
		return y
	}
	relu := func(x *mat.Dense) *mat.Dense {
		x.Apply(func(_, _ int, v float64) float64 { return max(0, v) }, x)
		return x
	}
	var reconstructed *mat.Dense
	if kind == "autoencoder" {
		h := relu(affine(images, w("encoder.0.weight", hidden).T(), "encoder.0.bias"))
		z := affine(h, w("encoder.2.weight", 4).T(), "encoder.2.bias")
		h = relu(affine(z, w("decoder.0.weight", hidden).T(), "decoder.0.bias"))
		reconstructed = affine(h, w("decoder.2.weight", inputs).T(), "decoder.2.bias")
	} else {
		w1, w2 := w("enc_fc1.weight", hidden), w("enc_fc2.weight", 4)
		z := affine(relu(affine(images, w1.T(), "enc_fc1.bias")), w2.T(), "enc_fc2.bias")
		reconstructed = affine(relu(affine(z, w2, "dec_fc1_bias")), w1, "dec_fc2_bias")
	}
	reconstructed.Sub(reconstructed, images)
	norm := reconstructed.Norm(2)
	return norm * norm / (rows * inputs)
}

// TestAutoencoderGradients compares loss and gradients with float64's and its
// central differences. A tied weight's gradient is that of both its uses.
func TestAutoencoderGradients(t *testing.T) {
	const hidden = 6
	for _, kind := range []string{"autoencoder", "tied_autoencoder"} {
		t.Run(kind, func(t *testing.T) {
			architecture := newModel(kind, graphs.Spec{Hidden: []int{hidden}, Latent: 4})
			weights := architecture.Initialize(streams(3))
			images := pixels(rows)
			model := run(t, architecture, weights, images, true)

			exact := make(map[string][]float64)
			for _, w := range weights {
				exact[w.Name] = doubles(w.Value)
			}
			x := mat.NewDense(rows, inputs, doubles(images))
			if want := reconstructionLoss64(kind, hidden, exact, x); math.Abs(model.LossValue()/want-1) > 1e-6 {
				t.Errorf("the loss is %.9g, want %.9g", model.LossValue(), want)
			}
			for p, w := range weights {
				gradient := must(model.Learnables[p].Grad())
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
					above := reconstructionLoss64(kind, hidden, exact, x)
					exact[w.Name][i] = value - h
					below := reconstructionLoss64(kind, hidden, exact, x)
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

// doubles are a tensor's elements in float64.
func doubles(t *tensor.Dense) (values []float64) {
	for _, v := range t.Float32s() {
		values = append(values, float64(v))
	}
	return values
}
