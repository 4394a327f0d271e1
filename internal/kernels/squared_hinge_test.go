package kernels

import (
	"math"
	"testing"
)

// TestSquaredHinge compares with a float64 loop. A margin is rounded by at most
// a unit of 1 + |score|, which its square doubles; the mean and the product
// with c are rounded too.
func TestSquaredHinge(t *testing.T) {
	for _, n := range append(sizes, 3072) {
		scores, targets := scoresAndTargets(t, n)
		for _, c := range []float32{1, 0.5, 3.7, 0} {
			s, y := guard(scores, n%4), guard(targets, n%3)
			got := float64(SquaredHinge(s.values(), y.values(), c))
			want, size := 0.0, 0.0
			for i := range n {
				margin := math.Max(0, 1-float64(targets[i])*float64(scores[i]))
				want += margin * margin
				size += margin * (1 + math.Abs(float64(scores[i])))
			}
			want, size = float64(c)*want/float64(n), float64(c)*size/float64(n)
			if !(math.Abs(got-want) <= 8*unit*size) {
				t.Errorf("n=%d c=%v: the loss is %v, want %v", n, c, got, want)
			}
		}
	}
}

// TestSquaredHingeGradient compares with a float64 loop, within the roundings
// of the margin and of the factors.
func TestSquaredHingeGradient(t *testing.T) {
	for _, n := range append(sizes, 3072) {
		scores, targets := scoresAndTargets(t, n)
		for _, c := range []float32{1, 0.5, 3.7, 0} {
			s, y, gradient := guard(scores, n%4), guard(targets, n%3), unset(n, n%5)
			loss := SquaredHingeWithGradient(gradient.values(), s.values(), y.values(), c)
			gradient.check(t, "gradient")
			if want := SquaredHinge(scores, targets, c); loss != want {
				t.Errorf("n=%d c=%v: the loss is %v, without gradient %v", n, c, loss, want)
			}
			if !sameBits(s.values(), scores) || !sameBits(y.values(), targets) {
				t.Fatalf("n=%d: scores or targets were written to", n)
			}
			for i, got := range gradient.values() {
				scale := 2 * float64(c) / float64(n)
				want := -float64(targets[i]) * scale * math.Max(0, 1-float64(targets[i])*float64(scores[i]))
				if !(math.Abs(float64(got)-want) <= 8*unit*math.Abs(scale)*(1+math.Abs(float64(scores[i])))) {
					t.Fatalf("n=%d c=%v: gradient %d is %v, want %v", n, c, i, got, want)
				}
			}
		}
	}
}

// TestSquaredHingeNotANumber proves that a broken score shows, in the loss and
// in its own gradient, and that an infinite one is not taken for it.
func TestSquaredHingeNotANumber(t *testing.T) {
	nan, infinity := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct{ score, loss, gradient float32 }{
		{nan, nan, nan}, {-infinity, infinity, -infinity}, {infinity, 0, 0}, {1, 0, 0},
	} {
		gradient := make([]float32, 1)
		loss := SquaredHingeWithGradient(gradient, []float32{c.score}, []float32{1}, 1)
		same := func(a, b float32) bool { return a == b || a != a && b != b }
		if !same(loss, c.loss) || !same(gradient[0], c.gradient) {
			t.Errorf("score %v: loss %v and gradient %v, want %v and %v", c.score, loss, gradient[0], c.loss, c.gradient)
		}
	}
}
