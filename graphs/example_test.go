package graphs_test

import (
	"fmt"
	"log"
	"math/rand/v2"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/graphs"
)

// A model is built on weights for one batch size, made fast, and run on a batch. The
// gradients can then be read from its learnables.
func ExampleArchitecture_Build() {
	architecture, err := graphs.New(graphs.Kinds, "tied_autoencoder", graphs.Spec{Inputs: 3072, Hidden: []int{128}, Latent: 32, Init: "torch"})
	if err != nil {
		log.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	weights := architecture.Initialize(func(string) *rand.Rand { return random })

	model, err := architecture.Build(weights, 64)
	if err != nil {
		log.Fatal(err)
	}
	if err := model.Fuse(true); err != nil {
		log.Fatal(err)
	}
	machine := G.NewTapeMachine(model.Graph)
	defer machine.Close()
	images := tensor.Ones(tensor.Float32, 64, 3072)
	if err := model.Feed(images, nil); err != nil {
		log.Fatal(err)
	}
	if err := machine.RunAll(); err != nil {
		log.Fatal(err)
	}
	machine.Reset()

	fmt.Printf("loss %.1f\n", model.LossValue())
	for _, weight := range model.Learnables {
		gradient, err := weight.Grad()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(weight.Name(), gradient.Shape())
	}
	// Output:
	// loss 1.0
	// enc_fc1.weight (128, 3072)
	// enc_fc1.bias (128)
	// enc_fc2.weight (32, 128)
	// enc_fc2.bias (32)
	// dec_fc1_bias (128)
	// dec_fc2_bias (3072)
}
