package metrics_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"cifartrain/metrics"
)

// TestCalibration compares with a loop over the edges of the bins, and with an
// example whose error is seen at once.
func TestCalibration(t *testing.T) {
	// Two images of 0.9, of which one is right, and one of 0.65, which is right.
	if got := metrics.NewCalibration([]float64{0.9, 0.9, 0.65}, []bool{true, false, true}, 10).Error; math.Abs(got-(0.8+0.35)/3) > 1e-12 {
		t.Errorf("the error is %g, want %g", got, (0.8+0.35)/3)
	}
	random := rand.New(rand.NewPCG(1, 2))
	confidence, correct := []float64{0, 1, 0.1, 0.2}, []bool{false, true, true, false} // on the edges, too
	for range 500 {
		confidence, correct = append(confidence, random.Float64()), append(correct, random.IntN(3) > 0)
	}
	got, want := metrics.NewCalibration(confidence, correct, 10), 0.0
	for bin := range 10 {
		count, sum, right := 0, 0.0, 0.0
		for i, p := range confidence {
			if above := p > float64(bin)/10 || bin == 0; above && p <= float64(bin+1)/10 {
				if count, sum = count+1, sum+p; correct[i] {
					right++
				}
			}
		}
		want += math.Abs(sum-right) / float64(len(confidence))
		if b := got.Bins[bin]; b.Count != count || math.Abs(b.Confidence-sum/float64(count)) > 1e-12 || math.Abs(b.Accuracy-right/float64(count)) > 1e-12 {
			t.Errorf("bin %d is %+v, want %d images", bin, b, count)
		}
	}
	if math.Abs(got.Error-want) > 1e-12 {
		t.Errorf("the error is %g, want %g", got.Error, want)
	}
}
