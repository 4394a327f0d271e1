package metrics

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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
	falling, flat := losses(), losses()
	for i := range 20 {
		falling = append(falling, losses([2]float64{1 / float64(i+1), 1 / float64(i+1)})...)
		flat = append(flat, losses([2]float64{0.5, 0.52})...)
	}
	// Twelve epochs: the verdict rests on the last two.
	swinging := append(accuracies(make([][2]float64, 10)...), accuracies([2]float64{0.80, 0.70}, [2]float64{0.86, 0.90})...)
	for _, test := range []struct {
		name    string
		task    Task
		history History
		against Reference
		want    Verdict
	}{
		{"gap", Classify, accuracies([2]float64{0.95, 0.85}), Reference{Chance: 0.5},
			Verdict{Fit: Overfitting, Cause: Gap, Epochs: 1, Training: 0.95, Validation: 0.85, Figure: 0.1, Limit: 0.05}},
		{"gap within the limit", Classify, accuracies([2]float64{0.90, 0.8501}), Reference{Chance: 0.5},
			Verdict{Fit: AboutRight, Cause: Learnt, Epochs: 1, Training: 0.9, Validation: 0.8501, Figure: 0.0499, Limit: 0.05}},
		{"low", Classify, accuracies([2]float64{0.70, 0.69}), Reference{Chance: 0.5},
			Verdict{Fit: Underfitting, Cause: Unlearnt, Epochs: 1, Training: 0.7, Validation: 0.69, Figure: 0.7, Limit: 0.75}},
		{"low for two classes is high for ten", Classify, accuracies([2]float64{0.60, 0.59}), Reference{Chance: 0.1},
			Verdict{Fit: AboutRight, Cause: Learnt, Epochs: 1, Training: 0.6, Validation: 0.59, Figure: 0.01, Limit: 0.05}},
		{"swinging", Classify, swinging, Reference{Chance: 0.5},
			Verdict{Fit: AboutRight, Cause: Learnt, Epochs: 2, Training: 0.83, Validation: 0.8, Figure: 0.03, Limit: 0.05, Swing: 0.1, Unsettled: true}},
		{"one epoch", Restore, losses([2]float64{0.012, 0.012}), Reference{},
			Verdict{Fit: Underfitting, Cause: OneEpoch, Epochs: 1, Training: 0.012, Validation: 0.012}},
		{"loss ratio", Restore, losses([2]float64{0.010, 0.012}), Reference{},
			Verdict{Fit: Overfitting, Cause: LossRatio, Epochs: 1, Training: 0.01, Validation: 0.012, Figure: 1.2, Limit: 1.1}},
		{"still falling", Restore, falling, Reference{},
			Verdict{Fit: Underfitting, Cause: StillFalling, Epochs: 2, Training: (1./19 + 1./20) / 2, Validation: (1./19 + 1./20) / 2, Figure: 0.1, Limit: 0.02}},
		{"worse than principal components", Restore, flat, Reference{PCA: 0.4},
			Verdict{Fit: Underfitting, Cause: Yardstick, Epochs: 2, Training: 0.5, Validation: 0.52, Figure: 1.3, Limit: 1.1, PCA: 0.4}},
		{"as good as principal components", Restore, flat, Reference{PCA: 0.5},
			Verdict{Fit: AboutRight, Cause: LevelledOff, Epochs: 2, Training: 0.5, Validation: 0.52, Limit: 0.02, PCA: 0.5}},
		{"flat", Restore, flat, Reference{},
			Verdict{Fit: AboutRight, Cause: LevelledOff, Epochs: 2, Training: 0.5, Validation: 0.52, Limit: 0.02}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Judge(test.task, test.history, test.against), cmpopts.EquateApprox(0, 1e-12)); diff != "" {
				t.Errorf("the verdict (-want +got):\n%s", diff)
			}
		})
	}
}
