package training

// Gorgonia's TapeMachine runs a graph by RunAll, which locks the calling
// goroutine to its thread and executes the instructions in a second goroutine.
// Only work for a GPU needs that. It costs every batch two changes of thread,
// 40 to 100 microseconds, which is longer than a whole step of the SVM takes,
// and the helpers that share the products fall asleep meanwhile.
//
// The machine's other exported method, Run, executes instructions on the
// goroutine that calls it. The instructions are in a field that is not
// exported; this file reads that field once for each machine. Gorgonia's
// version is pinned. Should another version lack the field, or hold something
// else in it, the machine runs by RunAll, which gives the same results, and
// TestTapeMachineRunsDirectly fails.

import (
	"errors"
	"reflect"
	"unsafe"

	G "gorgonia.org/gorgonia"

	"cifartrain/graphs/ops"
)

// newTapeMachine compiles the graph and returns its machine and what executes
// all of the graph's instructions once. direct tells whether that happens on
// the calling goroutine.
func newTapeMachine(graph *G.ExprGraph) (vm G.VM, run func() error, direct bool) {
	machine := G.NewTapeMachine(graph)
	run, direct = runDirectly(machine.Run, machine.Prog())
	if !direct {
		return machine, machine.RunAll, false
	}
	// Run ends by binding every node to what its register holds by then, which
	// is another node's value where nodes take turns in a register. Each
	// instruction has bound its node already, as in RunAll. Without places of
	// nodes there is nothing left to bind.
	clear(machine.LocMap())
	return machine, run, true
}

// runDirectly returns a function that runs the program's instructions, of
// Gorgonia's unexported type F. ok is false where the program does not hold
// them as this version of Gorgonia does.
func runDirectly[F any](run func(F) error, program any) (all func() error, ok bool) {
	const instructions = "instructions"
	pointer := reflect.ValueOf(program)
	if pointer.Kind() != reflect.Pointer || pointer.Elem().Kind() != reflect.Struct {
		return nil, false
	}
	field := pointer.Elem().FieldByName(instructions)
	if !field.IsValid() || field.Type() != reflect.TypeFor[F]() {
		return nil, false
	}
	fragment := *(*F)(unsafe.Pointer(field.UnsafeAddr()))
	return func() error { return run(fragment) }, true
}

// cause returns the error of the op that failed, where one of ours did: Run and
// RunAll wrap it differently, and neither adds anything that it does not say.
func cause(err error) error {
	if contextual, ok := err.(interface{ Err() error }); ok {
		err = contextual.Err() // RunAll's error has no Unwrap
	}
	if failed, ok := errors.AsType[*ops.Error](err); ok {
		return failed
	}
	return err
}
