package graphs_test

import (
	"math"
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

// image is a row of the batch.
func (b batch) image(row int) []float32 {
	return b.images.Float32s()[row*inputs : (row+1)*inputs]
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

// scores64 are the scores of the batch's rows by a plain loop in float64.
func scores64(weights graphs.Weights, b batch) []float64 {
	scores := make([]float64, b.images.Shape()[0])
	for row := range scores {
		scores[row] = float64(weights[1].Value.Float32s()[0])
		for i, w := range weights[0].Value.Float32s() {
			scores[row] += float64(w) * float64(b.image(row)[i])
		}
	}
	return scores
}

func loss64(scores []float64, b batch) float64 {
	total := 0.0
	for row, score := range scores {
		total += math.Max(0, 1-float64(2*b.labels.Float32s()[row]-1)*score)
	}
	return total / float64(len(scores))
}

// near allows a float32 sum of 3072 products of the size of one to be 1e-5 off.
func near(got, want float64) bool { return math.Abs(got-want) <= 1e-5*(1+math.Abs(want)) }

// TestModel compares loss and scores with a plain loop, for batches of several
// sizes on the same weights.
func TestModel(t *testing.T) {
	svm := newSVM(t)
	weights := svm.Initialize(streams(1))
	for _, rows := range []int{16, 7, 1} {
		model, machine := build(t, svm, weights, rows, false)
		b := newBatch(rows)
		if err := step(model, machine, b); err != nil {
			t.Fatal(err)
		}
		scores := scores64(weights, b)
		if got, want := model.LossValue(), loss64(scores, b); !near(got, want) {
			t.Errorf("%d rows: the loss is %v, want %v", rows, got, want)
		}
		for row, want := range scores {
			if got := graphs.Row(model.Output, row); len(got) != 1 || !near(float64(got[0]), want) {
				t.Errorf("%d rows: output %d is %v, want %v", rows, row, got, want)
			}
		}
	}
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
			if want := loss64(scores64(weights, sound), sound); !near(model.LossValue(), want) {
				t.Errorf("the loss is %v after an error, want %v", model.LossValue(), want)
			}
		})
	}
}
