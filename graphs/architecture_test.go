package graphs_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorgonia.org/tensor"

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

func newSVM(t testing.TB, init string, c float64) *graphs.Architecture {
	t.Helper()
	architecture, err := graphs.New(graphs.Spec{Kind: "linear_svm", Init: init, HingeC: c})
	if err != nil {
		t.Fatal(err)
	}
	return architecture
}

// TestParameters pins the parameter count of each model, and the names and
// shapes under which torch loads them.
func TestParameters(t *testing.T) {
	type parameter struct {
		Name  string
		Shape []int
	}
	models := map[string]struct {
		count      int
		parameters []parameter
	}{
		"linear_svm": {3073, []parameter{{"fc.weight", []int{1, 3072}}, {"fc.bias", []int{1}}}},
		"autoencoder": {797984, []parameter{
			{"encoder.0.weight", []int{128, 3072}}, {"encoder.0.bias", []int{128}},
			{"encoder.2.weight", []int{32, 128}}, {"encoder.2.bias", []int{32}},
			{"decoder.0.weight", []int{128, 32}}, {"decoder.0.bias", []int{128}},
			{"decoder.2.weight", []int{3072, 128}}, {"decoder.2.bias", []int{3072}},
		}},
		"tied_autoencoder": {400672, []parameter{
			{"enc_fc1.weight", []int{128, 3072}}, {"enc_fc1.bias", []int{128}},
			{"enc_fc2.weight", []int{32, 128}}, {"enc_fc2.bias", []int{32}},
			{"dec_fc1_bias", []int{128}}, {"dec_fc2_bias", []int{3072}},
		}},
	}
	for _, kind := range graphs.Kinds() {
		t.Run(kind, func(t *testing.T) {
			want, known := models[kind]
			if !known {
				t.Fatal("this model's parameters are not pinned here")
			}
			architecture, err := graphs.New(graphs.Spec{Kind: kind, Hidden: []int{128}, Latent: 32, Init: "torch", HingeC: 1})
			if err != nil {
				t.Fatal(err)
			}
			if architecture.Kind != kind {
				t.Errorf("its kind is %q", architecture.Kind)
			}
			if got := architecture.ParameterCount(); got != want.count {
				t.Errorf("it has %d parameters, want %d", got, want.count)
			}
			var got []parameter
			for _, p := range architecture.Parameters {
				got = append(got, parameter{p.Name, p.Shape})
			}
			if difference := cmp.Diff(want.parameters, got); difference != "" {
				t.Errorf("the parameters differ (-want +got):\n%s", difference)
			}
			for i, w := range architecture.Initialize(streams(1)) {
				if p := want.parameters[i]; w.Name != p.Name || !slices.Equal(w.Value.Shape(), p.Shape) || w.Value.Dtype() != tensor.Float32 {
					t.Errorf("weight %d is %s, %v of %v, want %v", i, w.Name, w.Value.Shape(), w.Value.Dtype(), p)
				}
			}
		})
	}
}

func TestNewErrors(t *testing.T) {
	for _, c := range []struct {
		spec graphs.Spec
		want string
	}{
		{graphs.Spec{Kind: "svm", Init: "torch"}, `graphs: no model of kind "svm": there are autoencoder, linear_svm, tied_autoencoder`},
		{graphs.Spec{Init: "torch"}, `graphs: no model of kind "": there are autoencoder, linear_svm, tied_autoencoder`},
		{graphs.Spec{Kind: "linear_svm", Init: "xavier"}, `graphs: no initialisation "xavier": there are torch, he, glorot, orthogonal, pca`},
	} {
		if _, err := graphs.New(c.spec); err == nil || err.Error() != c.want {
			t.Errorf("%+v: the error is %v, want %q", c.spec, err, c.want)
		}
	}
}

func TestLinearSVM(t *testing.T) {
	svm := newSVM(t, "torch", 0.5)
	if want := "hinge, C = 0.5"; svm.LossName != want {
		t.Errorf("the loss is called %q, want %q", svm.LossName, want)
	}
	squared, err := graphs.New(graphs.Spec{Kind: "linear_svm", Init: "torch", HingeC: 0.5, SquaredHinge: true})
	if err != nil {
		t.Fatal(err)
	}
	if want := "squared hinge, C = 0.5"; squared.LossName != want {
		t.Errorf("the loss is called %q, want %q", squared.LossName, want)
	}
	if svm.PixelWeight != "fc.weight" {
		t.Errorf("the weight that makes a picture is %q", svm.PixelWeight)
	}
	for score, want := range map[float32]int{-2: 0, -1e-30: 0, 0: 0, 1e-30: 1, 3: 1} {
		if got := svm.Predict([]float32{score}); got != want {
			t.Errorf("score %v predicts class %d, want %d", score, got, want)
		}
	}
}
