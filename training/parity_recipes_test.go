package training_test

import (
	"encoding/json"
	"os"
	"testing"

	"cifartrain/graphs"
	"cifartrain/solvers"
	"cifartrain/training"
)

// A recipeCase is a training run that PyTorch made; see
// testdata/parity_recipes.py.
type recipeCase struct {
	Name         string        `json:"name"`
	Squared      bool          `json:"squared"`
	C            float64       `json:"c"`
	LearningRate float64       `json:"learning_rate"`
	WarmupSteps  int           `json:"warmup_steps"`
	ClipNorm     float64       `json:"clip_norm"`
	AverageDecay float64       `json:"average_decay"`
	Epochs       []parityEpoch `json:"epochs"`
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
			trainRecipe(t, c)
		})
	}
}

// trainRecipe repeats a case's run.
func trainRecipe(t *testing.T, c recipeCase) {
	t.Helper()
	run := newParityRun(t, paritySet(t, "formula"), quarters(), 64, 128, 0)
	run.Architecture, run.Weights = paritySVM(t, graphs.Spec{C: c.C, Loss: map[bool]string{true: "squared_hinge", false: "hinge"}[c.Squared]})
	var err error
	run.Solver, err = solvers.New(solvers.Spec{Kind: "sgd", LearningRate: c.LearningRate, Momentum: 0.9, WeightDecay: 0.01, ClipNorm: c.ClipNorm})
	if err != nil {
		t.Fatal(err)
	}
	run.Schedule, err = solvers.NewSchedule(solvers.ScheduleSpec{Kind: "cosine", Initial: c.LearningRate, Epochs: len(c.Epochs)})
	if err != nil {
		t.Fatal(err)
	}
	run.Warmup = solvers.Warmup(c.WarmupSteps)
	if c.AverageDecay > 0 {
		run.Average = training.NewAverage(run.Weights, c.AverageDecay)
	}
	compareWithTorch(t, run, c.Epochs, parityTolerance)
}
