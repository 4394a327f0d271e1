package training

import (
	"context"

	"cifartrain/loaders"
	"cifartrain/metrics"
)

// Use returns, for each unit of each layer, the share of the batcher's images
// for which its ReLU is not zero; nil for a layer without a ReLU.
func (e *Evaluator) Use(ctx context.Context, batcher *loaders.Batcher) ([][]float64, error) {
	model := e.machine.model
	use := make([][]float64, len(model.Layers))
	for i, layer := range model.Layers {
		if layer.ReLU {
			use[i] = make([]float64, layer.Out)
		}
	}
	_, err := e.rows(ctx, batcher, func(_, row int) {
		for i, units := range use {
			if units == nil {
				continue
			}
			for unit, value := range model.LayerRow(i, row) {
				if value > 0 {
					units[unit]++
				}
			}
		}
	})
	for _, units := range use {
		for unit := range units {
			units[unit] /= float64(batcher.Set.Len())
		}
	}
	return use, err
}

// DeadUnits counts the dead units of each layer with a ReLU on the batcher's
// set.
func (e *Evaluator) DeadUnits(ctx context.Context, batcher *loaders.Batcher) ([]metrics.DeadUnits, error) {
	use, err := e.Use(ctx, batcher)
	if err != nil {
		return nil, err
	}
	var counts []metrics.DeadUnits
	for i, layer := range e.machine.model.Layers {
		if !layer.ReLU {
			continue
		}
		dead := 0
		for _, share := range use[i] {
			if share == 0 {
				dead++
			}
		}
		counts = append(counts, metrics.DeadUnits{Layer: layer.Name, Dead: dead, Units: layer.Out})
	}
	return counts, nil
}
