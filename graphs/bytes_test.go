package graphs_test

import (
	"math"
	"math/rand/v2"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/graphs"
	"cifartrain/internal/kernels"
)

// TestBytesGiveTheSameBits feeds batches, the last of fewer rows, as values and
// as bytes: loss, scores and gradients must be the same to the bit, also where
// no product can compute the values of bytes in registers.
func TestBytesGiveTheSameBits(t *testing.T) {
	const size = 9
	svm := newSVM(t, "torch", 1)
	random := rand.New(rand.NewPCG(3, 4))
	mean := make([]float32, inputs)
	for i := range mean {
		mean[i] = random.Float32()
	}
	images := make([][]byte, size)
	labels := tensor.New(tensor.WithShape(size), tensor.Of(tensor.Float32))
	for i := range images {
		images[i] = make([]byte, inputs)
		for j := range images[i] {
			images[i][j] = byte(random.Uint32())
		}
		labels.Float32s()[i] = float32(i % 2)
	}
	for _, c := range []struct {
		name     string
		channels int
		std      float32
		mean     []float32
	}{
		{"3 channels", 3, 0.25, nil}, {"centered", 3, 0.2435, mean},
		{"planes of another size", 512, 0.3, mean},
	} {
		t.Run(c.name, func(t *testing.T) {
			means, stds := make([]float32, c.channels), make([]float32, c.channels)
			for i := range stds {
				means[i], stds[i] = 0.25, c.std
			}
			tables := kernels.NewPixelTables(means, stds)
			weights := svm.Initialize(streams(1))
			results := func(build func(graphs.Weights, int) (*graphs.Model, error), feed func(*graphs.Model, int) error) (all [][]float32) {
				model, err := build(weights, size)
				if err == nil {
					err = model.Differentiate()
				}
				if err != nil {
					t.Fatal(err)
				}
				vm := G.NewTapeMachine(model.Graph)
				for _, rows := range []int{size, 4} {
					if err := feed(model, rows); err != nil {
						t.Fatal(err)
					}
					if err := vm.RunAll(); err != nil {
						t.Fatal(err)
					}
					vm.Reset()
					all = append(all, []float32{float32(model.LossValue())})
					for i := range rows {
						all = append(all, append([]float32(nil), model.OutputRow(i)...))
					}
					for _, w := range model.Learnables {
						gradient, err := w.Grad()
						if err != nil {
							t.Fatal(err)
						}
						all = append(all, append([]float32(nil), gradient.(*tensor.Dense).Float32s()...))
					}
				}
				return all
			}
			want := results(svm.Build, func(m *graphs.Model, rows int) error {
				values := tensor.New(tensor.WithShape(size, inputs), tensor.Of(tensor.Float32))
				tables.NormalizeRows(values.Float32s(), images, c.mean)
				return m.Feed(values, labels, rows)
			})
			got := results(svm.BuildForBytes, func(m *graphs.Model, rows int) error {
				if !m.TakesBytes() {
					t.Fatal("the SVM does not take bytes")
				}
				return m.FeedBytes(images[:rows], tables, c.mean, labels)
			})
			for i := range want {
				for j := range want[i] {
					if math.Float32bits(got[i][j]) != math.Float32bits(want[i][j]) {
						t.Fatalf("result %d differs at %d: %v from bytes, %v from values", i, j, got[i][j], want[i][j])
					}
				}
			}
		})
	}
}

// TestBuildForBytesOfOtherModels: an architecture that does not read bytes gets
// the graph that Build makes.
func TestBuildForBytesOfOtherModels(t *testing.T) {
	architecture, err := graphs.New(graphs.Kinds(), "tied_autoencoder", graphs.Spec{Init: "torch", Inputs: 12, Hidden: []int{4}, Latent: 2})
	if err != nil {
		t.Fatal(err)
	}
	model, err := architecture.BuildForBytes(architecture.Initialize(streams(1)), 3)
	if err != nil || model.TakesBytes() {
		t.Errorf("an autoencoder takes bytes; error %v", err)
	}
}
