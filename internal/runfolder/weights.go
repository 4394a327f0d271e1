package runfolder

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/nlpodyssey/safetensors"
	"gorgonia.org/tensor"
)

// The limits of a weights file. A file for another model is read, too, so that
// the error can say which weights differ.
const (
	roomForWeights = 64 << 20 // twenty times the largest shipped model
	longestHeader  = 1 << 20  // a thousand tensors take a tenth of it
)

// WriteWeights writes float32 tensors to a safetensors file of the folder. The
// metadata says what they are.
func (f *Folder) WriteWeights(name string, tensors map[string]*tensor.Dense, metadata map[string]string) error {
	content, err := Safetensors(tensors, metadata)
	if err != nil {
		return fmt.Errorf("making %s: %w", name, err)
	}
	return f.Write(name, content)
}

// CopyWeights copies a weights file that [ReadWeights] can read into a
// safetensors file of the folder: a safetensors file byte for byte, one of
// torch.save converted.
func (f *Folder) CopyWeights(name, path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !isTorch(content) {
		return f.Write(name, content)
	}
	tensors, _, err := ReadWeights(path, 0)
	if err != nil {
		return err
	}
	return f.WriteWeights(name, tensors, nil)
}

// Safetensors returns a safetensors file with float32 tensors, for torch's
// module.load_state_dict. Format: https://github.com/huggingface/safetensors
func Safetensors(tensors map[string]*tensor.Dense, metadata map[string]string) ([]byte, error) {
	views := make(map[string]safetensors.TensorView, len(tensors))
	for key, value := range tensors {
		view, err := float32View(value)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", key, err)
		}
		views[key] = view
	}
	all := maps.Clone(metadata)
	if all == nil {
		all = make(map[string]string)
	}
	all["format"] = "pt" // the transformers library requires it
	return safetensors.Serialize(views, all)
}

// A WeightsError says what is wrong with a weights file.
type WeightsError struct {
	Path string
	Err  error
}

func (e *WeightsError) Error() string { return fmt.Sprintf("weights %s: %v", e.Path, e.Err) }

// Unwrap returns the fault itself.
func (e *WeightsError) Unwrap() error { return e.Err }

// WrongRequest marks the error as a fault of the request: it named the wrong
// file.
func (*WeightsError) WrongRequest() {}

// ReadWeights reads the float32 tensors of the file at path: a safetensors
// file, or one that torch.save wrote of model.state_dict() or of a checkpoint with
// that in it. wrappings are what the weights were taken out of: the checkpoint's key,
// and what torch puts before all names of a parallel or compiled model. weights is the
// number of weights of the model they are for, which bounds the file's length. Errors
// are of type *WeightsError.
func ReadWeights(path string, weights int) (tensors map[string]*tensor.Dense, wrappings []string, err error) {
	tensors, wrappings, _, err = readWeights(path, weights)
	return tensors, wrappings, err
}

// ReadMetadata is [ReadWeights] for the metadata of the file. It returns nil if the
// file has none or is one that torch.save wrote.
func ReadMetadata(path string, weights int) (map[string]string, error) {
	_, _, metadata, err := readWeights(path, weights)
	return metadata, err
}

func readWeights(path string, weights int) (tensors map[string]*tensor.Dense, wrappings []string, metadata map[string]string, err error) {
	content, err := read(path, max(roomForWeights, 4*int64(weights)+longestHeader))
	var fault *fs.PathError
	switch {
	case errors.As(err, &fault):
		err = fault.Err // the path is named already
	case err != nil:
	case isTorch(content):
		tensors, wrappings, err = decodeTorch(path, content)
	default:
		if tensors, metadata, err = decodeTensors(content, longestHeader); err != nil {
			err = fmt.Errorf("%w; nor is it one of torch.save since torch 1.6", err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(tensors)) {
		if fault := checkFinite(tensors[name].Float32s()); err == nil && fault != nil {
			err = fmt.Errorf("tensor %q: %w", shortened(name), fault)
		}
	}
	if err != nil {
		return nil, nil, nil, &WeightsError{path, err}
	}
	tensors, prefixes := withoutPrefixes(tensors)
	return tensors, append(wrappings, prefixes...), metadata, nil
}

// withoutPrefixes takes away what torch.nn.DataParallel and torch.compile put before
// all names.
func withoutPrefixes(tensors map[string]*tensor.Dense) (map[string]*tensor.Dense, []string) {
	for _, prefix := range []string{"module.", "_orig_mod."} {
		plain := make(map[string]*tensor.Dense, len(tensors))
		for name, value := range tensors {
			if short, found := strings.CutPrefix(name, prefix); found {
				plain[short] = value
			}
		}
		if len(plain) > 0 && len(plain) == len(tensors) {
			plain, inner := withoutPrefixes(plain)
			return plain, append([]string{prefix}, inner...)
		}
	}
	return tensors, nil
}

func checkFinite(values []float32) error {
	for i, x := range values {
		if value := float64(x); math.IsNaN(value) || math.IsInf(value, 0) {
			return fmt.Errorf("element %d is %g, not a finite number", i, value)
		}
	}
	return nil
}
