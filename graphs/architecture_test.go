package graphs_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cifartrain/graphs"
)

// streams returns what Initialize draws from: a stream for each purpose.
func streams(seed uint64) func(string) *rand.Rand {
	return func(purpose string) *rand.Rand {
		hash := uint64(14695981039346656037) // FNV-1a
		for _, b := range []byte(purpose) {
			hash = (hash ^ uint64(b)) * 1099511628211
		}
		return rand.New(rand.NewPCG(seed, hash))
	}
}

// inputs is how many values an image of CIFAR-10 has.
const inputs = 3072

// newModel is a model of a kind, of CIFAR-10's images, and by default of two classes and
// with torch's weights.
func newModel(kind string, spec graphs.Spec) *graphs.Architecture {
	spec.Inputs = inputs
	if spec.Classes == 0 {
		spec.Classes = 2
	}
	if spec.Init == "" {
		spec.Init = "torch"
	}
	return must(graphs.New(graphs.Kinds, kind, spec))
}

func newSVM() *graphs.Architecture { return newModel("linear_svm", graphs.Spec{C: 1}) }

// TestParameters pins the parameter count of each model, and the names and
// shapes under which torch loads them.
func TestParameters(t *testing.T) {
	known := map[string]bool{}
	for _, want := range []struct {
		kind       string
		hidden     []int
		latent     int
		count      int
		parameters string
	}{
		{"linear_svm", nil, 0, 3073, "fc.weight(1, 3072) fc.bias(1)"},
		{"mlp", []int{128}, 0, 393473, "0.weight(128, 3072) 0.bias(128) 2.weight(1, 128) 2.bias(1)"},
		{"autoencoder", []int{128}, 32, 797984, "encoder.0.weight(128, 3072) encoder.0.bias(128) encoder.2.weight(32, 128) encoder.2.bias(32) " +
			"decoder.0.weight(128, 32) decoder.0.bias(128) decoder.2.weight(3072, 128) decoder.2.bias(3072)"},
		{"autoencoder", []int{6, 5}, 4, 40062, "encoder.0.weight(6, 3072) encoder.0.bias(6) encoder.2.weight(5, 6) encoder.2.bias(5) encoder.4.weight(4, 5) encoder.4.bias(4) " +
			"decoder.0.weight(5, 4) decoder.0.bias(5) decoder.2.weight(6, 5) decoder.2.bias(6) decoder.4.weight(3072, 6) decoder.4.bias(3072)"},
		{"tied_autoencoder", []int{128}, 32, 400672, "enc_fc1.weight(128, 3072) enc_fc1.bias(128) enc_fc2.weight(32, 128) enc_fc2.bias(32) dec_fc1_bias(128) dec_fc2_bias(3072)"},
		{"tied_autoencoder", []int{6, 5}, 4, 21580, "enc_fc1.weight(6, 3072) enc_fc1.bias(6) enc_fc2.weight(5, 6) enc_fc2.bias(5) enc_fc3.weight(4, 5) enc_fc3.bias(4) " +
			"dec_fc1_bias(5) dec_fc2_bias(6) dec_fc3_bias(3072)"},
	} {
		known[want.kind] = true
		architecture := newModel(want.kind, graphs.Spec{Hidden: want.hidden, Latent: want.latent, C: 1})
		if got := architecture.ParameterCount(); got != want.count {
			t.Errorf("%s %v has %d parameters, want %d", want.kind, want.hidden, got, want.count)
		}
		weights := architecture.Initialize(streams(1))
		var declared, made []string
		for i, p := range architecture.Parameters {
			declared = append(declared, fmt.Sprint(p.Name, p.Shape))
			made = append(made, fmt.Sprint(weights[i].Name, weights[i].Value.Shape()))
		}
		if got := strings.Join(declared, " "); got != want.parameters || !slices.Equal(declared, made) {
			t.Errorf("%s %v has the parameters\n%s and the weights\n%s, want\n%s", want.kind, want.hidden, got, made, want.parameters)
		}
		model := run(t, architecture, weights, pixels(3), true)
		sum := 0 // of the layers' counts
		for _, count := range architecture.ParameterCounts(model.Layers) {
			sum += count
		}
		if sum != want.count || !(model.LossValue() > 0) {
			t.Errorf("%s %v: the layers have %d parameters together, want %d; the loss is %g", want.kind, want.hidden, sum, want.count, model.LossValue())
		}
	}
	for _, kind := range graphs.Kinds {
		if !known[kind.Name] {
			t.Errorf("the parameters of a %s are not pinned here", kind.Name)
		}
	}
}

