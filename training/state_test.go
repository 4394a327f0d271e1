package training_test

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gorgonia.org/tensor"

	"cifartrain/metrics"
	"cifartrain/training"
)

// copied is a state that shares nothing with the run.
func copied(s *training.State) *training.State {
	c := &training.State{History: slices.Clone(s.History), Partial: s.Partial, Scalars: maps.Clone(s.Scalars), Tensors: make(map[string]map[string]*tensor.Dense)}
	for group, tensors := range s.Tensors {
		c.Tensors[group] = make(map[string]*tensor.Dense)
		for name, one := range tensors {
			c.Tensors[group][name] = one.Clone().(*tensor.Dense)
		}
	}
	return c
}

// states are those that a run saves when it does so after every step.
func states(t *testing.T, loop *training.Loop) (all []*training.State, result training.Result) {
	t.Helper()
	loop.SaveEvery = 1
	loop.SaveState = func(s *training.State) error {
		all = append(all, copied(s))
		return nil
	}
	return all, train(t, loop)
}

var ignoreSeconds = cmpopts.IgnoreFields(metrics.Epoch{}, "Seconds")

// TestResume goes on from every state of a run and wants its numbers.
func TestResume(t *testing.T) {
	for name, newLoop := range map[string]func() *training.Loop{
		"svm with momentum":     func() *training.Loop { return newLoop(t, 0.01) },
		"autoencoder with Adam": func() *training.Loop { return newAutoencoderLoop(t, "autoencoder") },
	} {
		t.Run(name, func(t *testing.T) {
			whole := newLoop()
			saved, want := states(t, whole)
			steps := whole.TrainBatcher.NumBatches()
			if len(saved) != 1+whole.Epochs*(steps+1) {
				t.Fatalf("%d states of %d epochs of %d steps", len(saved), whole.Epochs, steps)
			}
			for i, state := range saved {
				loop := newLoop()
				if err := loop.Restore(state); err != nil {
					t.Fatal(err)
				}
				got := train(t, loop)
				if diff := cmp.Diff(want.History, got.History, cmpopts.EquateNaNs(), ignoreSeconds); diff != "" {
					t.Errorf("from state %d: the history differs:\n%s", i, diff)
				}
				if !slices.Equal(values(loop.Weights), values(whole.Weights)) || !slices.Equal(values(got.Best), values(want.Best)) {
					t.Errorf("from state %d: the weights differ", i)
				}
			}
		})
	}
}

// TestCancelSavesTheStep saves where the run was canceled, however long ago
// the last time was.
func TestCancelSavesTheStep(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	loop := newLoop(t, 0.01)
	loop.AfterStep = func(now training.Progress) {
		if now.Epoch == 3 && now.Step == 2 {
			cancel()
		}
	}
	var last *training.State
	loop.SaveState = func(s *training.State) error {
		last = copied(s)
		return nil
	}
	if result, err := loop.Train(ctx); !errors.Is(err, context.Canceled) || len(result.History) != 2 {
		t.Fatalf("%d epochs are kept, want 2; error is %v, want the cancellation", len(result.History), err)
	}
	if len(last.History) != 2 || last.Partial.Steps != 2 || last.Partial.Samples != 128 {
		t.Errorf("the state is of epoch %d, %+v", len(last.History)+1, last.Partial)
	}
	full := errors.New("the disk is full")
	loop.SaveState = func(*training.State) error { return full }
	if _, err := loop.Train(t.Context()); !errors.Is(err, full) {
		t.Errorf("error is %v, want that of saving", err)
	}
}

func TestDivergenceBeforeTheFirstStep(t *testing.T) {
	loop := newLoop(t, 0.01)
	for _, w := range loop.Weights {
		w.Value.Memset(float32(math.MaxFloat32))
	}
	var diverged *training.DivergedError
	if _, err := loop.Train(t.Context()); !errors.As(err, &diverged) || !diverged.Untrained || !strings.Contains(err.Error(), "-init") {
		t.Errorf("error is %v, want one that blames the weights", err)
	}
}

// TestStatesThatDoNotSuit refuses them with what is wrong.
func TestStatesThatDoNotSuit(t *testing.T) {
	saved, _ := states(t, newLoop(t, 0.01))
	middle := saved[len(saved)/2]
	for _, test := range []struct {
		says   string
		damage func(*training.State)
	}{
		{`the tensors of "weights" are missing`, func(s *training.State) { delete(s.Tensors, "weights") }},
		{`the tensors of "best" are missing`, func(s *training.State) { delete(s.Tensors, "best") }},
		{`tensors of "best": the weights lack "fc.bias"`, func(s *training.State) { delete(s.Tensors["best"], "fc.bias") }},
		{`tensors of "weights": "fc.bias" has the shape`, func(s *training.State) {
			s.Tensors["weights"]["fc.bias"] = tensor.New(tensor.WithShape(2), tensor.Of(tensor.Float32))
		}},
		{"this optimizer keeps", func(s *training.State) { s.Tensors["solver.exp_avg"] = s.Tensors["best"] }},
		{"9 steps are done of an epoch that has 6", func(s *training.State) { s.Partial.Steps = 9 }},
		{"-1 steps", func(s *training.State) { s.Partial.Steps = -1 }},
		{"samples with a total loss of", func(s *training.State) { s.Partial.Samples++ }},
		{"samples with a total loss of", func(s *training.State) { s.Partial.LossSum = math.NaN() }},
		{"1e+300 seconds", func(s *training.State) { s.Partial.Seconds = 1e300 }},
		{"-1 seconds", func(s *training.State) { s.Partial.Seconds = -1 }},
		{"the optimizer has done 1e+300 steps", func(s *training.State) { s.Scalars["solver.steps"] = 1e300 }},
		{"the optimizer has done -1 steps", func(s *training.State) { s.Scalars["solver.steps"] = -1 }},
		{"the optimizer has done 0.5 steps", func(s *training.State) { s.Scalars["solver.steps"] = 0.5 }},
		{`the tensors of "weights" are not all finite`, func(s *training.State) { s.Tensors["weights"]["fc.bias"].Float32s()[0] = float32(math.Inf(1)) }},
		{`the tensors of "best" are not all finite`, func(s *training.State) { s.Tensors["best"]["fc.bias"].Float32s()[0] = float32(math.NaN()) }},
		{"entry 1 of the history is epoch 1 with the losses NaN", func(s *training.State) { s.History[0].TrainLoss = math.NaN() }},
		{"entry 2 of the history is epoch 3", func(s *training.State) { s.History[1].Number = 3 }},
	} {
		state := copied(middle)
		test.damage(state)
		if err := newLoop(t, 0.01).Restore(state); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("error is %v, want it to say %q", err, test.says)
		}
	}
}
