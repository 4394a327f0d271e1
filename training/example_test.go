package training_test

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/graphs"
	"cifartrain/loaders"
	"cifartrain/loaders/sample"
	"cifartrain/solvers"
	"cifartrain/training"
)

// A linear support vector machine learns for an epoch to tell frogs from horses in the
// built-in sample of drawn pictures. Then a graph for a single picture is built on the
// trained weights.
func ExampleLoop() {
	dataset := sample.Draw()
	images, err := dataset.Select(dataset.Train, []string{"frog", "horse"})
	if err != nil {
		log.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	train, validation, err := images.Split(0.3, random)
	if err != nil {
		log.Fatal(err)
	}
	architecture, err := graphs.New(graphs.Kinds, "linear_svm", graphs.Spec{
		Inputs: dataset.Shape.Values(), Classes: len(images.Classes), Init: "torch", C: 1,
	})
	if err != nil {
		log.Fatal(err)
	}
	transform := loaders.NewTransform(dataset.Shape, nil).Centered(train)
	loop := &training.Loop{
		Architecture:      architecture,
		Weights:           architecture.Initialize(func(string) *rand.Rand { return random }),
		Solver:            solvers.NewSGD(0.001, 0.9, 0.01, false),
		Schedule:          func(int) float64 { return 0.001 },
		TrainBatcher:      loaders.NewBatcher(train, transform, loaders.BatchOptions{Size: 64, Shuffle: true, Random: func(string) *rand.Rand { return random }}),
		TrainEvalBatcher:  loaders.NewBatcher(train, transform, loaders.BatchOptions{Size: 128}),
		ValidationBatcher: loaders.NewBatcher(validation, transform, loaders.BatchOptions{Size: 128}),
		Epochs:            1,
	}
	result, err := loop.Train(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("right about most images:", result.History[0].ValidationAccuracy > 0.8)

	model, err := architecture.Build(loop.Weights, 1)
	if err != nil {
		log.Fatal(err)
	}
	if err := model.Fuse(false); err != nil {
		log.Fatal(err)
	}
	picture := tensor.New(tensor.WithShape(1, dataset.Shape.Values()), tensor.Of(tensor.Float32))
	transform.Apply(picture.Float32s(), validation.Pixels(0))
	label := tensor.New(tensor.WithShape(1), tensor.Of(tensor.Float32)) // only the loss needs the true one
	if err := model.Feed(picture, label); err != nil {
		log.Fatal(err)
	}
	machine := G.NewTapeMachine(model.Graph)
	defer machine.Close()
	if err := machine.RunAll(); err != nil {
		log.Fatal(err)
	}
	predicted := architecture.Predict(graphs.Row(model.Output, 0))
	fmt.Println("it shows a", images.Classes[validation.Class(0)], "and is called a", images.Classes[predicted])
	// Output:
	// right about most images: true
	// it shows a horse and is called a horse
}
