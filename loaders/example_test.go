package loaders_test

import (
	"fmt"
	"log"
	"math/rand/v2"

	"cifartrain/loaders"
	"cifartrain/loaders/sample"
)

// The images of two classes are split, put into batches and shuffled anew in each
// epoch. The last batch has fewer rows.
func ExampleBatcher() {
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
	fmt.Println(train.Len(), "train,", validation.Len(), "validate")

	batches := loaders.NewBatcher(train, loaders.NewTransform(train.Shape, nil), loaders.BatchOptions{
		Size: 3000, Shuffle: true, Random: func(string) *rand.Rand { return random },
	})
	for batch := range batches.Epoch(1) {
		fmt.Println(batch.Images().Shape(), batch.Labels.Shape())
	}
	// Output:
	// 7000 train, 3000 validate
	// (3000, 3072) (3000)
	// (3000, 3072) (3000)
	// (1000, 3072) (1000)
}
