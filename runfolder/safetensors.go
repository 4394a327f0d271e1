package runfolder

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/nlpodyssey/safetensors"
	"gorgonia.org/tensor"
)

// What a header may hold: far more than any model's. Each costs a hundred times
// its bytes in memory.
const (
	mostKeys   = 4096 // of an object
	mostValues = 8    // of a list; a weight has two dimensions at most
)

// decodeTensors returns the float32 tensors of a safetensors file by name, and
// its metadata. The file's header may have so many bytes. What is read from a
// file costs a small multiple of the file's length, whatever it holds.
// Format: https://github.com/huggingface/safetensors
func decodeTensors(content []byte, longestHeader uint64) (map[string]*tensor.Dense, map[string]string, error) {
	header, metadata, err := decodeHeader(content, longestHeader)
	if err != nil {
		return nil, nil, fmt.Errorf("is not a sound safetensors file: %s", shortened(err.Error()))
	}
	data := content[8+header:]
	tensors := make(map[string]*tensor.Dense)
	for name, info := range metadata.Tensors() {
		value, err := float32Tensor(info, data[info.DataOffsets[0]:info.DataOffsets[1]])
		if err != nil {
			return nil, nil, fmt.Errorf("tensor %q: %w", shortened(name), err)
		}
		tensors[name] = value
	}
	return tensors, metadata.Metadata(), nil
}

// decodeHeader reads the header of a safetensors file and returns its length.
// The library takes the last of two tensors of one name, which the format
// forbids, and its errors may quote the whole header.
func decodeHeader(content []byte, longest uint64) (length uint64, metadata safetensors.Metadata, err error) {
	if len(content) < 8 {
		return 0, metadata, fmt.Errorf("it is %d bytes long and the header's length alone takes 8", len(content))
	}
	length = binary.LittleEndian.Uint64(content)
	switch {
	case length > uint64(len(content)-8):
		return 0, metadata, fmt.Errorf("its first 8 bytes, the length of its header, say more than the %d that follow: it is another kind of file, or was cut short", len(content)-8)
	case length > longest:
		return 0, metadata, fmt.Errorf("byte 0: the header is %d bytes long, more than the %d of any file here", length, longest)
	}
	decoder := json.NewDecoder(bytes.NewReader(content[8 : 8+length]))
	decoder.UseNumber()
	if err := checkKeys(decoder, 0); err != nil {
		return 0, metadata, fmt.Errorf("byte %d: %w", 8+decoder.InputOffset(), err)
	}
	return safetensors.ReadMetadata(content)
}

// checkKeys reads a JSON value and refuses a key given twice in one object, and
// values nested deeper than any of a safetensors header.
func checkKeys(decoder *json.Decoder, depth int) error {
	token, err := decoder.Token()
	opening, nested := token.(json.Delim)
	switch {
	case err != nil:
		return fmt.Errorf("the header is no JSON: %w", err)
	case !nested:
		return nil
	case depth == 3:
		return errors.New("the header is nested too deeply")
	}
	seen := make(map[string]bool)
	for n := 1; decoder.More(); n++ {
		switch {
		case opening == '[' && n > mostValues:
			return fmt.Errorf("a list is longer than %d; no weight has as many dimensions", mostValues)
		case n > mostKeys:
			return fmt.Errorf("more than %d things have a name; no model has as many tensors", mostKeys)
		case opening == '{':
			key, err := decoder.Token()
			name, _ := key.(string)
			if err != nil {
				return fmt.Errorf("the header is no JSON: %w", err)
			}
			if seen[name] {
				return fmt.Errorf("%q is given twice", shortened(name))
			}
			seen[name] = true
		}
		if err := checkKeys(decoder, depth+1); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil { // the closing bracket
		return fmt.Errorf("the header is no JSON: %w", err)
	}
	return nil
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

// float32Tensor copies data into a tensor of the shape.
func float32Tensor(info *safetensors.TensorInfo, data []byte) (*tensor.Dense, error) {
	if info.DType != safetensors.F32 {
		return nil, fmt.Errorf("holds %v, not F32", info.DType)
	}
	if len(info.Shape) == 0 || len(data) == 0 {
		return nil, fmt.Errorf("has the shape %v; no weight is a scalar or empty", info.Shape)
	}
	shape := make(tensor.Shape, len(info.Shape))
	for i, size := range info.Shape {
		shape[i] = int(size)
	}
	values := make([]float32, len(data)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(values)), nil
}
