package graphs_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/graphs"
)

// A batch is made-up images and labels.
type batch struct{ images, labels *tensor.Dense }

func newBatch(size int) batch {
	random := rand.New(rand.NewPCG(3, 3))
	images, labels := make([]float32, size*inputs), make([]float32, size)
	for i := range images {
		images[i] = float32(random.NormFloat64())
	}
	for i := range labels {
		labels[i] = float32(random.IntN(2))
	}
	return batch{
		tensor.New(tensor.WithShape(size, inputs), tensor.WithBacking(images)),
		tensor.New(tensor.WithShape(size), tensor.WithBacking(labels)),
	}
}

// build returns the architecture's fused graph for batches of a size.
func build(t testing.TB, architecture *graphs.Architecture, weights graphs.Weights, size int, train bool) (*graphs.Model, G.VM) {
	t.Helper()
	model, err := architecture.Build(weights, size)
	if err != nil {
		t.Fatal(err)
	}
	if err := model.Fuse(train); err != nil {
		t.Fatal(err)
	}
	machine := G.NewTapeMachine(model.Graph)
	t.Cleanup(func() { machine.Close() })
	return model, machine
}

// step feeds a batch, runs the machine and resets it.
func step(model *graphs.Model, machine G.VM, b batch) error {
	if err := model.Feed(b.images, b.labels); err != nil {
		return err
	}
	err := machine.RunAll()
	machine.Reset()
	return err
}

func TestBuildErrors(t *testing.T) {
	svm := newSVM(t)
	reshaped := func(shape ...int) graphs.Weights {
		weights := svm.Initialize(streams(1))
		weights[0].Value = tensor.New(tensor.WithShape(shape...), tensor.Of(tensor.Float32))
		return weights
	}
	const others = "building the linear_svm: the weights are not of its parameters' names and shapes"
	for _, c := range []struct {
		name    string
		weights graphs.Weights
		batch   int
		want    string
	}{
		{"no rows", svm.Initialize(streams(1)), 0, "building the linear_svm: a batch of 0 rows holds no sample"},
		{"no weights", nil, 4, others},
		{"no bias", svm.Initialize(streams(1))[:1], 4, others},
		{"other inputs", reshaped(1, 784), 4, others},
	} {
		if _, err := svm.Build(c.weights, c.batch); err == nil || err.Error() != c.want {
			t.Errorf("%s: the error is %v, want %q", c.name, err, c.want)
		}
	}
}

// TestFeedErrors proves that a batch that does not fit is an error, and that
// the model runs on the next one that does.
func TestFeedErrors(t *testing.T) {
	svm := newSVM(t)
	weights := svm.Initialize(streams(1))
	model, machine := build(t, svm, weights, 4, false)
	sound := newBatch(4)
	if err := step(model, machine, sound); err != nil {
		t.Fatal(err)
	}
	want := model.LossValue()
	of := func(dtype tensor.Dtype, shape ...int) *tensor.Dense {
		return tensor.New(tensor.WithShape(shape...), tensor.Of(dtype))
	}
	for _, c := range []struct {
		name string
		b    batch
		want string // the error's beginning; the rest is Gorgonia's
	}{
		{"other images", batch{of(tensor.Float32, 3, inputs), sound.labels}, "feeding images: "},
		{"other inputs", batch{of(tensor.Float32, 4, 784), sound.labels}, "feeding images: "},
		{"float64 images", batch{of(tensor.Float64, 4, inputs), sound.labels}, "feeding images: "},
		{"other labels", batch{sound.images, of(tensor.Float32, 5)}, "feeding labels: "},
		{"float64 labels", batch{sound.images, of(tensor.Float64, 4)}, "feeding labels: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := step(model, machine, c.b); err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("the error is %v, want one that begins with %q", err, c.want)
			}
			if err := step(model, machine, sound); err != nil {
				t.Fatal(err)
			}
			if model.LossValue() != want {
				t.Errorf("the loss is %v after an error, want %v", model.LossValue(), want)
			}
		})
	}
}
