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
	wantFalse, wantTrue, rest, class := 0.0, 0.0, 0.0, 0.0
	for i, score := range scores {
		switch {
		case of[i]:
			class++
			if score > 0 {
				wantTrue++
			}
		default:
			rest++
			if score > 0 {
				wantFalse++
			}
		}
	}
	if math.Abs(falsePositive-wantFalse/rest) > 1e-12 || math.Abs(truePositive-wantTrue/class) > 1e-12 {
		t.Errorf("at 0: %v, %v; want %v, %v", falsePositive, truePositive, wantFalse/rest, wantTrue/class)
	}
	if got := metrics.NewROC(scores, make([]bool, 200)); got.TruePositive != nil {
		t.Errorf("without the class: %v, want nothing", got)
	}
}
