package metrics_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"cifartrain/metrics"
)

// TestROC compares the area with its meaning, counted over all pairs.
func TestROC(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	scores, of := make([]float64, 200), make([]bool, 200)
	for i := range scores {
		of[i] = random.IntN(3) == 0
		scores[i] = math.Round(4 * random.NormFloat64()) // with ties
		if of[i] {
			scores[i] += 3
		}
	}
	roc := metrics.NewROC(scores, of)
	higher, pairs := 0.0, 0.0
	for i := range scores {
		for j := range scores {
			if !of[i] || of[j] {
				continue
			}
			pairs++
			switch {
			case scores[i] > scores[j]:
				higher++
			case scores[i] == scores[j]:
				higher += 0.5
			}
		}
	}
	if want := higher / pairs; math.Abs(roc.Area-want) > 1e-12 {
		t.Errorf("area %v, want %v", roc.Area, want)
	}
	falsePositive, truePositive := roc.At(0)
	above, all := map[bool]float64{}, map[bool]float64{} // by whether they are of the class
	for i, score := range scores {
		if all[of[i]]++; score > 0 {
			above[of[i]]++
		}
	}
	if math.Abs(falsePositive-above[false]/all[false]) > 1e-12 || math.Abs(truePositive-above[true]/all[true]) > 1e-12 {
		t.Errorf("at 0: %v, %v; want %v of %v", falsePositive, truePositive, above, all)
	}
	if got := metrics.NewROC(scores, make([]bool, 200)); got.TruePositive != nil {
		t.Errorf("without the class: %v, want nothing", got)
	}
}
