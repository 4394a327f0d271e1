package training_test

import (
	"math"
	"testing"

	"cifartrain/graphs"
	"cifartrain/loaders"
	"cifartrain/solvers"
)

// TestLayers compares what an epoch says of a layer with what its only step of plain
// SGD did, and with the outputs for all validation images.
func TestLayers(t *testing.T) {
	const rate = 0.01
	loop := newLoop(t, rate)
	set := loop.TrainBatcher.Set
	loop.TrainBatcher = loaders.NewBatcher(set, loaders.NewTransform(set.Shape, nil), loaders.BatchOptions{Size: set.Len()})
	loop.ValidationBatcher = loaders.NewBatcher(loop.ValidationBatcher.Set, loaders.NewTransform(set.Shape, nil), loaders.BatchOptions{Size: 150})
	loop.Solver, loop.Epochs = solvers.NewSGD(rate, 0, 0, false), 1
	before := loop.Weights.Clone()
	result := train(t, loop)
	step := make([][]float32, len(before))
	for i, w := range before {
		for k, value := range w.Value.Float32s() {
			step[i] = append(step[i], (value-loop.Weights[i].Value.Float32s()[k])/rate)
		}
	}
	got := result.History[0].Layers[0]
	near := func(name string, got, want float64) {
		if math.Abs(got-want) > 1e-4*want {
			t.Errorf("%s %g, want %g", name, got, want)
		}
	}
	near("gradient", got.Gradient, math.Hypot(norm(step[0]), norm(step[1])))
	near("update", got.Update, rate*norm(step[0])/norm(loop.Weights[0].Value.Float32s()))
	sum, squares := 0.0, 0.0
	for i := range loop.ValidationBatcher.Set.Len() {
		score := float64(scoreOf(loop.Weights, loop.ValidationBatcher.Set.Pixels(i)))
		sum, squares = sum+score/150, squares+score*score/150
	}
	near("mean", math.Abs(got.Mean), math.Abs(sum))
	near("deviation", got.Deviation, math.Sqrt(squares-sum*sum))
	if got.Name != "fc" || !math.IsNaN(got.Dead) {
		t.Errorf("layer %s with a share of dead units of %g, want fc and none", got.Name, got.Dead)
	}
}

// scoreOf is a linear SVM's score of an image's bytes.
func scoreOf(weights graphs.Weights, pixels []byte) float32 {
	score := weights[1].Value.Float32s()[0]
	for i, pixel := range pixels {
		score += weights[0].Value.Float32s()[i] * float32(pixel) / 255
	}
	return score
}
