package training

import (
	"math"
	"slices"

	"gorgonia.org/tensor"

	"cifartrain/graphs"
	"cifartrain/internal/kernels"
	"cifartrain/loaders"
	"cifartrain/metrics"
)

// measuredStep is the step of an epoch, counted from 1, whose gradients and update are
// measured: the last one with a full batch.
func (r *Run) measuredStep() int { return max(1, r.Batches.Set.Len()/r.Batches.Size()) }

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

// updates adds to the layers how long the step from before to after was.
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

// layers adds to the layers of a step what they put out for the first batch of a set.
func (e *Evaluator) layers(batcher *loaders.Batcher, of []metrics.Layer) ([]metrics.Layer, error) {
	for batch := range batcher.Epoch(1) {
		machine, err := e.machines.run(0, batch)
		if err != nil {
			return nil, err
		}
		for i, layer := range machine.model.Layers[:len(of)] {
			of[i].Dead, of[i].Mean, of[i].Deviation = output(layer)
		}
		break
	}
	return of, nil
}

// output measures what a layer has put out.
func output(layer graphs.Layer) (dead, mean, deviation float64) {
	values := layer.Output.Value().(*tensor.Dense).Float32s()
	sum, squares, alive := 0.0, 0.0, make([]bool, layer.Out)
	for i, value := range values {
		sum += float64(value)
		squares += float64(value) * float64(value)
		if value > 0 {
			alive[i%layer.Out] = true
		}
	}
	mean = sum / float64(len(values))
	deviation = math.Sqrt(max(0, squares/float64(len(values))-mean*mean))
	if layer.Activation != "relu" {
		return math.NaN(), mean, deviation
	}
	for _, one := range alive {
		if !one {
			dead += 1 / float64(layer.Out)
		}
	}
	return dead, mean, deviation
}
