package training

import (
	"context"

	"cifartrain/loaders"
	"cifartrain/metrics"
)

// DeadUnits counts those of each layer with a ReLU on the batcher's set.
func (e *Evaluator) DeadUnits(ctx context.Context, batcher *loaders.Batcher) ([]metrics.DeadUnits, error) {
	model := e.machine.model
	alive := make([][]bool, len(model.Layers))
	for i, layer := range model.Layers {
		alive[i] = make([]bool, layer.Out)
	}
	for batch := range batcher.Epoch(1) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := e.machine.run(batch); err != nil {
			return nil, err
		}
		for i, layer := range model.Layers {
			if !layer.ReLU {
				continue
			}
			for row := range batch.Rows() {
				for unit, value := range model.LayerRow(i, row) {
					alive[i][unit] = alive[i][unit] || value > 0
				}
			}
		}
	}
	var counts []metrics.DeadUnits
	for i, layer := range model.Layers {
		if !layer.ReLU {
			continue
		}
		dead := 0
		for _, lives := range alive[i] {
			if !lives {
				dead++
			}
		}
		counts = append(counts, metrics.DeadUnits{Layer: layer.Name, Dead: dead, Units: layer.Out})
	}
	return counts, nil
}
