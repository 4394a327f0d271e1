package kernels

import (
	"math"
	"testing"
)

// scoresAndTargets are n scores around the margin's kink, one in four exactly
// on it, and random targets.
func scoresAndTargets(t *testing.T, n int) (scores, targets []float32) {
	random := source(t)
	scores, targets = normal(random, n), make([]float32, n)
	for i := range targets {
		targets[i] = float32(2*random.IntN(2) - 1)
		if i%4 == 3 {
			scores[i] = targets[i]
		}
	}
	return scores, targets
}

// TestHinge compares with a float64 loop. Each margin is rounded once, by at most a
// unit of 1 + |score|, which its square doubles; the mean, the factors and the product
// with c are rounded too. The margin's sign is exact: y is 1 or -1, and a float32
// difference is only zero where the numbers are equal.
func TestHinge(t *testing.T) {
	for _, n := range append(sizes, 3072) {
		scores, targets := scoresAndTargets(t, n)
		for _, c := range []float32{1, 0.5, 3.7, 0} {
			for _, squared := range []bool{false, true} {
				s, y, gradient := guard(scores, n%4), guard(targets, n%3), unset(n, n%5)
				loss := Hinge(gradient.values(), s.values(), y.values(), c, squared)
				gradient.check(t, "gradient")
				if alone := Hinge(nil, scores, targets, c, squared); loss != alone {
					t.Fatalf("n=%d c=%v: the loss is %v with its gradient, %v alone", n, c, loss, alone)
				}
				if !sameBits(s.values(), scores) || !sameBits(y.values(), targets) {
					t.Fatalf("n=%d: scores or targets were written to", n)
				}
				share, want, size := float64(c)/float64(n), 0.0, 0.0
				for i, got := range gradient.values() {
					margin := 1 - float64(targets[i])*float64(scores[i])
					loss, slope, rounded := max(0, margin), 0.0, 1+math.Abs(float64(scores[i]))
					if margin >= 0 { // the kink passes on
						slope = -float64(targets[i]) * share
					}
					bound := 4 * unit * math.Abs(slope)
					if squared {
						slope *= 2 * margin
						bound = 16 * unit * share * rounded
						loss, rounded = loss*loss, 2*loss*rounded
					}
					want, size = want+share*loss, size+share*rounded
					if !(math.Abs(float64(got)-slope) <= bound) {
						t.Fatalf("n=%d c=%v squared=%v: gradient %d is %v, want %v", n, c, squared, i, got, slope)
					}
				}
				if !(math.Abs(float64(loss)-want) <= 4*unit*size) {
					t.Errorf("n=%d c=%v squared=%v: the loss is %v, want %v", n, c, squared, loss, want)
				}
			}
		}
	}
}

// TestHingeKink pins the three sides of the kink, as torch.clamp(min=0) has them, and
// what a broken score gives: a NaN shows in the loss and in its own gradient.
func TestHingeKink(t *testing.T) {
	below, above := math.Nextafter32(1, 0), math.Nextafter32(1, 2)
	nan, infinity := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		score, target, loss, gradient float32
		squared                       bool
	}{
		{below, 1, 1 - below, -1, false}, {1, 1, 0, -1, false}, {above, 1, 0, 0, false},
		{-below, -1, 1 - below, 1, false}, {-1, -1, 0, 1, false}, {-above, -1, 0, 0, false},
		{nan, 1, nan, nan, false}, {-infinity, 1, infinity, -1, false}, {infinity, 1, 0, 0, false}, {infinity, -1, infinity, 1, false},
		{nan, 1, nan, nan, true}, {-infinity, 1, infinity, -infinity, true}, {infinity, 1, 0, 0, true},
	} {
		for at := range 3 {
			scores, targets, gradient := []float32{9, 9, 9}, []float32{1, 1, 1}, make([]float32, 3)
			scores[at], targets[at] = c.score, c.target
			want := make([]float32, 3)
			want[at] = c.gradient
			loss := Hinge(gradient, scores, targets, 3, c.squared) // three times the mean of three
			if !sameNumbers(append(gradient, loss), append(want, c.loss)) {
				t.Errorf("score %v, target %v, squared %v: loss %v and gradient %v, want %v and %v",
					c.score, c.target, c.squared, loss, gradient, c.loss, want)
			}
		}
	}
}

// TestMSE compares with a float64 loop: each difference is rounded once, and so
// is the mean; a gradient is rounded three times.
func TestMSE(t *testing.T) {
	onEach(t, func(t *testing.T) {
		for _, n := range append(sizes, 4097, 128*3072) {
			random := source(t)
			x, y := normal(random, n), normal(random, n)
			predictions, targets, gradient := guard(x, n%4), guard(y, n%3), unset(n, n%5)
			want := 0.0
			for i, p := range x {
				d := float64(p) - float64(y[i])
				want += d * d / float64(n)
			}
			got := MSE(gradient.values(), predictions.values(), targets.values())
			gradient.check(t, "gradient")
			if !(math.Abs(float64(got)/want-1) <= 4*unit) {
				t.Errorf("MSE of %d elements is %.9g, want %.9g", n, got, want)
			}
			if alone := MSE(nil, predictions.values(), targets.values()); alone != got {
				t.Errorf("MSE of %d elements is %v without a gradient, %v with it", n, alone, got)
			}
			for i, g := range gradient.values() {
				want := 2 * (float64(x[i]) - float64(y[i])) / float64(n)
				if !(math.Abs(float64(g)-want) <= 4*unit*math.Abs(want)) {
					t.Fatalf("of %d elements: gradient %d is %.9g, want %.9g", n, i, g, want)
				}
			}
		}
	})
}

// TestMSENotANumber proves that a NaN shows in the loss and in its own gradient,
// wherever it stands.
func TestMSENotANumber(t *testing.T) {
	onEach(t, func(t *testing.T) {
		for at := range 70 {
			x, y, gradient := make([]float32, 70), make([]float32, 70), make([]float32, 70)
			x[at] = float32(math.NaN())
			if got := MSE(gradient, x, y); got == got {
				t.Errorf("a NaN prediction %d gives the loss %v", at, got)
			}
			for i, g := range gradient {
				if (g != g) != (i == at) {
					t.Errorf("a NaN prediction %d gives gradient %d as %v", at, i, g)
				}
			}
		}
	})
}
