package runs

import (
	"cmp"
	"fmt"
	"math"
	"testing"

	G "gorgonia.org/gorgonia"

	"cifartrain/graphs"
	"cifartrain/training"
)

// shipped are the configs of the three models.
var shipped = []string{"svm", "autoencoder", "autoencoder_tied"}

// newGorgoniaModel is the config's model as Gorgonia computes it by itself, with
// gradients: graphs of one batch size, not fused.
func newGorgoniaModel(t testing.TB, run *training.Loop, weights graphs.Weights, rows int) *graphs.Model {
	t.Helper()
	model, err := run.Architecture.Build(weights, rows)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := G.Grad(model.Loss, model.Learnables...); err != nil {
		t.Fatal(err)
	}
	return model
}

// TestModelsAreGorgonias computes the loss and every gradient of a shipped
// config's model twice, by the fused graph and by Gorgonia's own ops, on the first
// batch of an epoch and on its last, smaller one.
func TestModelsAreGorgonias(t *testing.T) {
	for _, name := range shipped {
		_, run := newShippedRun(t, onSample(t), name, "data.source=sample")
		number, last := 0, run.TrainBatcher.NumBatches()
		for batch := range run.TrainBatcher.Epoch(1) {
			if number++; number != 1 && number != last {
				continue
			}
			t.Run(fmt.Sprintf("%s/%d rows", name, batch.Rows()), func(t *testing.T) {
				want := newGorgoniaModel(t, run, run.Weights.Clone(), batch.Rows())
				got, err := run.Architecture.Build(run.Weights, batch.Rows())
				if err != nil {
					t.Fatal(err)
				}
				if err := got.Fuse(true); err != nil {
					t.Fatal(err)
				}
				for _, model := range []*graphs.Model{got, want} {
					machine := G.NewTapeMachine(model.Graph, G.BindDualValues(model.Learnables...))
					defer machine.Close()
					if err := cmp.Or(model.Feed(batch.Images(), batch.Labels), machine.RunAll()); err != nil {
						t.Fatal(err)
					}
				}
				compareModels(t, got, want)
			})
		}
	}
}

// compareModels wants figures that differ by float32's roundings only. In the
// loss those are Gorgonia's, which adds up 393,216 squares one after the other:
// up to 9e-5. Gradients are sums of up to 3,072 products, 6e-7 apart, and are
// held against the largest of their weight, since those near zero are
// differences of sums as large as the others'.
func compareModels(t *testing.T, got, want *graphs.Model) {
	t.Helper()
	if off := math.Abs(got.LossValue()/want.LossValue() - 1); !(off <= 2e-4) {
		t.Errorf("the loss is %v, Gorgonia's ops make it %v", got.LossValue(), want.LossValue())
	}
	for p, node := range got.Learnables {
		values, wants := gradient(t, node), gradient(t, want.Learnables[p])
		largest, farthest := 0.0, 0.0
		for i, v := range wants {
			largest = max(largest, math.Abs(float64(v)))
			farthest = max(farthest, math.Abs(float64(v)-float64(values[i])))
		}
		if largest == 0 || !(farthest <= 2e-6*largest) {
			t.Errorf("%s: gradients differ by %v, the largest is %v", node.Name(), farthest, largest)
		}
	}
}

func gradient(t *testing.T, node *G.Node) []float32 {
	t.Helper()
	value, err := node.Grad()
	if err != nil {
		t.Fatal(err)
	}
	return value.Data().([]float32)
}
