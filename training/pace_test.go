package training_test

import (
	"testing"

	"cifartrain/loaders"
)

// TestMeasure wants a pace of a run whose epochs are shorter than what is
// timed, and of one whose validation set is a single batch.
func TestMeasure(t *testing.T) {
	for name, size := range map[string]int{"several batches": 10, "one batch": 1000} {
		loop := newLoop(t, 0.01)
		loop.ValidationBatcher = loaders.NewBatcher(loop.ValidationBatcher.Set, loaders.NewTransform(loop.ValidationBatcher.Set.Shape, nil), loaders.BatchOptions{Size: size})
		loop.TrainEvalBatcher = loaders.NewBatcher(loop.TrainEvalBatcher.Set, loaders.NewTransform(loop.TrainEvalBatcher.Set.Shape, nil), loaders.BatchOptions{Size: size})
		pace := must(loop.Measure(t.Context()))
		if !(pace.Step > 0 && pace.Image > 0) {
			t.Errorf("%s: the pace is %+v", name, pace)
		}
		if want := 6*pace.Step + 500*pace.Image; pace.Epoch < 0.999*want || pace.Epoch > 1.001*want {
			t.Errorf("%s: an epoch of 6 steps and 500 evaluated images takes %g s, want %g", name, pace.Epoch, want)
		}
	}
}
