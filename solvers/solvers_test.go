package solvers

import (
	"slices"
	"strings"
	"testing"
)

// TestRestore hands over to a new solver after each of some steps and wants the
// weights of one that did all of them.
func TestRestore(t *testing.T) {
	for name, spec := range map[string]Spec{
		"sgd":      {Kind: "sgd", LearningRate: 0.1, WeightDecay: 0.01},
		"momentum": {Kind: "sgd", LearningRate: 0.1, WeightDecay: 0.01, Momentum: 0.9, Nesterov: true},
		"adam":     {Kind: "adam", LearningRate: 0.1, WeightDecay: 0.01, Betas: [2]float64{0.9, 0.999}, Eps: 1e-8},
		"adamw":    {Kind: "adamw", LearningRate: 0.1, WeightDecay: 0.01, Betas: [2]float64{0.9, 0.999}, Eps: 1e-8},
	} {
		const steps = 7
		want := weightsAfter(t, spec, steps, steps)
		for handover := range steps {
			if got := weightsAfter(t, spec, steps, handover); !slices.Equal(got, want) {
				t.Errorf("%s: handed over after %d steps the weights are %v, want %v", name, handover, got, want)
			}
		}
	}
}

// weightsAfter are the problem's weights after steps, of which a second solver
// does those from handover on.
func weightsAfter(t *testing.T, spec Spec, steps, handover int) (all []float32) {
	t.Helper()
	solver, parameters := must(New(spec)), problem()
	for number := range steps {
		if number == handover {
			next := must(New(spec))
			if err := next.Restore(solver.State(), []int{12, 5}); err != nil {
				t.Fatal(err)
			}
			for _, tensors := range solver.State().Tensors { // the new one must not share them
				clear(tensors[0])
			}
			solver = next
		}
		step(t, solver, parameters, number)
	}
	for _, p := range parameters {
		all = append(all, values(p)...)
	}
	return all
}

func TestRestoreErrors(t *testing.T) {
	two, short := [][]float32{make([]float32, 12), make([]float32, 5)}, [][]float32{make([]float32, 12), make([]float32, 4)}
	for _, test := range []struct {
		kind     string
		momentum float64
		state    State
		says     string
	}{
		{"sgd", 0, State{Tensors: map[string][][]float32{momentumBuffer: two}}, `holds ["momentum_buffer"]; this optimizer keeps []`},
		{"sgd", 0.9, State{Tensors: map[string][][]float32{firstMoment: two, secondMoment: two}}, `this optimizer keeps ["momentum_buffer"]`},
		{"sgd", 0.9, State{Tensors: map[string][][]float32{momentumBuffer: short}}, "momentum_buffer has 4 values for parameter 1, not 5"},
		{"sgd", 0.9, State{Tensors: map[string][][]float32{momentumBuffer: two[:1]}}, "of 1 parameters, not 2"},
		{"adam", 0, State{Steps: 3, Tensors: map[string][][]float32{firstMoment: two}}, `this optimizer keeps ["exp_avg" "exp_avg_sq"]`},
		{"adam", 0, State{Steps: 3, Tensors: map[string][][]float32{firstMoment: two, secondMoment: short}}, "exp_avg_sq has 4 values"},
		{"adam", 0, State{Tensors: map[string][][]float32{firstMoment: two, secondMoment: two}}, "do not go with 0 steps"},
		{"adam", 0, State{Steps: 3}, "do not go with 3 steps"},
	} {
		solver := must(New(Spec{Kind: test.kind, Momentum: test.momentum}))
		if err := solver.Restore(test.state, []int{12, 5}); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: error is %v, want it to say %q", test.kind, err, test.says)
		}
	}
}
