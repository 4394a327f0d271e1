package metrics

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBestIsTheFirstLowestValidationLoss(t *testing.T) {
	for _, test := range []struct {
		losses []float64
		want   int
	}{
		{nil, -1},
		{[]float64{3}, 0},
		{[]float64{3, 1, 2}, 1},
		{[]float64{3, 1, 1}, 1},
		{[]float64{math.NaN(), 2, 1}, 2},
	} {
		var history History
		for i, loss := range test.losses {
			history = append(history, Epoch{Number: i + 1, ValidationLoss: loss})
		}
		if got := history.Best(); got != test.want {
			t.Errorf("Best of %v is %d, want %d", test.losses, got, test.want)
		}
	}
}

func TestConfusion(t *testing.T) {
	c := NewConfusion([]string{"frog", "horse"})
	if got := c.Accuracy(); got != 0 {
		t.Errorf("accuracy of nothing is %g, want 0", got)
	}
	for actual, row := range [][]int{{6, 2}, {1, 3}} {
		for predicted, n := range row {
			for range n {
				c.Add(actual, predicted)
			}
		}
	}
	if c.Total() != 12 || c.Counts[0][1] != 2 || c.Counts[1][0] != 1 {
		t.Errorf("counts are %v", c.Counts)
	}
	if got := c.Accuracy(); got != 0.75 {
		t.Errorf("accuracy is %g, want 9 of 12", got)
	}
	want := []ClassScore{{"frog", 8, 0.75, "horse", 0.25}, {"horse", 4, 0.75, "frog", 0.25}}
	if diff := cmp.Diff(want, c.ByClass()); diff != "" {
		t.Errorf("by class (-want +got):\n%s", diff)
	}
	empty := NewConfusion([]string{"frog", "horse"})
	if diff := cmp.Diff([]ClassScore{{Class: "frog"}, {Class: "horse"}}, empty.ByClass()); diff != "" {
		t.Errorf("of nothing, by class (-want +got):\n%s", diff)
	}
}
