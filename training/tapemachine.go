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

	"cifartrain/fuse"
)

// newTapeMachine compiles the graph and returns its machine and a function that
// executes all of the graph's instructions once.
func newTapeMachine(graph *G.ExprGraph) (vm G.VM, run func() error) {
	machine := G.NewTapeMachine(graph)
	run, direct := runDirectly(machine.Run, machine.Prog())
	if !direct {
		return machine, machine.RunAll
	}
	// Run ends by setting every node to the value in its register, which may by
	// then belong to another node, because nodes take turns in a register. Each
	// instruction has set its node already, as in RunAll. With an empty map of
	// registers, Run sets nothing at its end.
	clear(machine.LocMap())
	return machine, run
}

// runDirectly returns a function that runs the program's instructions, which
// are of Gorgonia's unexported type F. ok is false if the program does not
// store them as this version of Gorgonia does.
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

// cause returns the error of the op that failed, if it is one of ours: Run and
// RunAll wrap it differently, and neither adds any information.
func cause(err error) error {
	if contextual, ok := err.(interface{ Err() error }); ok {
		err = contextual.Err() // RunAll's error has no Unwrap
	}
	if failed, ok := errors.AsType[*fuse.Error](err); ok {
		return failed
	}
	return err
}
