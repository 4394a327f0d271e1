package graphs

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"gorgonia.org/tensor"
)

// A Parameter is a trained tensor of a model, before it has values.
type Parameter struct {
	Name  string       // torch's name in the module's state_dict
	Shape tensor.Shape // torch's shape: (out, in) for a weight, (out) for a bias

	// The inputs and outputs of the layer the parameter belongs to, which set
	// the range that initial values are drawn from. Where FanIn is 0, all values
	// begin as Fill.
	FanIn, FanOut int
	Fill          float32

	// State says that the values are not trained: they are what a batch
	// normalization has measured.
	State bool
}

// LinearParameters are those of torch.nn.Linear(in, out) under the layer's name.
func LinearParameters(layer string, in, out int) []Parameter {
	return []Parameter{
		{Name: layer + ".weight", Shape: tensor.Shape{out, in}, FanIn: in, FanOut: out},
		{Name: layer + ".bias", Shape: tensor.Shape{out}, FanIn: in, FanOut: out},
	}
}

// A Weight is a parameter with values.
type Weight struct {
	Parameter
	Value *tensor.Dense // float32
}

// Weights are a model's parameters with their values, in the architecture's
// order. Graphs built on them share the tensors.
type Weights []Weight

// Initialize draws weights by the spec's init, all but the last uniformly from
// (-bound, +bound):
//
//	torch:      1/sqrt(fan_in), biases too; torch.nn.Linear's default
//	he:         sqrt(6/fan_in), biases 0; torch.nn.init.kaiming_uniform_
//	glorot:     sqrt(6/(fan_in+fan_out)), biases 0; torch.nn.init.xavier_uniform_
//	orthogonal: orthonormal rows, or columns where those are fewer, biases 0;
//	            torch.nn.init.orthogonal_
//	pca:        0.035, biases 0; SetPrincipalComponents then brings the components in
//
// random returns the stream of random numbers for a purpose: "init/" and the parameter's name.
// Sources: https://pytorch.org/docs/stable/generated/torch.nn.Linear.html and
// https://pytorch.org/docs/stable/nn.init.html
func (a *Architecture) Initialize(random func(purpose string) *rand.Rand) Weights {
	weights := make(Weights, len(a.Parameters))
	for i, p := range a.Parameters {
		weights[i] = Weight{p, dense(p.Shape, p.draw(a.spec.Init, random("init/"+p.Name)))}
	}
	return weights
}

// draw returns the parameter's first values.
func (p Parameter) draw(init string, random *rand.Rand) []float32 {
	values, bound := make([]float32, p.Shape.TotalSize()), 0.0
	switch in, out := float64(p.FanIn), float64(p.FanOut); {
	case p.FanIn == 0:
		return slices.Repeat([]float32{p.Fill}, len(values))
	case init == "torch":
		bound = 1 / math.Sqrt(in)
	case p.Shape.Dims() == 1: // a bias
		return values
	case init == "orthogonal":
		normal := make([]float64, len(values))
		for i := range normal {
			normal[i] = random.NormFloat64()
		}
		return orthonormal(normal, p.Shape[0], p.Shape[1])
	case init == principal:
		bound = 0.035 // a deviation of 0.02
	case init == "he":
		bound = math.Sqrt(6 / in)
	default:
		bound = math.Sqrt(6 / (in + out))
	}
	for i := range values {
		values[i] = float32(bound * (2*random.Float64() - 1))
	}
	return values
}

// Load returns the architecture's weights with the given values, which must
// have exactly its names and shapes; the error says which do not.
func (a *Architecture) Load(values map[string]*tensor.Dense) (Weights, error) {
	weights := make(Weights, len(a.Parameters))
	for i, p := range a.Parameters {
		value, found := values[p.Name]
		switch {
		case !found:
			held := slices.Sorted(maps.Keys(values))
			return nil, fmt.Errorf("the weights lack %q, shape %v, which a %s needs; they hold %q", p.Name, p.Shape, a.Kind, held[:min(4, len(held))])
		case !slices.Equal(value.Shape(), p.Shape):
			return nil, fmt.Errorf("%q has the shape %v; a %s needs %v", p.Name, value.Shape(), a.Kind, p.Shape)
		case value.Dtype() != tensor.Float32:
			return nil, fmt.Errorf("%q is %v, not float32", p.Name, value.Dtype())
		}
		weights[i] = Weight{p, value.Clone().(*tensor.Dense)}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.ContainsFunc(a.Parameters, func(p Parameter) bool { return p.Name == name }) {
			return nil, fmt.Errorf("the weights hold %q, which a %s does not have", name, a.Kind)
		}
	}
	return weights, nil
}

// Clone returns a copy that shares no values.
func (w Weights) Clone() Weights {
	clone := slices.Clone(w)
	for i := range clone {
		clone[i].Value = w[i].Value.Clone().(*tensor.Dense)
	}
	return clone
}

// Trained returns the weights that are trained, sharing their values.
func (w Weights) Trained() Weights {
	return slices.DeleteFunc(slices.Clone(w), func(one Weight) bool { return one.State })
}

// CountBatch adds one to each batch normalization's number of batches.
func (w Weights) CountBatch() {
	for _, one := range w {
		if strings.HasSuffix(one.Name, batchesSeen) {
			one.Value.Float32s()[0]++
		}
	}
}

// ByName returns the tensors, shared, under their names.
func (w Weights) ByName() map[string]*tensor.Dense {
	tensors := make(map[string]*tensor.Dense, len(w))
	for _, one := range w {
		tensors[one.Name] = one.Value
	}
	return tensors
}

// Finite reports whether all values are finite numbers.
func (w Weights) Finite() bool {
	for _, one := range w {
		for _, x := range one.Value.Float32s() {
			if x-x != 0 { // infinite or NaN
				return false
			}
		}
	}
	return true
}

// CopyFrom sets the values to those of other, weights of the same architecture.
func (w Weights) CopyFrom(other Weights) {
	for i := range w {
		copy(w[i].Value.Float32s(), other[i].Value.Float32s())
	}
}

func dense(shape tensor.Shape, values []float32) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(values))
}
