package experiments

import (
	"context"
	"errors"
	"fmt"

	"cifartrain/configs"
	"cifartrain/graphs"
	"cifartrain/loaders"
	"cifartrain/plots"
	"cifartrain/training"
)

// reconstruct restores some validation images, drawn by the seed, with weights.
// Pixels are in [0, 1] on both sides, whatever the config's normalisation.
func reconstruct(config configs.Config, architecture *graphs.Architecture, weights graphs.Weights, images *images) ([]plots.Reconstruction, error) {
	chosen := images.validation.Sample(config.Plots.Reconstructions, config.Random("reconstructions"))
	plain := loaders.NewTransform(chosen.Shape, nil)
	pairs := make([]plots.Reconstruction, chosen.Len())
	for i := range pairs {
		pairs[i].Name = fmt.Sprintf("image %d, %s", chosen.Index(i), chosen.Classes[chosen.Class(i)])
		pairs[i].Original = make([]float32, chosen.Shape.Values())
		plain.Apply(pairs[i].Original, chosen.Pixels(i))
	}
	batches := loaders.NewBatcher(chosen, images.transform, loaders.BatchOptions{Size: chosen.Len()})
	evaluator, err := training.NewEvaluator(architecture, weights, batches.Size())
	if err != nil {
		return nil, err
	}
	_, err = evaluator.Outputs(context.Background(), batches, func(place int, output []float32) {
		pairs[place].Reconstructed = images.transform.Invert(output)
	})
	return pairs, errors.Join(err, evaluator.Close())
}
