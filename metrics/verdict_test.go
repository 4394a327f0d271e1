package metrics

import (
	"math"
	"testing"
)

// TestJudge holds a case for each rule and for each side of its limit.
func TestJudge(t *testing.T) {
	// curves is a history of 30 epochs. Each figure is a start, what each epoch adds
	// to it, and how far it swings up and down from one epoch to the next.
	type figure struct{ start, slope, swing float64 }
	at := func(f figure, epoch int) float64 {
		return f.start + f.slope*float64(epoch) + f.swing*float64(epoch%2*2-1)
	}
	curves := func(train, validation, accuracyTrain, accuracy figure) (h History) {
		for i := range 30 {
			h = append(h, Epoch{Number: i + 1, LearningRate: 0.1, TrainLoss: at(train, i), ValidationLoss: at(validation, i),
				TrainAccuracy: at(accuracyTrain, i), ValidationAccuracy: at(accuracy, i)})
		}
		return h
	}
	flat := func(value float64) figure { return figure{start: value} }
	accuracies := func(train, validation figure) History { return curves(flat(1), flat(1), train, validation) }
	losses := func(train, validation figure) History {
		return curves(train, validation, flat(math.NaN()), flat(math.NaN()))
	}
	scheduled := losses(flat(0.5), figure{1, -0.005, 0})
	for i := range scheduled {
		scheduled[i].LearningRate = 0.1 * float64(len(scheduled)-i) / float64(len(scheduled))
	}
	half, uneven := Reference{Baseline: 0.5}, Reference{Baseline: 0.8}
	pca := func(training, validation float64) Reference {
		return Reference{PCATraining: training, PCAValidation: validation}
	}
	for _, test := range []struct {
		name      string
		task      Task
		history   History
		reference Reference
		fit       Fit
		cause     Cause
		figure    float64
	}{
		{"four epochs", Classify, accuracies(flat(0.9), flat(0.9))[:4], half, NotSettled, TooFewEpochs, 0},
		{"swings beyond gap and limit", Classify, accuracies(flat(0.8), figure{0.79, 0, 0.07}), half, NotSettled, Swinging, 0.0771},
		{"swings within the limit", Classify, accuracies(flat(0.8), figure{0.79, 0, 0.02}), half, AboutRight, NothingWrong, 0.01 - 0.02/3},
		{"swings within the gap", Classify, accuracies(flat(1), figure{0.8, 0, 0.07}), half, Overfitting, Gap, 0.2 - 0.07/3},
		{"gap above the limit", Classify, accuracies(flat(0.951), flat(0.9)), half, Overfitting, Gap, 0.051},
		{"gap within the limit", Classify, accuracies(flat(0.949), flat(0.9)), half, AboutRight, NothingWrong, 0.049},
		{"few training images learned", Classify, accuracies(flat(0.7), flat(0.69)), half, Underfitting, Unlearned, 0.7},
		{"as many of ten classes", Classify, accuracies(flat(0.7), flat(0.69)), Reference{Baseline: 0.1}, AboutRight, NothingWrong, 0.01},
		{"always the commoner class", Classify, accuracies(flat(0.8), flat(0.8)), uneven, Underfitting, Unlearned, 0.8},
		{"a classifier's loss falls", Classify, curves(flat(1), figure{1, -0.005, 0}, flat(0.9), flat(0.9)), half, Underfitting, StillFalling, 0.05 / (1 - 0.005*24.5)},

		{"two epochs of losses", Reconstruct, losses(flat(1), flat(1))[:2], pca(1, 1), NotSettled, TooFewEpochs, 0},
		{"a loss that swings", Reconstruct, losses(flat(1), figure{1.02, 0, 0.06}), pca(1, 1), NotSettled, Swinging, 0.0635},
		{"worse than principal components", Reconstruct, losses(flat(3.4), flat(4)), pca(1, 1.02), Underfitting, AbovePCA, 3.4},
		{"noise in training alone", Reconstruct, losses(flat(1.3), flat(1)), pca(1, 1), AboutRight, NothingWrong, 1 / 1.3},
		{"overfits more than principal components", Reconstruct, losses(flat(1), flat(1.2)), pca(1, 1.02), Overfitting, LossRatio, 1.2},
		{"overfits as they do", Reconstruct, losses(flat(1), flat(1.2)), pca(1, 1.15), AboutRight, NothingWrong, 1.2},
		{"overfits, without components", Reconstruct, losses(flat(1), flat(1.2)), Reference{}, Overfitting, LossRatio, 1.2},
		{"falls by 0.5 % an epoch", Reconstruct, losses(flat(1), figure{1, -0.005, 0}), Reference{}, Underfitting, StillFalling, 0.05 / (1 - 0.005*24.5)},
		{"falls by 0.05 % an epoch", Reconstruct, losses(flat(1), figure{1, -0.0005, 0}), Reference{}, AboutRight, NothingWrong, 1 - 0.0005*28},
		{"falls by less than its error", Reconstruct, losses(flat(1), figure{1, -0.002, 0.03}), Reference{}, AboutRight, NothingWrong, 1 - 0.002*28 + 0.01},
		{"falls with the learning rate", Reconstruct, scheduled, pca(0.5, 1), AboutRight, NothingWrong, 2 * (1 - 0.005*28)},
	} {
		v := Judge(test.task, test.history, test.reference)
		if v.Fit != test.fit || v.Cause != test.cause || math.Abs(v.Figure-test.figure) > 1e-4 {
			t.Errorf("%s: %+v, want %s, cause %d, figure %g", test.name, v, test.fit, test.cause, test.figure)
		}
		if want := test.name == "falls with the learning rate"; v.RateFell != want {
			t.Errorf("%s: the learning rate fell: %v, want %v", test.name, v.RateFell, want)
		}
	}
}
