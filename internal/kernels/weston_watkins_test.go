package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// westonWatkins64 is the loss and its gradient by a plain loop in float64.
func westonWatkins64(scores, labels []float32, classes int, c float64, squared bool) (loss float64, gradient []float64) {
	n := len(labels)
	gradient = make([]float64, len(scores))
	for i, label := range labels {
		for j := range classes {
			margin := 1 + float64(scores[i*classes+j]) - float64(scores[i*classes+int(label)])
			if j == int(label) || margin <= 0 {
				continue
			}
			term, slope := margin, 1.0
			if squared {
				term, slope = margin*margin, 2*margin
			}
			loss += c * term / float64(n)
			gradient[i*classes+j] += c * slope / float64(n)
			gradient[i*classes+int(label)] -= c * slope / float64(n)
		}
	}
	return loss, gradient
}

// TestWestonWatkins compares with the loop. A margin is rounded by a few units of
// the scores' size, and up to classes of them are added up.
func TestWestonWatkins(t *testing.T) {
	random := rand.New(rand.NewPCG(17, 1))
	for _, shape := range [][2]int{{1, 3}, {5, 10}, {64, 10}, {7, 100}} {
		n, classes := shape[0], shape[1]
		scores, labels := make([]float32, n*classes), make([]float32, n)
		for i := range scores {
			scores[i] = float32(2 * random.NormFloat64())
		}
		for i := range labels {
			labels[i] = float32(random.IntN(classes))
		}
		for _, squared := range []bool{false, true} {
			t.Run(fmt.Sprint(n, classes, squared), func(t *testing.T) {
				const c = 0.75
				s, gradient := guard(scores, 1), unset(n*classes, 3)
				loss := WestonWatkins(gradient.values(), s.values(), labels, classes, c, squared)
				gradient.check(t, "gradient")
				if alone := WestonWatkins(nil, scores, labels, classes, c, squared); alone != loss {
					t.Errorf("the loss is %v with its gradient and %v alone", loss, alone)
				}
				want, slopes := westonWatkins64(scores, labels, classes, c, squared)
				if math.Abs(float64(loss)-want) > 1e-6*want {
					t.Errorf("the loss is %v, want %v", loss, want)
				}
				for i, got := range gradient.values() {
					if math.Abs(float64(got)-slopes[i]) > 1e-5*(1+math.Abs(slopes[i])) {
						t.Fatalf("gradient %d is %v, want %v", i, got, slopes[i])
					}
				}
			})
		}
	}
}

// TestWestonWatkinsNotANumber proves that a broken score shows in the loss and in
// its own gradient, and that the kink has none.
func TestWestonWatkinsNotANumber(t *testing.T) {
	nan := float32(math.NaN())
	for _, squared := range []bool{false, true} {
		gradient := make([]float32, 6)
		loss := WestonWatkins(gradient, []float32{0, nan, 0, 2, 1, 1}, []float32{0, 0}, 3, 1, squared)
		if loss == loss || gradient[1] == gradient[1] || gradient[0] == gradient[0] {
			t.Errorf("squared %v: a NaN score gives the loss %v and the gradient %v", squared, loss, gradient)
		}
		for i, v := range gradient[3:] { // margins of exactly 0
			if v != 0 {
				t.Errorf("squared %v: gradient %d at the kink is %v", squared, i, v)
			}
		}
	}
}
