package graphs_test

import (
	"cmp"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"

	"cifartrain/graphs"
	"cifartrain/internal/kernels"
)

// TestBytesGiveTheSameBits feeds a batch as values and as bytes: loss, scores and gradients must be the same to the bit, also where
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
			results := func(train bool, feed func(*graphs.Model) error) (all [][]float32) {
				model, machine := build(t, svm, weights, size, train)
				if model.Bytes == nil {
					t.Fatal("the SVM does not take bytes")
				}
				if err := cmp.Or(feed(model), machine.RunAll()); err != nil {
					t.Fatal(err)
				}
				all = append(all, []float32{float32(model.LossValue())})
				if !train {
					return append(all, model.Output.Value().(*tensor.Dense).Float32s())
				}
				for _, w := range model.Learnables {
					gradient, err := w.Grad()
					if err != nil {
						t.Fatal(err)
					}
					all = append(all, gradient.(*tensor.Dense).Float32s())
				}
				return all
			}
			values := tensor.New(tensor.WithShape(size, inputs), tensor.Of(tensor.Float32))
			tables.NormalizeRows(values.Float32s(), images, c.mean)
			fromValues := func(m *graphs.Model) error { return m.Feed(values, labels) }
			fromBytes := func(m *graphs.Model) error {
				return errors.Join(m.Bytes.Set(images, tables, c.mean), m.Feed(m.Bytes, labels))
			}
			want := append(results(true, fromValues), results(false, fromValues)...)
			got := append(results(true, fromBytes), results(false, fromBytes)...)
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
