package solvers

import (
	"fmt"
	"maps"
	"slices"
)

// A State is what a solver carries from one step to the next.
type State struct {
	// Steps counts those taken, for a solver whose update depends on it.
	Steps int
	// Tensors holds, under torch's names, as many values for each parameter as
	// it has, in the order of Step's parameters. It is empty before the first
	// step and for a solver that carries nothing.
	Tensors map[string][][]float32
}

// copies returns the tensors of the given names, nil where the state is that
// before the first step. The error says which of them do not fit parameters of
// the given sizes.
func (s State) copies(sizes []int, names ...string) ([][][]float32, error) {
	copies := make([][][]float32, len(names))
	if len(s.Tensors) == 0 {
		return copies, nil
	}
	if held := slices.Sorted(maps.Keys(s.Tensors)); !slices.Equal(held, names) {
		return nil, fmt.Errorf("the state holds %q; this optimizer keeps %q", held, names)
	}
	for i, name := range names {
		values := s.Tensors[name]
		if len(values) != len(sizes) {
			return nil, fmt.Errorf("the state's %s is of %d parameters, not %d", name, len(values), len(sizes))
		}
		for j, size := range sizes {
			if len(values[j]) != size {
				return nil, fmt.Errorf("the state's %s has %d values for parameter %d, not %d", name, len(values[j]), j, size)
			}
			copies[i] = append(copies[i], slices.Clone(values[j]))
		}
	}
	return copies, nil
}
