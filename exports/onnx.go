// Package exports writes for other programs: trained models as ONNX, with
// everything between pixels and result, and as NumPy's npz, the weights alone;
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
	Doc     string // what a person should know of it
	Version string // of the program that trained it

	Shape    loaders.Shape // of an image
	Layers   []graphs.Layer
	Weights  graphs.Weights
	Restores bool // the output is an image again

	Normalization *loaders.Normalization // of pixels in [0, 1]; nil for none
	MeanImage     []float32              // one value for each of an image, subtracted after normalising; nil for none

	Metadata map[string]string
}

// Input is the name of the only input: (N, channels, height, width), for any N,
// pixels in [0, 1], one channel's plane after another, each row by row from the
// top: what torchvision's ToTensor gives.
const Input = "images"

// Output is the name of the only output: "reconstruction", pixels again in
// the input's shape, or "scores", (N, values of the last layer).
func (m Model) Output() string {
	if m.Restores {
		return "reconstruction"
	}
	return "scores"
}

// OutputShape is the shape of the output for one image.
func (m Model) OutputShape() []int {
	if m.Restores {
		return m.imageShape()
	}
	return []int{m.Layers[len(m.Layers)-1].Out}
}

func (m Model) imageShape() []int { return []int{m.Shape.Channels, m.Shape.Height, m.Shape.Width} }

// ONNX returns the model as an ONNX file: IR version 8, opset 17, float32. The
// graph normalises and centers its input as the model was trained, and takes
// both back from a reconstruction. A weight that layers share is there once.
//
// Operators: https://github.com/onnx/onnx/blob/v1.12.0/docs/Operators.md
func ONNX(m Model) ([]byte, error) {
	f := &formula{value: Input}
	for _, w := range m.Weights {
		f.constants = append(f.constants, constant{w.Name, w.Value.Shape(), w.Value.Float32s()})
	}
	f.enter(m)
	for _, layer := range m.Layers {
		if err := f.layer(layer); err != nil {
			return nil, fmt.Errorf("exports: %w", err)
		}
	}
	if m.Restores {
		f.leave(m)
	}
	f.steps[len(f.steps)-1].output = m.Output()
	return m.encode(f), nil
}

// A formula is a chain of steps and the constants they use.
type formula struct {
	constants []constant
	integers  []int64 // the shape that a Reshape uses; nil where there is none
	steps     []step
	value     string // what the last step gives
}

// A constant is a tensor that the model knows: an initializer.
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

// then adds a step on the value so far.
func (f *formula) then(operator, output string, inputs ...string) *step {
	f.steps = append(f.steps, step{operator: operator, inputs: append([]string{f.value}, inputs...), output: output})
	f.value = output
	return &f.steps[len(f.steps)-1]
}

// enter leads from pixels to what the first layer takes, in the
// order in which the images were transformed for training.
func (f *formula) enter(m Model) {
	if n := m.Normalization; n != nil {
		perChannel := []int{1, m.Shape.Channels, 1, 1}
		f.constants = append(f.constants,
			constant{"normalize.mean", perChannel, n.Mean}, constant{"normalize.std", perChannel, n.Std})
		f.then("Sub", "shifted", "normalize.mean")
		f.then("Div", "normalized", "normalize.std")
	}
	f.then("Flatten", "flat").attribute = "axis"
	if m.MeanImage != nil {
		f.constants = append(f.constants, constant{"mean_image", []int{m.Shape.Values()}, m.MeanImage})
		f.then("Sub", "centered", "mean_image")
	}
}

// layer applies a layer: Gemm is x W + b, or x W^T + b with transB.
func (f *formula) layer(l graphs.Layer) error {
	for _, name := range []string{l.Weight, l.Bias} {
		if !slices.ContainsFunc(f.constants, func(c constant) bool { return c.name == name }) {
			return fmt.Errorf("layer %s: there is no weight %q", l.Name, name)
		}
	}
	gemm := f.then("Gemm", l.Name, l.Weight, l.Bias)
	if !l.Transposed {
		gemm.attribute = "transB"
	}
	if l.ReLU {
		f.then("Relu", l.Name+".relu")
	}
	return nil
}

// leave leads from a restored input back to pixels.
func (f *formula) leave(m Model) {
	if m.MeanImage != nil {
		f.then("Add", "with_mean_image", "mean_image")
	}
	f.integers = []int64{-1, int64(m.Shape.Channels), int64(m.Shape.Height), int64(m.Shape.Width)}
	f.then("Reshape", "restored", imageShapeName)
	if m.Normalization != nil {
		f.then("Mul", "scaled", "normalize.std")
		f.then("Add", "pixels", "normalize.mean")
	}
}

// imageShapeName is the initializer that holds the shape of a batch of images.
const imageShapeName = "image_shape"
