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
	weights := newModel("linear_svm", graphs.Spec{C: 1}).Initialize(random)
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
