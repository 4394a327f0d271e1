package runs

import (
	"fmt"
	"math"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/configs"
	"cifartrain/graphs"
	"cifartrain/loaders"
	"cifartrain/loaders/cifar"
)

// shipped are the configs of the three models.
var shipped = []string{"svm", "autoencoder", "autoencoder_tied"}

// A gorgoniaModel is a config's model in Gorgonia's own ops, as one writes it
// with nothing else at hand.
type gorgoniaModel struct {
	graph      *G.ExprGraph
	images     *G.Node // (B, 3072)
	labels     *G.Node // (B)
	loss       *G.Node // scalar
	learnables G.Nodes
}

// newGorgoniaModel writes the model for batches of exactly rows rows.
func newGorgoniaModel(config configs.Config, weights graphs.Weights, rows int) *gorgoniaModel {
	g := G.NewGraph()
	m := &gorgoniaModel{
		graph:  g,
		images: G.NewMatrix(g, tensor.Float32, G.WithName("images"), G.WithShape(rows, cifar.Shape.Values())),
		labels: G.NewVector(g, tensor.Float32, G.WithName("labels"), G.WithShape(rows)),
	}
	for _, w := range weights {
		shape := w.Value.Shape()
		m.learnables = append(m.learnables, G.NewTensor(g, tensor.Float32, shape.Dims(), G.WithName(w.Name), G.WithShape(shape...), G.WithValue(w.Value)))
	}
	w := m.learnables
	switch config.Model.Kind {
	case "linear_svm":
		score := G.Must(G.Reshape(affine(m.images, transposed(w[0]), w[1]), tensor.Shape{rows}))
		ones := G.NewVector(g, tensor.Float32, G.WithName("ones"), G.WithShape(rows), G.WithInit(G.Ones()))
		y := G.Must(G.Sub(G.Must(G.Add(m.labels, m.labels)), ones)) // -1 or +1
		margin := G.Must(G.Sub(ones, G.Must(G.HadamardProd(y, score))))
		mean := G.Must(G.Mean(G.Must(G.Rectify(margin))))
		m.loss = G.Must(G.Mul(mean, G.NewConstant(float32(config.Loss.C), G.WithName("c"))))
	case "autoencoder":
		z := affine(G.Must(G.Rectify(affine(m.images, transposed(w[0]), w[1]))), transposed(w[2]), w[3])
		m.restore(affine(G.Must(G.Rectify(affine(z, transposed(w[4]), w[5]))), transposed(w[6]), w[7]))
	case "tied_autoencoder":
		z := affine(G.Must(G.Rectify(affine(m.images, transposed(w[0]), w[1]))), transposed(w[2]), w[3])
		m.restore(affine(G.Must(G.Rectify(affine(z, w[2], w[4]))), w[0], w[5]))
	}
	return m
}

// affine is x w + b, the bias added to each row.
func affine(x, w, b *G.Node) *G.Node {
	return G.Must(G.BroadcastAdd(G.Must(G.Mul(x, w)), b, nil, []byte{0}))
}

func transposed(w *G.Node) *G.Node { return G.Must(G.Transpose(w)) }

// restore makes the mean squared error of the restored images the loss.
func (m *gorgoniaModel) restore(restored *G.Node) {
	m.loss = G.Must(G.Mean(G.Must(G.Square(G.Must(G.Sub(restored, m.images))))))
}

// feed binds the rows of a batch.
func (m *gorgoniaModel) feed(batch *loaders.Batch) error {
	rows := batch.Rows()
	images := tensor.New(tensor.WithShape(rows, cifar.Shape.Values()), tensor.WithBacking(batch.Images().Float32s()[:rows*cifar.Shape.Values()]))
	labels := tensor.New(tensor.WithShape(rows), tensor.WithBacking(batch.Labels.Float32s()[:rows]))
	if err := G.Let(m.images, images); err != nil {
		return err
	}
	return G.Let(m.labels, labels)
}

// TestModelsAreGorgonias computes the loss and every gradient of a shipped
// config's model twice, by the program's graph and by one in Gorgonia's own
// ops, on the first batch of an epoch and on its last, smaller one.
func TestModelsAreGorgonias(t *testing.T) {
	for _, name := range shipped {
		config, run := newShippedRun(t, onSample(t), name, "data.source=sample")
		model, err := run.Architecture.Build(run.Weights, run.Batches.Size())
		if err != nil {
			t.Fatal(err)
		}
		if err := model.Differentiate(); err != nil {
			t.Fatal(err)
		}
		machine := G.NewTapeMachine(model.Graph)
		defer machine.Close()
		number, last := 0, run.Batches.Batches()
		for batch := range run.Batches.Epoch(1) {
			if number++; number != 1 && number != last {
				continue
			}
			t.Run(fmt.Sprintf("%s/%d rows", name, batch.Rows()), func(t *testing.T) {
				if err := model.Feed(batch.Images(), batch.Labels, batch.Rows()); err != nil {
					t.Fatal(err)
				}
				defer machine.Reset()
				if err := machine.RunAll(); err != nil {
					t.Fatal(err)
				}
				other := newGorgoniaModel(config, run.Weights.Clone(), batch.Rows())
				other.run(t, batch)
				compareModels(t, model, other)
			})
		}
	}
}

// run computes the loss and its gradients for a batch.
func (m *gorgoniaModel) run(t *testing.T, batch *loaders.Batch) {
	t.Helper()
	if _, err := G.Grad(m.loss, m.learnables...); err != nil {
		t.Fatal(err)
	}
	machine := G.NewTapeMachine(m.graph)
	t.Cleanup(func() { machine.Close() })
	if err := m.feed(batch); err != nil {
		t.Fatal(err)
	}
	if err := machine.RunAll(); err != nil {
		t.Fatal(err)
	}
}

// compareModels wants figures that differ by float32's roundings only. In the
// loss those are Gorgonia's, which adds up 393,216 squares one after the other:
// up to 9e-5. Gradients are sums of up to 3,072 products, 6e-7 apart, and are
// held against the largest of their weight, since those near zero are
// differences of sums as large as the others'.
func compareModels(t *testing.T, got *graphs.Model, want *gorgoniaModel) {
	t.Helper()
	loss := float64(*want.loss.Value().(*G.F32))
	if off := math.Abs(got.LossValue()/loss - 1); !(off <= 2e-4) {
		t.Errorf("the loss is %v, Gorgonia's ops make it %v", got.LossValue(), loss)
	}
	for p, node := range got.Learnables {
		values, wants := gradient(t, node), gradient(t, want.learnables[p])
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
