package runfolder

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"

	"github.com/nlpodyssey/safetensors"
	"gorgonia.org/tensor"
)

// maxWeightsFile bounds what a weights file may weigh: 64 MB, twenty times the
// largest shipped model.
const maxWeightsFile = 64 << 20

// WriteWeights puts tensors, float32, into a safetensors file of the folder,
// so that torch's module.load_state_dict takes them.
// Format: https://github.com/huggingface/safetensors
func (f *Folder) WriteWeights(name string, tensors map[string]*tensor.Dense) error {
	views := make(map[string]safetensors.TensorView, len(tensors))
	for key, value := range tensors {
		view, err := float32View(value)
		if err != nil {
			return fmt.Errorf("runfolder: %s: %q: %w", name, key, err)
		}
		views[key] = view
	}
	content, err := safetensors.Serialize(views, map[string]string{"format": "pt"})
	if err != nil {
		return fmt.Errorf("runfolder: making %s: %w", name, err)
	}
	return f.Write(name, content)
}

// float32View is a float32 tensor as a safetensors file holds it.
func float32View(value *tensor.Dense) (safetensors.TensorView, error) {
	shape := make([]uint64, 0, value.Dims())
	for _, size := range value.Shape() {
		shape = append(shape, uint64(size))
	}
	data := make([]byte, 0, 4*value.Size())
	for _, x := range value.Float32s() {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(x))
	}
	return safetensors.NewTensorView(safetensors.F32, shape, data)
}

// A WeightsError is a fault in a weights file.
type WeightsError struct {
	Path string
	Err  error
}

func (e *WeightsError) Error() string { return fmt.Sprintf("runfolder: weights %s: %v", e.Path, e.Err) }

// Unwrap returns the fault itself.
func (e *WeightsError) Unwrap() error { return e.Err }

// ReadWeights reads the float32 tensors of the safetensors file at path. Its
// errors are of type *WeightsError.
func ReadWeights(path string) (map[string]*tensor.Dense, error) {
	tensors, err := readWeights(path)
	var fault *fs.PathError
	if errors.As(err, &fault) {
		err = fault.Err // the path is named already
	}
	if err != nil {
		return nil, &WeightsError{path, err}
	}
	return tensors, nil
}

func readWeights(path string) (map[string]*tensor.Dense, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("is not a file")
	case info.Size() > maxWeightsFile:
		return nil, fmt.Errorf("is %d bytes long, more than the %d of any model here", info.Size(), maxWeightsFile)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file, err := safetensors.Deserialize(content)
	if err != nil {
		return nil, fmt.Errorf("is not a sound safetensors file: %w", err)
	}
	tensors := make(map[string]*tensor.Dense, file.Len())
	for _, one := range file.Tensors() {
		value, err := float32Tensor(one.TensorView)
		if err == nil {
			err = checkFinite(value.Float32s())
		}
		if err != nil {
			return nil, fmt.Errorf("tensor %q: %w", one.Name, err)
		}
		tensors[one.Name] = value
	}
	return tensors, nil
}

// float32Tensor copies a view's elements into a tensor of its shape.
func float32Tensor(view safetensors.TensorView) (*tensor.Dense, error) {
	if view.DType() != safetensors.F32 {
		return nil, fmt.Errorf("holds %v, not F32", view.DType())
	}
	if len(view.Shape()) == 0 || view.DataLen() == 0 {
		return nil, fmt.Errorf("has the shape %v; no weight is a scalar or empty", view.Shape())
	}
	shape := make(tensor.Shape, len(view.Shape()))
	for i, size := range view.Shape() {
		shape[i] = int(size)
	}
	data := view.Data()
	values := make([]float32, len(data)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(values)), nil
}

func checkFinite(values []float32) error {
	for i, x := range values {
		if value := float64(x); math.IsNaN(value) || math.IsInf(value, 0) {
			return fmt.Errorf("element %d is %g, not a finite number", i, value)
		}
	}
	return nil
}
