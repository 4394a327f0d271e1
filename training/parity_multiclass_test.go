package training_test

import (
	"encoding/json"
	"os"
	"testing"

	"gorgonia.org/tensor"

	"cifartrain/graphs"
	"cifartrain/solvers"
)

// multiclassParity is what PyTorch made of the linear SVM over ten classes; see
// testdata/parity_multiclass.py.
type multiclassParity struct {
	Seed         int     `json:"seed"`
	LearningRate float64 `json:"learning_rate"`
	Momentum     float64 `json:"momentum"`
	WeightDecay  float64 `json:"weight_decay"`
	BatchSize    int     `json:"batch_size"`
	Cases        []struct {
		Loss       string        `json:"loss"`
		Multiclass string        `json:"multiclass"`
		Epochs     []parityEpoch `json:"epochs"`
	} `json:"cases"`
}

// TestMulticlassParityWithTorch trains from PyTorch's weights in PyTorch's order
// and compares every epoch's figures.
func TestMulticlassParityWithTorch(t *testing.T) {
	content, err := os.ReadFile("testdata/parity_multiclass.json")
	if err != nil {
		t.Fatal(err)
	}
	var figures multiclassParity
	if err := json.Unmarshal(content, &figures); err != nil {
		t.Fatal(err)
	}
	set := classSet(t, 10)
	for _, c := range figures.Cases {
		t.Run(c.Multiclass+", "+c.Loss, func(t *testing.T) {
			architecture, err := graphs.New(graphs.Kinds(), "linear_svm",
				graphs.Spec{Inputs: set.Shape.Values(), Classes: 10, Init: "torch", Loss: c.Loss, Multiclass: c.Multiclass, C: 1})
			if err != nil {
				t.Fatal(err)
			}
			tensors := make(map[string]*tensor.Dense)
			for k, p := range architecture.Parameters {
				tensors[p.Name] = tensor.New(tensor.WithShape(p.Shape...), tensor.WithBacking(formulaWeights(figures.Seed, k, p)))
			}
			weights, err := architecture.Load(tensors)
			if err != nil {
				t.Fatal(err)
			}
			run := newParityRun(t, set, quarters(), figures.BatchSize, 128, figures.LearningRate)
			run.Architecture, run.Weights = architecture, weights
			run.Solver = solvers.NewSGD(figures.LearningRate, figures.Momentum, figures.WeightDecay, false)
			compareWithTorch(t, run, c.Epochs, parityTolerance)
		})
	}
}
