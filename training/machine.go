package training

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"cifartrain/graphs"
	"cifartrain/loaders"
)

// Machines run a model batch by batch. A static graph has one batch size, so that
// the last, smaller batch of a set needs a graph of its own, on the same weights.
type machines struct {
	architecture *graphs.Architecture
	weights      graphs.Weights
	trains       bool               // whether the graphs hold gradients
	bySize       map[int][]*machine // for each batch size, those that can run at the same time
}

// newMachines returns no machine yet; prepare makes them.
func newMachines(architecture *graphs.Architecture, weights graphs.Weights, trains bool) *machines {
	return &machines{architecture, weights, trains, map[int][]*machine{}}
}

// prepare makes the missing machines for the batches of a batcher: count for the full
// ones, and one for the last, smaller one. No machine of the same weights may run
// meanwhile, because compiling writes to the weights' tensors.
func (m *machines) prepare(batcher *loaders.Batcher, count int) error {
	build := m.architecture.Build
	if m.trains {
		build = m.architecture.BuildToTrain
	}
	for _, rows := range batcher.Sizes() {
		for len(m.bySize[rows]) == 0 || rows == batcher.Size() && len(m.bySize[rows]) < count {
			model, err := build(m.weights, rows)
			if err != nil {
				return err
			}
			if err := model.Fuse(m.trains); err != nil {
				return err
			}
			m.bySize[rows] = append(m.bySize[rows], newMachine(model))
		}
	}
	return nil
}

// machine returns a worker's machine for a batch of a prepared size. Workers that run at
// the same time are counted from 0. Only one of them may have the smaller batch, because
// all have one machine for it.
func (m *machines) machine(worker int, batch *loaders.Batch) *machine {
	all := m.bySize[batch.Rows()]
	return all[min(worker, len(all)-1)]
}

// A machine runs one graph.
type machine struct {
	model *graphs.Model
	vm    G.VM         // needs no Close, which only frees the memory of a GPU
	all   func() error // executes every instruction of the graph

	parameters []G.ValueGrad // the weights; with their gradients in a graph that trains
}

// newMachine compiles the model's graph.
func newMachine(model *graphs.Model) *machine {
	vm, all := newTapeMachine(model.Graph)
	return &machine{model, vm, all, G.NodesToValueGrads(model.Learnables)}
}

// run computes the graph for a batch, in the form that the model takes.
func (m *machine) run(batch *loaders.Batch) error {
	var images G.Value
	if m.model.Bytes != nil { // the graph reads pixels as bytes, as the SVM's does
		if err := m.model.Bytes.Set(batch.Bytes, batch.Transform.Tables(), batch.Transform.MeanImage()); err != nil {
			return err
		}
		images = m.model.Bytes
	} else {
		images = batch.Images()
	}
	if err := m.model.Feed(images, batch.Labels); err != nil {
		return err
	}
	return m.execute()
}

// execute computes the graph for what the model was fed.
func (m *machine) execute() error {
	err := m.all()
	m.vm.Reset() // forgets an error, so that the machine can run again; without this, the next RunAll would do nothing
	if err != nil {
		return fmt.Errorf("running the graph: %w", cause(err))
	}
	return nil
}
