package graphs

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/fuse"
)

// A Model is an architecture's expression graph for batches of one size. Models
// built on the same weights share them.
type Model struct {
	Graph  *G.ExprGraph
	Input  *G.Node // (B, inputs) images
	Labels *G.Node // (B) the classes' indexes; nil for a model whose loss needs none
	Output *G.Node // (B, outputs)
	Code   *G.Node // (B, latent); nil for a model without a code
	Loss   *G.Node // scalar, the mean over the batch

	Learnables G.Nodes // the weights that are trained, in the architecture's order
	Layers     []Layer // in the order in which they are computed

	// Bytes is set by Fuse if the first layer can read pixels as bytes. It can then be
	// fed in the place of a tensor of images, which spares their conversion.
	Bytes *fuse.Images

	noises []noise
}

// Build returns the model for the evaluation of batches of exactly so many rows, in
// Gorgonia's own operations on weights: without noise and dropout, and with the running
// statistics of batch normalization.
func (a *Architecture) Build(weights Weights, rows int) (*Model, error) {
	return a.build(weights, rows, false)
}

// BuildToTrain returns the model for training: with the noise and the dropout of its
// spec, and with batch normalization by the statistics of the batch.
func (a *Architecture) BuildToTrain(weights Weights, rows int) (*Model, error) {
	return a.build(weights, rows, true)
}

// writing is held while a graph is written or fused: some of Gorgonia's operations,
// such as Rectify, count in a variable of the whole process. Runs that train side by
// side write their graphs at the same time.
var writing sync.Mutex

func (a *Architecture) build(weights Weights, rows int, training bool) (m *Model, err error) {
	writing.Lock()
	defer writing.Unlock()
	defer func() {
		if fault := recover(); fault != nil { // G.Must panics over nodes that do not fit
			err = fmt.Errorf("building the %s: %v", a.Kind, fault)
		}
	}()
	if rows < 1 {
		return nil, fmt.Errorf("building the %s: a batch of %d rows holds no sample", a.Kind, rows)
	}
	if !slices.EqualFunc(weights, a.Parameters, func(w Weight, p Parameter) bool { return w.Name == p.Name && slices.Equal(w.Value.Shape(), p.Shape) }) {
		return nil, fmt.Errorf("building the %s: the weights are not of its parameters' names and shapes", a.Kind)
	}
	g := G.NewGraph()
	m = &Model{Graph: g, Input: G.NewMatrix(g, tensor.Float32, G.WithName("images"), G.WithShape(rows, a.spec.Inputs))}
	var parameters G.Nodes // those that the formula uses
	for _, w := range weights {
		shape := w.Value.Shape()
		if strings.HasSuffix(w.Name, batchesSeen) {
			continue
		}
		node := G.NewTensor(g, tensor.Float32, shape.Dims(), G.WithName(w.Name), G.WithShape(shape...), G.WithValue(w.Value))
		parameters = append(parameters, node)
		if !w.State {
			m.Learnables = append(m.Learnables, node)
		}
	}
	x := m.Input
	if training && a.spec.Noise > 0 {
		noise := m.addNoise(x, func(random *rand.Rand) float32 { return float32(a.spec.Noise * random.NormFloat64()) })
		x = G.Must(G.Add(x, noise)) // (B, inputs)
	}
	m.Output, m.Code = a.Formula(x, parameters, m.hidden(a.spec, training))
	target := m.Input
	if a.Task.Classifies() {
		m.Labels = G.NewVector(g, tensor.Float32, G.WithName("labels"), G.WithShape(rows))
		target = m.Labels
	}
	m.Loss = a.Loss(m.Output, target)
	m.Layers = layersOf(m)
	return m, nil
}

// Fuse makes the model fast: its graph then computes the same values in as few
// passes as the kernels allow. A model that is fused to train also computes the
// gradient of the loss by every learnable, which the learnable's Grad method returns
// after a run. Fuse must be called once, before the machine is made.
func (m *Model) Fuse(train bool) (err error) {
	writing.Lock()
	defer writing.Unlock()
	roots := []**G.Node{&m.Loss}
	var wrt G.Nodes
	if train {
		wrt = m.Learnables
	} else {
		roots = append(roots, &m.Output)
		if m.Code != nil {
			roots = append(roots, &m.Code)
		}
		for i := range m.Layers {
			roots = append(roots, &m.Layers[i].Output)
		}
	}
	nodes := make(G.Nodes, len(roots))
	for i, root := range roots {
		nodes[i] = *root
	}
	if m.Graph, nodes, err = fuse.Graph(nodes, wrt...); err != nil {
		return err
	}
	for i, root := range roots {
		*root = nodes[i]
	}
	if fuse.TakesImages(m.Graph, m.Input) {
		m.Bytes = fuse.NewImages(m.Input.Shape())
	}
	return nil
}

// Feed makes the next run compute a batch: images (B, inputs), a tensor or Bytes,
// and labels (B). The caller must not change them during the run.
func (m *Model) Feed(images G.Value, labels *tensor.Dense) error {
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

// Row returns row i of the value that a node of the model, (B, n), had in the last
// run. The row belongs to the graph and changes with the next run.
func Row(node *G.Node, i int) []float32 {
	value := node.Value().(*tensor.Dense)
	width := value.Shape()[1] // the node's own method would copy the shape
	return value.Float32s()[i*width : (i+1)*width]
}
