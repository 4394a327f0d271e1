package exports

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"

	"cifartrain/graphs"
	"cifartrain/loaders"
)

// foldable is a model of tiny images, three values a layer between.
func foldable(restores, shared bool, deviations ...float32) Model {
	shape, random := loaders.Shape{Channels: 2, Height: 1, Width: 2}, rand.New(rand.NewPCG(1, 2))
	drawn := func(sizes ...int) *tensor.Dense {
		values := make([]float32, tensor.Shape(sizes).TotalSize())
		for i := range values {
			values[i] = 2*random.Float32() - 1
		}
		return tensor.New(tensor.WithShape(sizes...), tensor.WithBacking(values))
	}
	m := Model{
		Shape: shape, Restores: restores,
		Graph: &graphs.Model{Layers: []graphs.Layer{
			{Name: "first", In: 4, Out: 3, Weight: "w1", Bias: "b1", Activation: "relu"},
			{Name: "last", In: 3, Out: 4, Weight: "w2", Bias: "b2"},
		}},
		Weights:   graphs.Weights{{Name: "w1", Value: drawn(3, 4)}, {Name: "b1", Value: drawn(3)}, {Name: "w2", Value: drawn(4, 3)}, {Name: "b2", Value: drawn(4)}},
		MeanImage: []float32{0.25, -0.5, 0.125, 1},
	}
	if deviations != nil {
		m.Normalization = &loaders.Normalization{Mean: []float32{0.3, 0.6}, Std: deviations}
	}
	if shared {
		m.Graph.Layers[1].Weight, m.Graph.Layers[1].Transposed = "w1", true
	}
	return m
}

// output is what a model gives for pixels, by plain loops: with weights that
// want the preprocessing, or with folded ones.
func output(m Model, weights graphs.Weights, pixels []float64, folded bool) []float64 {
	mean, std, _ := m.perValue()
	x := make([]float64, len(pixels))
	for j := range x {
		if x[j] = pixels[j]; !folded {
			x[j] = (x[j]-mean[j])/std[j] - m.meanValue(j)
		}
	}
	for _, layer := range m.Graph.Layers {
		var weight *matrix
		var bias []float32
		for _, w := range weights {
			switch w.Name {
			case layer.Weight:
				weight = &matrix{w.Value.Float32s(), w.Value.Shape()[1], layer.Transposed}
			case layer.Bias:
				bias = w.Value.Float32s()
			}
		}
		y := make([]float64, layer.Out)
		for o := range y {
			y[o] = float64(bias[o])
			for i := range x {
				y[o] += float64(*weight.at(o, i)) * x[i]
			}
			if layer.Activation == "relu" {
				y[o] = max(0, y[o])
			}
		}
		x = y
	}
	if m.Restores && !folded {
		for j := range x {
			x[j] = (x[j]+m.meanValue(j))*std[j] + mean[j]
		}
	}
	return x
}

// TestFold wants folded weights to give of plain pixels what the model gives.
func TestFold(t *testing.T) {
	for name, m := range map[string]Model{
		"a classifier":                foldable(false, false, 0.5, 0.25),
		"a model that restores":       foldable(true, false, 0.5, 0.25),
		"only centered":               foldable(true, false),
		"a shared weight, not scaled": foldable(true, true, 1, 1),
	} {
		t.Run(name, func(t *testing.T) {
			folded, err := Fold(m)
			if err != nil {
				t.Fatal(err)
			}
			pixels := []float64{0.1, 0.9, 0.4, 0.7}
			want, got := output(m, m.Weights, pixels, false), output(m, folded, pixels, true)
			for i := range want {
				if math.Abs(want[i]-got[i]) > 1e-5 { // float32 of values about 1
					t.Errorf("output %d is %g, want %g", i, got[i], want[i])
				}
			}
		})
	}
	if _, err := Fold(foldable(true, true, 0.5, 0.25)); !errors.Is(err, ErrShared) {
		t.Errorf("a shared weight cannot be scaled on both sides, the error is %v", err)
	}
}
