package training

import (
	"context"

	"cifartrain/graphs"
	"cifartrain/loaders"
	"cifartrain/metrics"
)

// Use returns the model's layers and, for each unit of each layer, the share of
// the batcher's images for which its ReLU is not zero; nil for a layer without a
// ReLU.
func (e *Evaluator) Use(ctx context.Context, batcher *loaders.Batcher) (layers []graphs.Layer, use [][]float64, err error) {
	_, err = e.rows(ctx, batcher, func(model *graphs.Model, _, row int) {
		if use == nil {
			layers, use = model.Layers, make([][]float64, len(model.Layers))
		}
		for i, layer := range model.Layers {
			if layer.Activation != "relu" {
				continue
			}
			if use[i] == nil {
				use[i] = make([]float64, layer.Out)
			}
			for unit, value := range graphs.Row(layer.Output, row) {
				if value > 0 {
					use[i][unit]++
				}
			}
		}
	})
	for _, units := range use {
		for unit := range units {
			units[unit] /= float64(batcher.Set.Len())
		}
	}
	return layers, use, err
}

// DeadUnits counts the dead units of each layer with a ReLU on the batcher's
// set.
func (e *Evaluator) DeadUnits(ctx context.Context, batcher *loaders.Batcher) (counts []metrics.DeadUnits, err error) {
	layers, use, err := e.Use(ctx, batcher)
	for i, units := range use {
		if units == nil {
			continue
		}
		dead := 0
		for _, share := range units {
			if share == 0 {
				dead++
			}
		}
		counts = append(counts, metrics.DeadUnits{Layer: layers[i].Name, Dead: dead, Units: layers[i].Out})
	}
	return counts, err
}
