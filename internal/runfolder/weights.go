package runfolder

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"slices"
	"strings"

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
	if !bytes.HasPrefix(content, []byte(torchZip)) {
		return f.Write(name, content)
	}
	w, err := decodeWeights(path, content)
	if err != nil {
		return err
	}
	return f.WriteWeights(name, w.Tensors, nil)
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

// Weights are what a weights file holds.
type Weights struct {
	Path      string                   // of the file; empty for those of a checkpoint
	Tensors   map[string]*tensor.Dense // float32
	Wrappings []string                 // see [ReadWeights]
	Metadata  map[string]string        // only of a safetensors file
}

// ReadWeights reads the file at path: a safetensors file, or one that torch.save wrote
// of model.state_dict() or of a checkpoint with that in it. Wrappings are what the
// weights are taken out of: the checkpoint's key, and what torch puts before all names
// of a parallel or compiled model. parameters is the number of values of the model that
// they are for, which bounds the file's length. Errors are of type *WeightsError.
func ReadWeights(path string, parameters int) (*Weights, error) {
	content, err := read(path, max(roomForWeights, 4*int64(parameters)+longestHeader))
	var fault *fs.PathError
	switch {
	case errors.As(err, &fault):
		return nil, &WeightsError{path, fault.Err} // the path is named already
	case err != nil:
		return nil, &WeightsError{path, err}
	}
	return decodeWeights(path, content)
}

// decodeWeights does what ReadWeights does, with what the file at path holds.
func decodeWeights(path string, content []byte) (w *Weights, err error) {
	w = &Weights{Path: path}
	if bytes.HasPrefix(content, []byte(torchZip)) {
		w.Tensors, w.Wrappings, err = decodeTorch(path, content)
	} else if w.Tensors, w.Metadata, err = decodeSafetensors(content, longestHeader); err != nil {
		err = fmt.Errorf("%w; nor is it one of torch.save since torch 1.6", err)
	}
	for _, name := range slices.Sorted(maps.Keys(w.Tensors)) {
		for i, x := range w.Tensors[name].Float32s() {
			if value := float64(x); err == nil && (math.IsNaN(value) || math.IsInf(value, 0)) {
				err = fmt.Errorf("tensor %q: element %d is %g, not a finite number", shortened(name), i, value)
			}
		}
	}
	if err != nil {
		return nil, &WeightsError{path, err}
	}
	w.unwrap()
	return w, nil
}

// unwrap takes away what torch.nn.DataParallel and torch.compile put before all names.
func (w *Weights) unwrap() {
	for _, prefix := range []string{"module.", "_orig_mod."} {
		plain := make(map[string]*tensor.Dense, len(w.Tensors))
		for name, value := range w.Tensors {
			if short, found := strings.CutPrefix(name, prefix); found {
				plain[short] = value
			}
		}
		if len(plain) > 0 && len(plain) == len(w.Tensors) {
			w.Tensors, w.Wrappings = plain, append(w.Wrappings, prefix)
			w.unwrap()
			return
		}
	}
}
