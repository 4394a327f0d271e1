package training_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"gorgonia.org/tensor"

	"cifartrain/graphs"
	"cifartrain/loaders"
	"cifartrain/solvers"
	"cifartrain/training"
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

// multiclassSet are the script's made-up images, in ten classes.
func multiclassSet(t *testing.T) *loaders.Set {
	dataset, _ := formulaImages()
	var records []byte
	for i := range dataset.Train.Len() {
		records = append(append(records, byte(i%10)), dataset.Train.Pixels(i)...)
	}
	dataset.Classes = nil
	for class := range 10 {
		dataset.Classes = append(dataset.Classes, fmt.Sprintf("class %d", class))
	}
	dataset.Train = loaders.NewImages(dataset.Shape, records)
	return selectClasses(t, dataset)
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
	train, validation, err := multiclassSet(t).Split(0.3, nil)
	if err != nil {
		t.Fatal(err)
	}
	quarter := []float32{0.25, 0.25, 0.25}
	transform := loaders.NewTransform(train.Shape, &loaders.Normalization{Mean: quarter, Std: quarter})
	for _, c := range figures.Cases {
		t.Run(c.Multiclass+", "+c.Loss, func(t *testing.T) {
			architecture, err := graphs.New(graphs.Kinds(), "linear_svm",
				graphs.Spec{Inputs: train.Shape.Values(), Classes: 10, Init: "torch", Loss: c.Loss, Multiclass: c.Multiclass, C: 1})
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
			run := &training.Run{
				Architecture: architecture, Weights: weights,
				Solver:        solvers.NewSGD(figures.LearningRate, figures.Momentum, figures.WeightDecay, false),
				Schedule:      func(int) float64 { return figures.LearningRate },
				Batches:       loaders.NewBatcher(train, transform, loaders.BatchOptions{Size: figures.BatchSize}),
				TrainingSet:   loaders.NewBatcher(train, transform, loaders.BatchOptions{Size: 128}),
				ValidationSet: loaders.NewBatcher(validation, transform, loaders.BatchOptions{Size: 128}),
				Epochs:        len(c.Epochs),
			}
			result, err := run.Train(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			worst := 0.0
			for i, want := range c.Epochs {
				got := result.History[i]
				off := max(math.Abs(got.TrainLoss/want.TrainLoss-1), math.Abs(got.ValidationLoss/want.ValidationLoss-1))
				if !(off <= parityTolerance) {
					t.Errorf("epoch %d: losses %.9g and %.9g, PyTorch's %.9g and %.9g", i+1, got.TrainLoss, got.ValidationLoss, want.TrainLoss, want.ValidationLoss)
				}
				// An image whose two largest scores are next to equal may fall on either side.
				if math.Abs(got.TrainAccuracy-want.TrainAccuracy) > 1.5/350 || math.Abs(got.ValidationAccuracy-want.ValidationAccuracy) > 1.5/150 {
					t.Errorf("epoch %d: accuracies %g and %g, PyTorch's %g and %g", i+1, got.TrainAccuracy, got.ValidationAccuracy, want.TrainAccuracy, want.ValidationAccuracy)
				}
				worst = max(worst, off)
			}
			t.Logf("largest relative difference of a loss over %d epochs: %.2g", len(c.Epochs), worst)
		})
	}
}
