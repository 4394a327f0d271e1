package graphs

import (
	"cmp"
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/graphs/ops"
	"cifartrain/internal/kernels"
)

// A Model is an architecture's expression graph for batches of one size, ready
// for a TapeMachine. Models built on the same weights share them; a model with
// gradients trains, one without only evaluates.
type Model struct {
	Graph  *G.ExprGraph
	Input  *G.Node // (B, inputs) images
	Labels *G.Node // (B) the classes' indexes; nil for a model whose loss needs none
	Output *G.Node // (B, outputs)
	Loss   *G.Node // scalar, the mean over the batch

	Learnables G.Nodes // the weights, in the architecture's order
	Layers     []Layer // from the input to the output

	outputs G.Nodes // of the layers
	live    *ops.Live
	bytes   *ops.Images // what FeedBytes feeds
}

// Build returns the model for batches of size batch on weights.
func (a *Architecture) Build(weights Weights, batch int) (*Model, error) {
	return a.build(weights, batch, tensor.Float32)
}

// BuildForBytes returns the same model as Build, except that an architecture
// that reads bytes is fed by FeedBytes. Both compute exactly the same values.
func (a *Architecture) BuildForBytes(weights Weights, batch int) (*Model, error) {
	if !a.ReadsBytes {
		return a.Build(weights, batch)
	}
	return a.build(weights, batch, tensor.Byte)
}

func (a *Architecture) build(weights Weights, batch int, images tensor.Dtype) (*Model, error) {
	if batch < 1 {
		return nil, fmt.Errorf("building the %s: a batch of %d rows holds no sample", a.Kind, batch)
	}
	n := newNetwork(weights, batch, a.inputs, images)
	output := a.Output(n)
	loss := a.Loss(n, output)
	if n.err != nil {
		return nil, fmt.Errorf("building the %s: %w", a.Kind, n.err)
	}
	return &Model{
		Graph: n.graph, Input: n.Input, Labels: n.labels, Output: output, Loss: loss,
		Learnables: n.learnables, Layers: n.layers, outputs: n.outputs, live: n.live, bytes: ops.NewImages(n.Input.Shape()),
	}, nil
}

// Differentiate adds the gradients of the loss by every learnable to the
// graph; each learnable's Grad method then returns its own after a run. The sums
// of gradients of shared weights are left to products, see [ops.AddInProduct]; the
// graph is then the part that is still computed.
func (m *Model) Differentiate() error {
	gradients, err := G.Grad(m.Loss, m.Learnables...)
	if err != nil {
		return fmt.Errorf("differentiating the loss: %w", err)
	}
	replaced := false
	for i, gradient := range gradients {
		if gradients[i], err = ops.AddInProduct(gradient); err != nil {
			return fmt.Errorf("adding up the gradients of %s: %w", m.Learnables[i].Name(), err)
		}
		replaced = replaced || gradients[i] != gradient
	}
	if replaced {
		m.Graph = m.Graph.ExactSubgraphRoots(append(gradients, m.Loss)...)
		// Gorgonia sorts the nodes of a part by address. Sorted in the order in
		// which they were made, they are computed and drawn alike in every run.
		slices.SortFunc(m.Graph.AllNodes(), func(a, b *G.Node) int { return cmp.Compare(a.ID(), b.ID()) })
	}
	return nil
}

// BatchSize is the number of rows of the graph's batch, B.
func (m *Model) BatchSize() int { return m.Input.Shape()[0] }

// Feed makes the next run compute the first rows of a batch: images (B, inputs)
// and labels (B). The caller must not change them during the run.
func (m *Model) Feed(images, labels *tensor.Dense, rows int) error {
	return m.feed(images, labels, rows)
}

// TakesBytes reports whether the model is fed by FeedBytes and not by Feed.
func (m *Model) TakesBytes() bool { return m.Input.Dtype() == tensor.Byte }

// FeedBytes makes the next run compute a batch of images, each given as a row
// of bytes. tables turns the bytes into values, from which mean, (inputs), is
// subtracted unless it is nil. labels (B) are as for Feed.
func (m *Model) FeedBytes(images [][]byte, tables *kernels.PixelTables, mean []float32, labels *tensor.Dense) error {
	m.bytes.Rows, m.bytes.Tables, m.bytes.Mean = images, tables, mean
	return m.feed(m.bytes, labels, len(images))
}

func (m *Model) feed(images G.Value, labels *tensor.Dense, rows int) error {
	if rows < 1 || rows > m.BatchSize() {
		return fmt.Errorf("%d rows do not fit a batch of %d", rows, m.BatchSize())
	}
	m.live.Rows = rows
	if err := G.Let(m.Input, images); err != nil {
		return fmt.Errorf("feeding images: %w", err)
	}
	if m.Labels == nil {
		return nil
	}
	if err := G.Let(m.Labels, labels); err != nil {
		return fmt.Errorf("feeding labels: %w", err)
	}
	return nil
}

// LossValue is the loss of the last run.
func (m *Model) LossValue() float64 { return float64(*m.Loss.Value().(*G.F32)) }

// OutputRow returns row i of the last run's output; i must be one of the rows
// that were fed. The row belongs to the graph and changes with the next run.
func (m *Model) OutputRow(i int) []float32 { return row(m.Output, i) }

// LayerRow returns row i of the output of a layer, counted from 0, in the last
// run; i must be one of the rows that were fed. The row belongs to the graph
// and changes with the next run.
func (m *Model) LayerRow(layer, i int) []float32 { return row(m.outputs[layer], i) }

func row(output *G.Node, i int) []float32 {
	value := output.Value().(*tensor.Dense)
	width := value.Shape()[1] // the node's own method would copy the shape
	return value.Float32s()[i*width : (i+1)*width]
}
