package runs

import "testing"

func TestMargin(t *testing.T) {
	for _, c := range []struct {
		class  int
		scores []float32
		want   float64
	}{
		{0, []float32{1.5}, -1.5}, {1, []float32{1.5}, 1.5},
		{2, []float32{-3, -1, -0.5}, 0.5}, {0, []float32{-3, -1, -0.5}, -2.5},
	} {
		if got := (Prediction{Scores: c.scores}).margin(c.class); got != c.want {
			t.Errorf("class %d of scores %v has the margin %v, want %v", c.class, c.scores, got, c.want)
		}
	}
}
