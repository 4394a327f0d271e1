// Package exports writes files for other programs: trained models as ONNX, with
// everything between pixels and result, or their weights alone as NumPy's npz,
// and the figures of a run for TensorBoard.
package exports

import (
	"fmt"
	"slices"
	"strings"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"cifartrain/graphs"
	"cifartrain/loaders"
)

// A Model is what [ONNX] writes.
type Model struct {
	Name    string
	Doc     string // what a person should know about it
	Version string // of the program that trained it

	Shape        loaders.Shape // of an image
	Graph        *graphs.Model // in Gorgonia's own operations, as Build returns it
	Weights      graphs.Weights
	Reconstructs bool // whether the output is an image again

	Probabilities bool // whether the output's softmax is the classes' probabilities; the sigmoid of a single score that of the second

	Normalization *loaders.Normalization // of pixels in [0, 1]; may be nil
	MeanImage     []float32              // the size of an image, subtracted after normalizing; may be nil

	Metadata map[string]string
}

// A Tensor is an input or an output: its name and its shape for one image.
type Tensor struct {
	Name  string
	Shape []int
}

// The names of inputs and outputs. Images have the shape (N, channels, height,
// width), for any N: pixels in [0, 1], one channel's plane after another, each
// row by row from the top, what torchvision's ToTensor gives.
const (
	Input          = "images"
	Scores         = "scores" // (N, values of the last layer)
	Reconstruction = "reconstruction"
	Code           = "code"          // (N, latent)
	Probabilities  = "probabilities" // as many as scores
)

// Input is what the model takes.
func (m Model) Input() Tensor { return Tensor{Input, m.imageShape()} }

// Outputs are what the model gives, the main one first.
func (m Model) Outputs() []Tensor {
	switch scores := m.Graph.Output.Shape()[1:]; {
	case m.Probabilities:
		return []Tensor{{Scores, scores}, {Probabilities, scores}}
	case !m.Reconstructs:
		return []Tensor{{Scores, scores}}
	case m.Graph.Code == nil:
		return []Tensor{{Reconstruction, m.imageShape()}}
	}
	return []Tensor{{Reconstruction, m.imageShape()}, {Code, []int{m.Graph.Code.Shape()[1]}}}
}

// Describe says in which form the input and each output is: their names, and their
// shapes and meanings.
func (m Model) Describe() (lines [][2]string) {
	var does []string
	if m.Normalization != nil {
		does = append(does, "normalizes them")
	}
	if m.MeanImage != nil {
		does = append(does, "subtracts the mean image")
	}
	if does == nil {
		does = append(does, "takes them as they are")
	}
	meanings := map[string]string{
		Input:          ", red, green and blue in [0, 1]; the model " + strings.Join(does, " and "),
		Reconstruction: ", pixels again",
		Probabilities:  ", of the classes; of two, the second's",
	}
	for _, tensor := range append([]Tensor{m.Input()}, m.Outputs()...) {
		shape := strings.ReplaceAll(strings.Trim(fmt.Sprint(tensor.Shape), "[]"), " ", ", ")
		lines = append(lines, [2]string{tensor.Name, fmt.Sprintf("(N, %s) float32%s", shape, meanings[tensor.Name])})
	}
	return lines
}

func (m Model) imageShape() []int { return []int{m.Shape.Channels, m.Shape.Height, m.Shape.Width} }

// ONNX returns the model as an ONNX file: IR version 8, opset 17, float32. The
// operations are those of the model's graph. Before them, its input is normalized
// and centered as in training, and both are reversed in a reconstruction. A weight
// that is used several times is stored once. The error names an operation that has
// no counterpart here.
//
// Operators: https://github.com/onnx/onnx/blob/v1.12.0/docs/Operators.md
func ONNX(m Model) ([]byte, error) {
	f := &formula{value: Input, weights: m.Weights.ByName(), names: map[*G.Node]string{}}
	f.enter(m)
	f.names[m.Graph.Input] = f.value
	if m.Graph.Code != nil {
		if _, err := f.write(m.Graph.Code); err != nil {
			return nil, fmt.Errorf("writing the model as ONNX: %w", err)
		}
		f.steps[len(f.steps)-1].output, f.names[m.Graph.Code] = Code, Code
	}
	value, err := f.write(m.Graph.Output)
	if err != nil {
		return nil, fmt.Errorf("writing the model as ONNX: %w", err)
	}
	if f.value = value; m.Reconstructs {
		f.leave(m)
	}
	f.steps[len(f.steps)-1].output = m.Outputs()[0].Name
	if f.value = Scores; m.Probabilities && m.Graph.Output.Shape()[1] == 1 {
		f.then("Sigmoid", Probabilities)
	} else if m.Probabilities {
		f.then("Softmax", Probabilities)
	}
	return m.encode(f), nil
}

// A formula is a list of steps and the constants they use.
type formula struct {
	constants []constant
	steps     []step
	value     string // the result of the last step

	weights map[string]*tensor.Dense
	names   map[*G.Node]string // of the values of the graph's nodes so far
}

// A constant is a tensor stored in the model: an initializer.
type constant struct {
	name   string
	shape  []int
	values any // []float32 or []int64
}

// A step is an application of an operator: a node.
type step struct {
	operator  string
	inputs    []string
	output    string
	attribute string // an attribute of value 1; empty for none
}

// then adds a step that is applied to the value so far.
func (f *formula) then(operator, output string, inputs ...string) *step {
	f.steps = append(f.steps, step{operator: operator, inputs: append([]string{f.value}, inputs...), output: output})
	f.value = output
	return &f.steps[len(f.steps)-1]
}

// know adds a constant, unless it is there already.
func (f *formula) know(name string, shape []int, values any) {
	if !slices.ContainsFunc(f.constants, func(c constant) bool { return c.name == name }) {
		f.constants = append(f.constants, constant{name, shape, values})
	}
}

// enter adds the steps from pixels to the input of the first layer, in the
// order in which the images were transformed for training.
func (f *formula) enter(m Model) {
	if n := m.Normalization; n != nil {
		perChannel := []int{1, m.Shape.Channels, 1, 1}
		f.know("normalize.mean", perChannel, n.Mean)
		f.know("normalize.std", perChannel, n.Std)
		f.then("Sub", "shifted", "normalize.mean")
		f.then("Div", "normalized", "normalize.std")
	}
	f.then("Flatten", "flat").attribute = "axis"
	if m.MeanImage != nil {
		f.know("mean_image", []int{m.Shape.Values()}, m.MeanImage)
		f.then("Sub", "centered", "mean_image")
	}
}

// leave adds the steps from a reconstructed input back to pixels, with the constants that
// enter knows.
func (f *formula) leave(m Model) {
	if m.MeanImage != nil {
		f.then("Add", "with_mean_image", "mean_image")
	}
	f.know("image_shape", []int{4}, []int64{-1, int64(m.Shape.Channels), int64(m.Shape.Height), int64(m.Shape.Width)})
	f.then("Reshape", "restored", "image_shape")
	if m.Normalization != nil {
		f.then("Mul", "scaled", "normalize.std")
		f.then("Add", "pixels", "normalize.mean")
	}
}
