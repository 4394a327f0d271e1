package metrics

import (
	"math"
	"strings"
	"testing"
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
}

// accuracies is a history with the given pairs of training and validation
// accuracy.
func accuracies(pairs ...[2]float64) History {
	var h History
	for i, p := range pairs {
		h = append(h, Epoch{Number: i + 1, TrainLoss: 1, ValidationLoss: 1, TrainAccuracy: p[0], ValidationAccuracy: p[1]})
	}
	return h
}

// losses is a history of a model that does not classify.
func losses(pairs ...[2]float64) History {
	var h History
	for i, p := range pairs {
		h = append(h, Epoch{Number: i + 1, TrainLoss: p[0], ValidationLoss: p[1], TrainAccuracy: math.NaN(), ValidationAccuracy: math.NaN()})
	}
	return h
}

func TestJudge(t *testing.T) {
	falling := losses()
	flat := losses()
	for i := range 20 {
		falling = append(falling, losses([2]float64{1 / float64(i+1), 1 / float64(i+1)})...)
		flat = append(flat, losses([2]float64{0.5, 0.52})...)
	}
	// Twelve epochs: the verdict rests on the last two.
	swinging := append(accuracies(make([][2]float64, 10)...), accuracies([2]float64{0.80, 0.70}, [2]float64{0.86, 0.90})...)
	for _, test := range []struct {
		name    string
		history History
		against Reference
		fit     string
		says    []string
	}{
		{"gap", accuracies([2]float64{0.95, 0.85}), Reference{Chance: 0.5}, Overfitting, []string{"0.950", "0.850", "gap above 0.05", "in the last epoch"}},
		{"gap within the limit", accuracies([2]float64{0.90, 0.8501}), Reference{Chance: 0.5}, AboutRight, nil},
		{"low", accuracies([2]float64{0.70, 0.69}), Reference{Chance: 0.5}, Underfitting, []string{"stay below 0.75"}},
		{"low for two classes is high for ten", accuracies([2]float64{0.60, 0.59}), Reference{Chance: 0.1}, AboutRight, nil},
		{"right", accuracies([2]float64{0.87, 0.84}), Reference{Chance: 0.5}, AboutRight, []string{"training accuracy 0.870, validation accuracy 0.840"}},
		{"swinging", swinging, Reference{Chance: 0.5}, AboutRight, []string{"0.830", "0.800 over the last 2 epochs", "swings by ±0.100"}},
		{"one epoch", losses([2]float64{0.012, 0.012}), Reference{}, Underfitting, []string{"one epoch shows no trend"}},
		{"loss ratio", losses([2]float64{0.010, 0.012}), Reference{}, Overfitting, []string{"a ratio of 1.20"}},
		{"still falling", falling, Reference{}, Underfitting, []string{"still fell by 10.0%", "train longer"}},
		{"worse than principal components", flat, Reference{PCA: 0.4}, Underfitting, []string{"1.30 times the 0.4", "above 1.10"}},
		{"as good as principal components", flat, Reference{PCA: 0.5}, AboutRight, nil},
		{"flat", flat, Reference{}, AboutRight, []string{"a ratio of 1.04"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Judge(test.history, test.against)
			if got.Fit != test.fit {
				t.Errorf("verdict %q, want %q: %s", got.Fit, test.fit, got.Reason)
			}
			for _, words := range test.says {
				if !strings.Contains(got.Reason, words) {
					t.Errorf("the reason %q does not say %q", got.Reason, words)
				}
			}
		})
	}
}
