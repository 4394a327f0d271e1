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

// TestHinge compares with a float64 loop. Each margin is rounded once, by at
// most a unit of 1 + |score|, and the mean and the product with c twice more.
func TestHinge(t *testing.T) {
	for _, n := range append(sizes, 3072) {
		scores, targets := scoresAndTargets(t, n)
		for _, c := range []float32{1, 0.5, 3.7, 0} {
			s, y := guard(scores, n%4), guard(targets, n%3)
			got := float64(Hinge(s.values(), y.values(), c))
			want, size := 0.0, 0.0
			for i := range n {
				want += math.Max(0, 1-float64(targets[i])*float64(scores[i]))
				size += 1 + math.Abs(float64(scores[i]))
			}
			want, size = float64(c)*want/float64(n), float64(c)*size/float64(n)
			if !(math.Abs(got-want) <= 4*unit*size) {
				t.Errorf("n=%d c=%v: the loss is %v, want %v", n, c, got, want)
			}
		}
	}
}

// TestHingeTargetsBehind proves that targets behind the scores, those of rows
// without samples, do not count.
func TestHingeTargetsBehind(t *testing.T) {
	scores, targets := scoresAndTargets(t, 16)
	if a, b := Hinge(scores[:7], targets, 1), Hinge(scores[:7], targets[:7], 1); a != b {
		t.Errorf("the loss is %v with 16 targets, %v with 7", a, b)
	}
}

// TestHingeWithGradient compares with a float64 loop, within the roundings of
// the division and of the product, and the loss with Hinge to the bit. The
// margin's sign is exact: y is 1 or -1, and a float32 difference is only zero
// where the numbers are equal.
func TestHingeWithGradient(t *testing.T) {
	for _, n := range append(sizes, 3072) {
		scores, targets := scoresAndTargets(t, n)
		for _, c := range []float32{1, 0.5, 3.7, 0} {
			s, y, gradient := guard(scores, n%4), guard(targets, n%3), unset(n, n%5)
			loss := HingeWithGradient(gradient.values(), s.values(), y.values(), c)
			gradient.check(t, "gradient")
			if want := Hinge(scores, targets, c); loss != want {
				t.Fatalf("n=%d c=%v: the loss is %v, Hinge's %v", n, c, loss, want)
			}
			if !sameBits(s.values(), scores) || !sameBits(y.values(), targets) {
				t.Fatalf("n=%d: scores or targets were written to", n)
			}
			for i, got := range gradient.values() {
				want := 0.0
				if float64(targets[i])*float64(scores[i]) <= 1 { // the kink passes on
					want = -float64(targets[i]) * float64(c) / float64(n)
				}
				if !(math.Abs(float64(got)-want) <= 4*unit*math.Abs(want)) {
					t.Fatalf("n=%d c=%v: gradient %d is %v, want %v", n, c, i, got, want)
				}
			}
		}
	}
}

// TestHingeKink pins the three sides of the kink, as torch.clamp(min=0) has them.
func TestHingeKink(t *testing.T) {
	below, above := math.Nextafter32(1, 0), math.Nextafter32(1, 2)
	for _, c := range []struct{ score, target, loss, gradient float32 }{
		{below, 1, 1 - below, -1}, {1, 1, 0, -1}, {above, 1, 0, 0},
		{-below, -1, 1 - below, 1}, {-1, -1, 0, 1}, {-above, -1, 0, 0},
	} {
		gradient := make([]float32, 1)
		HingeWithGradient(gradient, []float32{c.score}, []float32{c.target}, 1)
		if loss := Hinge([]float32{c.score}, []float32{c.target}, 1); loss != c.loss || gradient[0] != c.gradient {
			t.Errorf("score %v, target %v: loss %v and gradient %v, want %v and %v",
				c.score, c.target, loss, gradient[0], c.loss, c.gradient)
		}
	}
}

// TestHingeNotANumber proves that a broken score shows, in the loss and in its
// own gradient, wherever it stands: it must not pass for a margin that is kept.
func TestHingeNotANumber(t *testing.T) {
	nan, infinity := float32(math.NaN()), float32(math.Inf(1))
	for _, n := range sizes {
		for _, at := range []int{0, n / 2, n - 1} {
			scores, targets := scoresAndTargets(t, n)
			sound := make([]float32, n)
			HingeWithGradient(sound, scores, targets, 1)

			scores[at] = nan
			if loss := Hinge(scores, targets, 1); !math.IsNaN(float64(loss)) {
				t.Errorf("n=%d: a NaN score %d gives the loss %v", n, at, loss)
			}
			gradient := make([]float32, n)
			HingeWithGradient(gradient, scores, targets, 1)
			for i, g := range gradient {
				if i == at && !math.IsNaN(float64(g)) || i != at && g != sound[i] {
					t.Errorf("n=%d: a NaN score %d gives gradient %d as %v", n, at, i, g)
				}
			}

			scores[at] = -infinity * targets[at] // as wrong as can be
			if loss := Hinge(scores, targets, 1); loss != infinity {
				t.Errorf("n=%d: an infinitely wrong score gives the loss %v", n, loss)
			}
			scores[at] = infinity * targets[at] // as right as can be
			if loss := Hinge(scores, targets, 1); math.IsNaN(float64(loss)) || math.IsInf(float64(loss), 0) {
				t.Errorf("n=%d: an infinitely right score gives the loss %v", n, loss)
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
			got := MSEWithGradient(gradient.values(), predictions.values(), targets.values())
			gradient.check(t, "gradient")
			if !(math.Abs(float64(got)/want-1) <= 4*unit) {
				t.Errorf("MSE of %d elements is %.9g, want %.9g", n, got, want)
			}
			if alone := MSE(predictions.values(), targets.values()); alone != got {
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
			if got := MSEWithGradient(gradient, x, y); got == got {
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