func TestNewErrors(t *testing.T) {
	for _, c := range []struct {
		kind string
		spec graphs.Spec
		want string
	}{
		{"svm", graphs.Spec{Init: "torch"}, `model.kind: there is no model of kind "svm"; the kinds are linear_svm, mlp, autoencoder, tied_autoencoder`},
		{"", graphs.Spec{Init: "torch"}, `model.kind: there is no model of kind ""; the kinds are linear_svm, mlp, autoencoder, tied_autoencoder`},
		{"linear_svm", graphs.Spec{Init: "xavier"}, `model.init: "xavier" is not a way to draw weights; it must be one of torch, he, glorot, orthogonal, pca`},
		{"linear_svm", graphs.Spec{Init: "he", Loss: "mse"}, `loss.kind: "mse" is not a loss for linear_svm; it must be one of hinge, squared_hinge`},
		{"autoencoder", graphs.Spec{Init: "he", Inputs: inputs, Hidden: []int{65536}, Latent: 65536},
			`model.hidden: these widths make 8992587776 weights, more than the 500000000 that fit; use narrower layers`},
	} {
		if _, err := graphs.New(graphs.Kinds, c.kind, c.spec); err == nil || err.Error() != c.want {
			t.Errorf("%s %+v: the error is %v, want %q", c.kind, c.spec, err, c.want)
		}
	}
}

func TestPredict(t *testing.T) {
	svm := newSVM()
	if got := svm.Predict([]float32{0.5, 2, -1, 2}); got != 1 {
		t.Errorf("four scores predict class %d, want the first of the largest, 1", got)
	}
	for score, want := range map[float32]int{-2: 0, -1e-30: 0, 0: 0, 1e-30: 1, 3: 1} {
		if got := svm.Predict([]float32{score}); got != want {
			t.Errorf("score %v predicts class %d, want %d", score, got, want)
		}
	}
}

// TestLinearSVMLosses pins the names of the losses, and what weights of zero cost: a
// margin of 1 to the other class or towards each of nine, or one of 1 for each of ten
// machines.
func TestLinearSVMLosses(t *testing.T) {
	for _, c := range []struct {
		classes                int
		loss, multiclass, name string
		atZero                 float64
	}{
		{2, "hinge", "", "hinge, C = 0.5", 0.5},
		{2, "squared_hinge", "", "squared hinge, C = 0.5", 0.5},
		{10, "hinge", "", "Weston-Watkins hinge, C = 0.5", 4.5},
		{10, "squared_hinge", "weston_watkins", "Weston-Watkins squared hinge, C = 0.5", 4.5},
		{10, "hinge", "one_vs_rest", "one-vs-rest hinge, C = 0.5", 5},
		{10, "squared_hinge", "one_vs_rest", "one-vs-rest squared hinge, C = 0.5", 5},
	} {
		architecture := newModel("linear_svm", graphs.Spec{Classes: c.classes, Loss: c.loss, C: 0.5, Multiclass: c.multiclass})
		if architecture.LossName != c.name || architecture.PixelWeight != "fc.weight" {
			t.Errorf("the loss is called %q, want %q; the weight that makes a picture is %q", architecture.LossName, c.name, architecture.PixelWeight)
		}
		weights := architecture.Initialize(streams(1))
		for _, w := range weights {
			clear(w.Value.Float32s())
		}
		if got := run(t, architecture, weights, pixels(4), false).LossValue(); got != c.atZero {
			t.Errorf("%s: weights of zero cost %v, want %v", c.name, got, c.atZero)
		}
	}
}
