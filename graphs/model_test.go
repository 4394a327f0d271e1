package graphs_test

import (
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/graphs"
)

// build returns the architecture's fused graph for batches of a size.
func build(t testing.TB, architecture *graphs.Architecture, weights graphs.Weights, size int, train bool) (*graphs.Model, G.VM) {
	t.Helper()
	model := must(architecture.Build(weights, size))
	if err := model.Fuse(train); err != nil {
		t.Fatal(err)
	}
	machine := G.NewTapeMachine(model.Graph)
	t.Cleanup(func() { machine.Close() })
	return model, machine
}

// step feeds a batch, runs the machine and resets it.
func step(model *graphs.Model, machine G.VM, images, labels *tensor.Dense) error {
	if err := model.Feed(images, labels); err != nil {
		return err
	}
	err := machine.RunAll()
	machine.Reset()
	return err
}

func TestBuildErrors(t *testing.T) {
	svm := newSVM()
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
	svm := newSVM()
	weights := svm.Initialize(streams(1))
	model, machine := build(t, svm, weights, 4, false)
	of := func(dtype tensor.Dtype, shape ...int) *tensor.Dense {
		return tensor.New(tensor.WithShape(shape...), tensor.Of(dtype))
	}
	images, labels := pixels(4), of(tensor.Float32, 4)
	if err := step(model, machine, images, labels); err != nil {
		t.Fatal(err)
	}
	want := model.LossValue()
	for _, c := range []struct {
		name           string
		images, labels *tensor.Dense
		want           string // the error's beginning; the rest is Gorgonia's
	}{
		{"other images", of(tensor.Float32, 3, inputs), labels, "feeding images: "},
		{"other inputs", of(tensor.Float32, 4, 784), labels, "feeding images: "},
		{"float64 images", of(tensor.Float64, 4, inputs), labels, "feeding images: "},
		{"other labels", images, of(tensor.Float32, 5), "feeding labels: "},
		{"float64 labels", images, of(tensor.Float64, 4), "feeding labels: "},
	} {
		if err := step(model, machine, c.images, c.labels); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: the error is %v, want one that begins with %q", c.name, err, c.want)
		}
		if err := step(model, machine, images, labels); err != nil || model.LossValue() != want {
			t.Errorf("%s: the loss is %v after an error, want %v: %v", c.name, model.LossValue(), want, err)
		}
	}
}

// must returns a value that a test cannot do without; an error ends the test at once.
func must[V any](value V, err error) V {
	if err != nil {
		panic(err)
	}
	return value
}
