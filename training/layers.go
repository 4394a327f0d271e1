package training

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gorgonia.org/tensor"

	"cifartrain/graphs"
	"cifartrain/internal/kernels"
	"cifartrain/loaders"
	"cifartrain/metrics"
)

// gradients measures the gradients of a step that is not made yet.
func (m *machine) gradients() (layers []metrics.Layer) {
	squares := make(map[string]float64)
	for _, node := range m.model.Learnables {
		gradient, err := node.Grad()
		if values, ok := gradient.(*tensor.Dense); err == nil && ok {
			squares[node.Name()] = kernels.SquaredNorm(values.Float32s())
		}
	}
	for _, layer := range m.model.Layers {
		layers = append(layers, metrics.Layer{Name: layer.Name, Gradient: math.Sqrt(squares[layer.Weight] + squares[layer.Bias])})
	}
	return layers
}

// updates adds to the layers the length of the step from before to after, relative to
// that of the weights.
func (m *machine) updates(layers []metrics.Layer, before, after graphs.Weights) {
	from, to := before.ByName(), after.ByName()
	for i, layer := range m.model.Layers {
		step, weight := slices.Clone(from[layer.Weight].Float32s()), to[layer.Weight].Float32s()
		for k := range step {
			step[k] -= weight[k]
		}
		if size := kernels.SquaredNorm(weight); size > 0 {
			layers[i].Update = math.Sqrt(kernels.SquaredNorm(step) / size)
		}
	}
}

// layers adds to the layers of a step the statistics of their outputs for the first batch
// of a set.
func (e *Evaluator) layers(batcher *loaders.Batcher, of []metrics.Layer) ([]metrics.Layer, error) {
	for batch := range batcher.Epoch(1) {
		machine := e.machines.machine(0, batch)
		if err := machine.run(batch); err != nil {
			return nil, err
		}
		for i, layer := range machine.model.Layers[:len(of)] {
			of[i].Dead, of[i].Mean, of[i].Deviation = output(layer)
		}
		break
	}
	return of, nil
}

// output returns the statistics of what a layer computed for the last batch: the share of
// dead units, NaN without a ReLU, and the mean and deviation of all values.
func output(layer graphs.Layer) (dead, mean, deviation float64) {
	values := layer.Output.Value().(*tensor.Dense).Float32s()
	sum, squares := 0.0, 0.0
	for _, value := range values {
		sum += float64(value)
		squares += float64(value) * float64(value)
	}
	mean = sum / float64(len(values))
	deviation = math.Sqrt(max(0, squares/float64(len(values))-mean*mean))
	if layer.Activation != "relu" {
		return math.NaN(), mean, deviation
	}
	return float64(deadUnits(countActive(nil, layer))) / float64(layer.Out), mean, deviation
}

// countActive adds to counts, which is nil before the first batch, in how many rows
// each unit of a layer is above zero.
func countActive(counts []float64, layer graphs.Layer) []float64 {
	if counts == nil {
		counts = make([]float64, layer.Out)
	}
	for i, value := range layer.Output.Value().(*tensor.Dense).Float32s() {
		if value > 0 {
			counts[i%layer.Out]++
		}
	}
	return counts
}

// deadUnits is how many units were never above zero.
func deadUnits(active []float64) (dead int) {
	for _, count := range active {
		if count == 0 {
			dead++
		}
	}
	return dead
}

// ActiveShares returns the model's layers and, for each unit of each layer, the share
// of the batcher's images for which its ReLU is not zero; nil for a layer without a
// ReLU. A model without any ReLU is not run.
func (e *Evaluator) ActiveShares(ctx context.Context, batcher *loaders.Batcher) (layers []graphs.Layer, shares [][]float64, err error) {
	if err := e.prepare(batcher, 1); err != nil {
		return nil, nil, err
	}
	layers = e.machines.bySize[batcher.Sizes()[0]][0].model.Layers
	shares = make([][]float64, len(layers))
	if !slices.ContainsFunc(layers, func(layer graphs.Layer) bool { return layer.Activation == "relu" }) {
		return layers, shares, nil
	}
	_, err = e.run(ctx, batcher, batcher.NumBatches(), func(model *graphs.Model, _ *loaders.Batch) {
		for i, layer := range model.Layers {
			if layer.Activation == "relu" {
				shares[i] = countActive(shares[i], layer)
			}
		}
	})
	for _, units := range shares {
		floats.Scale(1/float64(batcher.Set.Len()), units)
	}
	return layers, shares, err
}

// DeadUnits counts the dead units of each layer with a ReLU on the batcher's
// set.
func (e *Evaluator) DeadUnits(ctx context.Context, batcher *loaders.Batcher) (counts []metrics.DeadUnits, err error) {
	layers, shares, err := e.ActiveShares(ctx, batcher)
	for i, units := range shares {
		if units != nil {
			counts = append(counts, metrics.DeadUnits{Layer: layers[i].Name, Dead: deadUnits(units), Units: layers[i].Out})
		}
	}
	return counts, err
}
