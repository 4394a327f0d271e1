package training_test

import (
	"testing"

	"cifartrain/graphs"
	"cifartrain/solvers"
	"cifartrain/training"
)

// TestRecipesParityWithTorch trains with what recipes add and compares every
// epoch's figures; see testdata/parity_recipes.py.
func TestRecipesParityWithTorch(t *testing.T) {
	file := readFigures[struct {
		Cases []struct {
			Name         string
			Squared      bool
			C            float64
			LearningRate float64 `json:"learning_rate"`
			WarmupSteps  int     `json:"warmup_steps"`
			ClipNorm     float64 `json:"clip_norm"`
			AverageDecay float64 `json:"average_decay"`
			Epochs       []parityEpoch
		}
	}](t, "parity_recipes.json")
	if len(file.Cases) != 5 {
		t.Fatalf("%d cases, want 5", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			loop := newParityLoop(t, paritySet(t, "formula"), quarters(), 64, 128, 0)
			loop.Architecture, loop.Weights = paritySVM(graphs.Spec{C: c.C, Loss: map[bool]string{true: "squared_hinge", false: "hinge"}[c.Squared]})
			loop.Solver = must(solvers.New(solvers.Spec{Kind: "sgd", LearningRate: c.LearningRate, Momentum: 0.9, WeightDecay: 0.01, ClipNorm: c.ClipNorm}))
			loop.Schedule = must(solvers.NewSchedule(solvers.ScheduleSpec{Kind: "cosine", Initial: c.LearningRate, Epochs: len(c.Epochs)}))
			loop.Warmup = solvers.Warmup(c.WarmupSteps)
			if c.AverageDecay > 0 {
				loop.Average = training.NewAverage(loop.Weights, c.AverageDecay)
			}
			compareWithTorch(t, loop, c.Epochs, parityTolerance)
		})
	}
}

// TestMulticlassParityWithTorch trains the linear SVM over ten classes from PyTorch's
// weights in PyTorch's order; see testdata/parity_multiclass.py.
func TestMulticlassParityWithTorch(t *testing.T) {
	figures := readFigures[struct {
		Seed         int
		Momentum     float64
		LearningRate float64 `json:"learning_rate"`
		WeightDecay  float64 `json:"weight_decay"`
		BatchSize    int     `json:"batch_size"`
		Cases        []struct {
			Loss, Multiclass string
			Epochs           []parityEpoch
		}
	}](t, "parity_multiclass.json")
	for _, c := range figures.Cases {
		t.Run(c.Multiclass+", "+c.Loss, func(t *testing.T) {
			loop := newParityLoop(t, classSet(10), quarters(), figures.BatchSize, 128, figures.LearningRate)
			loop.Architecture = newModel("linear_svm", graphs.Spec{Classes: 10, Loss: c.Loss, Multiclass: c.Multiclass, C: 1})
			loop.Weights = formulaModel(loop.Architecture, figures.Seed)
			loop.Solver = solvers.NewSGD(figures.LearningRate, figures.Momentum, figures.WeightDecay, false)
			compareWithTorch(t, loop, c.Epochs, parityTolerance)
		})
	}
}
