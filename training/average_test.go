package training_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cifartrain/graphs"
	"cifartrain/training"
)

// TestAverage compares with the formula in float64 while a weight follows a
// sine: the first decays are 2/11, 3/12, ..., the later ones the average's own.
func TestAverage(t *testing.T) {
	weights := newModel(t, "linear_svm", graphs.Spec{C: 1}).Initialize(random)
	average := training.NewAverage(weights, 0.5)
	bias := weights[1].Value.Float32s()
	want := float64(bias[0])
	for step := 1; step <= 30; step++ {
		bias[0] = float32(math.Sin(float64(step)))
		average.Update(weights, step)
		decay := 0.5
		if step < 8 { // (1+8)/(10+8) is 0.5
			decay = float64(1+step) / float64(10+step)
		}
		want = decay*want + (1-decay)*float64(bias[0])
		if got := average.Weights[1].Value.Float32s()[0]; math.Abs(float64(got)-want) > 1e-6 {
			t.Fatalf("step %d: the average is %v, want %v", step, got, want)
		}
	}
	if diff := cmp.Diff(weights[0].Value.Float32s(), average.Weights[0].Value.Float32s()); diff != "" {
		t.Errorf("the average of weights that stayed is not themselves:\n%s", diff)
	}
}

// TestAverageLeavesTrainingAlone trains with and without an average: the trained
// weights and their losses are the same to the bit, what is kept is not.
func TestAverageLeavesTrainingAlone(t *testing.T) {
	plain, averaged := newRun(t, 0.01), newRun(t, 0.01)
	averaged.Average = training.NewAverage(averaged.Weights, 0.9)
	want, got := train(t, plain), train(t, averaged)
	if diff := cmp.Diff(values(plain.Weights), values(averaged.Weights)); diff != "" {
		t.Errorf("averaging changed the trained weights:\n%s", diff)
	}
	for i := range want.History {
		if got.History[i].TrainLoss != want.History[i].TrainLoss {
			t.Errorf("epoch %d: averaging changed the training loss from %v to %v", i+1, want.History[i].TrainLoss, got.History[i].TrainLoss)
		}
		if got.History[i].ValidationLoss == want.History[i].ValidationLoss {
			t.Errorf("epoch %d: the average has the validation loss of the trained weights", i+1)
		}
	}
	evaluation := validate(t, averaged, got.Best)
	if best := got.History[got.History.Best()]; evaluation.Loss != best.ValidationLoss {
		t.Errorf("the best weights score %g, the average of their epoch %g", evaluation.Loss, best.ValidationLoss)
	}
}
