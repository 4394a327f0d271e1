// Package exports writes files for other programs: trained models as ONNX, with
// everything between pixels and result, or their weights alone as NumPy's npz,
// and the figures of a run for TensorBoard.
package exports

import (
	"fmt"
	"slices"

	"cifartrain/graphs"
	"cifartrain/loaders"
)

// A Model is what [ONNX] writes.
type Model struct {
	Name    string
	Doc     string // what a person should know about it
	Version string // of the program that trained it

	Shape    loaders.Shape // of an image
	Layers   []graphs.Layer
	Weights  graphs.Weights
	Restores bool // whether the output is an image again

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
	Code           = "code" // (N, latent)
)

// Input is what the model takes.
func (m Model) Input() Tensor { return Tensor{Input, m.imageShape()} }

// Outputs are what the model gives, the main one first.
func (m Model) Outputs() []Tensor {
	latent := m.latent()
	switch {
	case !m.Restores:
		return []Tensor{{Scores, []int{m.Layers[len(m.Layers)-1].Out}}}
	case latent < 0:
		return []Tensor{{Reconstruction, m.imageShape()}}
	}
	return []Tensor{{Reconstruction, m.imageShape()}, {Code, []int{m.Layers[latent].Out}}}
}

// latent is the index of the layer that returns the code, or -1.
func (m Model) latent() int {
	return slices.IndexFunc(m.Layers, func(l graphs.Layer) bool { return l.Latent })
}

func (m Model) imageShape() []int { return []int{m.Shape.Channels, m.Shape.Height, m.Shape.Width} }

// ONNX returns the model as an ONNX file: IR version 8, opset 17, float32. The
// graph normalizes and centers its input as in training, and reverses both in a
// reconstruction. A weight that layers share is stored once.
//
// Operators: https://github.com/onnx/onnx/blob/v1.12.0/docs/Operators.md
func ONNX(m Model) ([]byte, error) {
	f := &formula{value: m.Input().Name}
	for _, w := range m.Weights {
		f.constants = append(f.constants, constant{w.Name, w.Value.Shape(), w.Value.Float32s()})
	}
	f.enter(m)
	for _, layer := range m.Layers {
		if err := f.layer(layer); err != nil {
			return nil, fmt.Errorf("writing the model as ONNX: %w", err)
		}
	}
	if m.Restores {
		f.leave(m)
	}
	f.steps[len(f.steps)-1].output = m.Outputs()[0].Name
	return m.encode(f), nil
}

// A formula is a chain of steps and the constants they use.
type formula struct {
	constants []constant
	integers  []int64 // the shape that a Reshape uses; otherwise nil
	steps     []step
	value     string // the result of the last step
}

// A constant is a tensor stored in the model: an initializer.
type constant struct {
	name   string
	shape  []int
	values []float32
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

// enter adds the steps from pixels to the input of the first layer, in the
// order in which the images were transformed for training.
func (f *formula) enter(m Model) {
	if n := m.Normalization; n != nil {
		f.knowNormalization(m)
		f.then("Sub", "shifted", "normalize.mean")
		f.then("Div", "normalized", "normalize.std")
	}
	f.then("Flatten", "flat").attribute = "axis"
	if m.MeanImage != nil {
		f.know("mean_image", []int{m.Shape.Values()}, m.MeanImage)
		f.then("Sub", "centered", "mean_image")
	}
}

// know adds a constant, unless it is there already.
func (f *formula) know(name string, shape []int, values []float32) {
	if !slices.ContainsFunc(f.constants, func(c constant) bool { return c.name == name }) {
		f.constants = append(f.constants, constant{name, shape, values})
	}
}

func (f *formula) knowNormalization(m Model) {
	perChannel := []int{1, m.Shape.Channels, 1, 1}
	f.know("normalize.mean", perChannel, m.Normalization.Mean)
	f.know("normalize.std", perChannel, m.Normalization.Std)
}

// layer applies a layer: Gemm is x W + b, or x W^T + b with transB.
func (f *formula) layer(l graphs.Layer) error {
	for _, name := range []string{l.Weight, l.Bias} {
		if !slices.ContainsFunc(f.constants, func(c constant) bool { return c.name == name }) {
			return fmt.Errorf("layer %s: there is no weight %q", l.Name, name)
		}
	}
	output := l.Name
	if l.Latent {
		output = Code
	}
	gemm := f.then("Gemm", output, l.Weight, l.Bias)
	if !l.Transposed {
		gemm.attribute = "transB"
	}
	if l.ReLU {
		f.then("Relu", l.Name+".relu")
	}
	return nil
}

// leave adds the steps from a restored input back to pixels.
func (f *formula) leave(m Model) {
	if m.MeanImage != nil {
		f.know("mean_image", []int{m.Shape.Values()}, m.MeanImage)
		f.then("Add", "with_mean_image", "mean_image")
	}
	f.integers = []int64{-1, int64(m.Shape.Channels), int64(m.Shape.Height), int64(m.Shape.Width)}
	f.then("Reshape", "restored", imageShapeName)
	if m.Normalization != nil {
		f.knowNormalization(m)
		f.then("Mul", "scaled", "normalize.std")
		f.then("Add", "pixels", "normalize.mean")
	}
}

// imageShapeName is the initializer that holds the shape of a batch of images.
const imageShapeName = "image_shape"
