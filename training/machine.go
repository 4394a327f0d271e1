package training

import (
	"errors"
	"fmt"

	G "gorgonia.org/gorgonia"

	"cifartrain/graphs"
	"cifartrain/loaders"
)

// A machine runs one model's graph batch by batch.
type machine struct {
	model *graphs.Model
	vm    G.VM
	all   func() error // executes every instruction of the graph

	parameters []G.ValueGrad // the weights with their gradients, of a model that trains
}

// newMachine compiles the model's graph. Machines must be made one after the
// other, because compiling writes to the weights' tensors, which models share.
func newMachine(model *graphs.Model) *machine {
	vm, all, _ := newTapeMachine(model.Graph)
	return &machine{model: model, vm: vm, all: all}
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
	if m.model.TakesBytes() {
		return m.model.FeedBytes(batch.Bytes, batch.Transform.Tables(), batch.Transform.MeanImage(), batch.Labels)
	}
	return m.model.Feed(batch.Images(), batch.Labels, batch.Rows())
}

// close frees the machine, which must not run again. It returns err, the error
// so far, joined with its own.
func (m *machine) close(err error) error { return errors.Join(err, m.vm.Close()) }
