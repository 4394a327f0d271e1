package training

import (
	"errors"
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
	trains       bool // whether the graphs hold gradients
	bySize       map[int]*machine
	borrowed     map[int]bool // the sizes whose machine belongs to others
}

// newMachines returns no machine yet; prepare makes them.
func newMachines(architecture *graphs.Architecture, weights graphs.Weights, trains bool) *machines {
	return &machines{architecture, weights, trains, map[int]*machine{}, map[int]bool{}}
}

// prepare compiles a graph for each of the sizes that the batcher's batches have,
// unless there is one. A set has one smaller batch, so that machines which share a
// set can borrow the machine for it, unless lender is nil. Machines of one set of
// weights must be prepared one after the other and while none runs, because compiling
// writes to the weights' tensors.
func (m *machines) prepare(batcher *loaders.Batcher, lender *machines) error {
	for _, rows := range batcher.Sizes() {
		if m.bySize[rows] != nil {
			continue
		}
		if lender != nil && rows < batcher.Size() {
			m.bySize[rows], m.borrowed[rows] = lender.bySize[rows], true
			continue
		}
		build := m.architecture.Build
		if m.trains {
			build = m.architecture.BuildToTrain
		}
		model, err := build(m.weights, rows)
		if err != nil {
			return err
		}
		if err := model.Fuse(m.trains); err != nil {
			return err
		}
		m.bySize[rows] = newMachine(model)
	}
	return nil
}

// run computes the graph for a batch of a prepared size and returns its machine.
func (m *machines) run(batch *loaders.Batch) (*machine, error) {
	machine := m.bySize[batch.Rows()]
	return machine, machine.run(batch)
}

// close frees the machines, which must not run again. It returns err, the error
// so far, joined with its own.
func (m *machines) close(err error) error {
	for rows, machine := range m.bySize {
		if !m.borrowed[rows] {
			err = errors.Join(err, machine.vm.Close())
		}
	}
	return err
}

// A machine runs one graph.
type machine struct {
	model *graphs.Model
	vm    G.VM
	all   func() error // executes every instruction of the graph

	parameters []G.ValueGrad // the weights; with their gradients in a graph that trains
}

// newMachine compiles the model's graph.
func newMachine(model *graphs.Model) *machine {
	vm, all, _ := newTapeMachine(model.Graph)
	return &machine{model, vm, all, G.NodesToValueGrads(model.Learnables)}
}

// run computes the graph for a batch.
func (m *machine) run(batch *loaders.Batch) error {
	if err := m.feed(batch); err != nil {
		return err
	}
	return m.execute()
}

// execute computes the graph for what the model was fed.
func (m *machine) execute() error {
	err := m.all()
	m.vm.Reset() // without this, the next RunAll would do nothing
	if err != nil {
		return fmt.Errorf("running the graph: %w", cause(err))
	}
	return nil
}

// feed gives the model a batch in the form it takes.
func (m *machine) feed(batch *loaders.Batch) error {
	if m.model.Bytes == nil {
		return m.model.Feed(batch.Images(), batch.Labels)
	}
	if err := m.model.Bytes.Set(batch.Bytes, batch.Transform.Tables(), batch.Transform.MeanImage()); err != nil {
		return err
	}
	return m.model.Feed(m.model.Bytes, batch.Labels)
}
