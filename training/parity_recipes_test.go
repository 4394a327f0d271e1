package training_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"cifartrain/graphs"
	"cifartrain/loaders"
	"cifartrain/metrics"
	"cifartrain/solvers"
	"cifartrain/training"
)

// A recipeCase is a training run that PyTorch made; see
// testdata/parity_recipes.py.
type recipeCase struct {
	Name         string  `json:"name"`
	Squared      bool    `json:"squared"`
	C            float64 `json:"c"`
	LearningRate float64 `json:"learning_rate"`
	WarmupSteps  int     `json:"warmup_steps"`
	ClipNorm     float64 `json:"clip_norm"`
	AverageDecay float64 `json:"average_decay"`
	Epochs       []struct {
		TrainLoss          float64 `json:"train_loss"`
		ValidationLoss     float64 `json:"val_loss"`
		TrainAccuracy      float64 `json:"train_accuracy"`
		ValidationAccuracy float64 `json:"val_accuracy"`
		LearningRate       float64 `json:"learning_rate"`
	} `json:"epochs"`
}

// TestRecipesParityWithTorch trains with what recipes add and compares every
// epoch's figures.
func TestRecipesParityWithTorch(t *testing.T) {
	content, err := os.ReadFile("testdata/parity_recipes.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []recipeCase `json:"cases"`
	}
	if err := json.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) != 5 {
		t.Fatalf("%d cases, want 5", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			worst := 0.0
			for i, got := range trainRecipe(t, c) {
				want := c.Epochs[i]
				off := max(math.Abs(got.TrainLoss/want.TrainLoss-1), math.Abs(got.ValidationLoss/want.ValidationLoss-1))
				if off > parityTolerance {
					t.Errorf("epoch %d: losses %.9g and %.9g, PyTorch's %.9g and %.9g", i+1, got.TrainLoss, got.ValidationLoss, want.TrainLoss, want.ValidationLoss)
				}
				// An image whose score is next to zero may fall on either side.
				if math.Abs(got.TrainAccuracy-want.TrainAccuracy) > 1.5/350 || math.Abs(got.ValidationAccuracy-want.ValidationAccuracy) > 1.5/150 {
					t.Errorf("epoch %d: accuracies %g and %g, PyTorch's %g and %g", i+1, got.TrainAccuracy, got.ValidationAccuracy, want.TrainAccuracy, want.ValidationAccuracy)
				}
				if math.Abs(got.LearningRate/want.LearningRate-1) > 1e-12 {
					t.Errorf("epoch %d: learning rate %g, PyTorch's %g", i+1, got.LearningRate, want.LearningRate)
				}
				worst = max(worst, off)
			}
			t.Logf("largest relative difference of a loss: %.2g", worst)
		})
	}
}

// trainRecipe repeats a case's run.
func trainRecipe(t *testing.T, c recipeCase) metrics.History {
	t.Helper()
	train, validation, err := paritySet(t, "formula").Split(0.3, nil)
	if err != nil {
		t.Fatal(err)
	}
	architecture, weights := paritySVM(t, graphs.Spec{C: c.C, Loss: map[bool]string{true: "squared_hinge", false: "hinge"}[c.Squared]})
	solver, err := solvers.New(solvers.Spec{Kind: "sgd", LearningRate: c.LearningRate, Momentum: 0.9, WeightDecay: 0.01, ClipNorm: c.ClipNorm})
	if err != nil {
		t.Fatal(err)
	}
	schedule, err := solvers.NewSchedule(solvers.ScheduleSpec{Kind: "cosine", Initial: c.LearningRate, Epochs: len(c.Epochs)})
	if err != nil {
		t.Fatal(err)
	}
	quarter := []float32{0.25, 0.25, 0.25}
	transform := loaders.NewTransform(train.Shape, &loaders.Normalization{Mean: quarter, Std: quarter})
	run := &training.Run{
		Architecture: architecture, Weights: weights, Solver: solver, Schedule: schedule, Warmup: solvers.Warmup(c.WarmupSteps),
		Batches:       loaders.NewBatcher(train, transform, loaders.BatchOptions{Size: 64}),
		TrainingSet:   loaders.NewBatcher(train, transform, loaders.BatchOptions{Size: 128}),
		ValidationSet: loaders.NewBatcher(validation, transform, loaders.BatchOptions{Size: 128}),
		Epochs:        len(c.Epochs),
	}
	if c.AverageDecay > 0 {
		run.Average = training.NewAverage(weights, c.AverageDecay)
	}
	result, err := run.Train(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return result.History
}
