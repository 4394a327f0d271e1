package graphs_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gorgonia.org/tensor"

	"cifartrain/graphs"
)

// TestInitialize checks the distribution of the weights and biases that each init draws:
// uniform, so with a variance of bound^2/3, and not one value beyond the bound.
func TestInitialize(t *testing.T) {
	const classes = 500
	for _, c := range []struct {
		init   string
		bounds [2]float64 // of the weight and the bias
	}{
		{"torch", [2]float64{1 / math.Sqrt(3072), 1 / math.Sqrt(3072)}},
		{"he", [2]float64{math.Sqrt(6.0 / 3072), 0}},
		{"glorot", [2]float64{math.Sqrt(6.0 / (3072 + classes)), 0}},
	} {
		for i, w := range newModel("linear_svm", graphs.Spec{Init: c.init, Classes: classes}).Initialize(streams(7)) {
			var sum, squares, smallest, largest float64
			for _, v := range doubles(w.Value) {
				sum, squares = sum+v, squares+v*v
				smallest, largest = min(smallest, v), max(largest, v)
			}
			bound, n := c.bounds[i], float64(w.Value.Size())
			if limit := float64(float32(bound)); smallest < -limit || largest > limit || smallest > -0.98*bound || largest < 0.98*bound {
				t.Errorf("%s: values of %s lie in [%v, %v], want them to fill the range up to %v", c.init, w.Name, smallest, largest, bound)
			}
			// Both within four standard errors of n uniform values.
			mean, variance, want := sum/n, squares/n, bound*bound/3
			if math.Abs(mean) > 4*bound/math.Sqrt(3*n) || math.Abs(variance-want) > 4*want*math.Sqrt(0.8/n) {
				t.Errorf("%s: %s has the mean %v and the variance %v, want 0 and %v", c.init, w.Name, mean, variance, want)
			}
		}
	}
}

// TestOrthogonalBiases draws a tied autoencoder's, whose decoder has biases
// without weights.
func TestOrthogonalBiases(t *testing.T) {
	architecture := newModel("tied_autoencoder", graphs.Spec{Hidden: []int{16}, Latent: 4, Init: "orthogonal"})
	for _, w := range architecture.Initialize(streams(1)) {
		values := w.Value.Float32s()
		if zero := slices.Min(values) == 0 && slices.Max(values) == 0; zero != (w.Value.Dims() == 1) {
			t.Errorf("%s, shape %v: all zero is %v", w.Name, w.Value.Shape(), zero)
		}
	}
}

// TestInitializeStreams proves that weights depend on the seed, and each
// parameter on the stream of its own name alone.
func TestInitializeStreams(t *testing.T) {
	for _, init := range drawn {
		architecture := newModel("linear_svm", graphs.Spec{Init: init})
		var purposes []string
		first := architecture.Initialize(func(purpose string) *rand.Rand {
			purposes = append(purposes, purpose)
			return streams(1)(purpose)
		})
		if want := []string{"init/fc.weight", "init/fc.bias"}; !slices.Equal(purposes, want) {
			t.Errorf("%s: the streams are %q, want %q", init, purposes, want)
		}
		again, other := architecture.Initialize(streams(1)), architecture.Initialize(streams(2))
		for i := range first {
			if !slices.Equal(first[i].Value.Float32s(), again[i].Value.Float32s()) {
				t.Errorf("%s: %s differs between two draws of one seed", init, first[i].Name)
			}
		}
		if slices.Equal(first[0].Value.Float32s(), other[0].Value.Float32s()) {
			t.Errorf("%s: two seeds draw the same weights", init)
		}
	}
}

func TestLoad(t *testing.T) {
	svm := newSVM()
	values := loadable(1, 3072)
	weights := must(svm.Load(values))
	for i, name := range []string{"fc.weight", "fc.bias"} {
		if weights[i].Name != name || !slices.Equal(weights[i].Value.Float32s(), values[name].Float32s()) {
			t.Errorf("weight %d is not %s as it was given", i, name)
		}
	}
	values["fc.weight"].Float32s()[0] = 99
	if weights[0].Value.Float32s()[0] == 99 {
		t.Error("the weights share the values they were loaded from")
	}
}

// loadable are values for a linear SVM whose weight has the given shape.
func loadable(shape ...int) map[string]*tensor.Dense {
	weight := tensor.New(tensor.WithShape(shape...), tensor.Of(tensor.Float32))
	for i := range weight.Float32s() {
		weight.Float32s()[i] = float32(i)
	}
	return map[string]*tensor.Dense{
		"fc.weight": weight,
		"fc.bias":   tensor.New(tensor.WithShape(1), tensor.WithBacking([]float32{-1})),
	}
}

func TestLoadErrors(t *testing.T) {
	with := func(name string, value *tensor.Dense) map[string]*tensor.Dense {
		values := loadable(1, 3072)
		values[name] = value
		return values
	}
	two := with("fc2.weight", loadable(1, 1)["fc.bias"])
	two["encoder.0.bias"] = two["fc.bias"]
	one := loadable(1, 3072)
	delete(one, "fc.bias")
	for _, c := range []struct {
		name   string
		values map[string]*tensor.Dense
		want   string
	}{
		{"nothing", nil, `the weights lack "fc.weight", shape (1, 3072), which a linear_svm needs; they hold []`},
		{"missing", one, `the weights lack "fc.bias", shape (1), which a linear_svm needs; they hold ["fc.weight"]`},
		{"extra", with("fc2.weight", loadable(1, 1)["fc.bias"]), `the weights hold "fc2.weight", which a linear_svm does not have`},
		{"two extra", two, `the weights hold "encoder.0.bias", which a linear_svm does not have`},
		{"transposed", loadable(3072, 1), `"fc.weight" has the shape (3072, 1); a linear_svm needs (1, 3072)`},
		{"flat", loadable(3072), `"fc.weight" has the shape (3072); a linear_svm needs (1, 3072)`},
		{"ten classes", loadable(10, 3072), `"fc.weight" has the shape (10, 3072); a linear_svm needs (1, 3072)`},
		{"scalar bias", with("fc.bias", tensor.New(tensor.FromScalar(float32(1)))), `"fc.bias" has the shape (); a linear_svm needs (1)`},
		{"float64", with("fc.bias", tensor.New(tensor.WithShape(1), tensor.WithBacking([]float64{1}))), `"fc.bias" is float64, not float32`},
	} {
		for range 20 { // maps are walked in another order each time
			if _, err := newSVM().Load(c.values); err == nil || err.Error() != c.want {
				t.Fatalf("%s: the error is %v, want %q", c.name, err, c.want)
			}
		}
	}
}

// drawn are the inits that every model takes.
var drawn = []string{"torch", "he", "glorot", "orthogonal"}
