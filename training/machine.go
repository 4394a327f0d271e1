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
}

// newMachine compiles the model's graph. Machines must be made one after the
// other: Gorgonia writes to the weights' tensors, which models share, as it
// compiles.
func newMachine(model *graphs.Model) *machine {
	return &machine{model: model, vm: G.NewTapeMachine(model.Graph)}
}

// run computes the graph for a batch.
func (m *machine) run(batch *loaders.Batch) error {
	if err := m.model.Feed(batch.Images, batch.Labels, batch.Rows()); err != nil {
		return err
	}
	err := m.vm.RunAll()
	m.vm.Reset() // without it the next run would do nothing
	if err != nil {
		return fmt.Errorf("training: running the graph: %w", err)
	}
	return nil
}

// close frees the machine; it is done for then. err is the error so far.
func (m *machine) close(err error) error { return errors.Join(err, m.vm.Close()) }
