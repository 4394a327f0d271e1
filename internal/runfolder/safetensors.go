package runfolder

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/nlpodyssey/safetensors"
	"gorgonia.org/tensor"
)

// mostTensors is far above any model's. Each takes a hundred times its part of the
// header in memory.
const mostTensors = 4096

// decodeTensors returns the float32 tensors of a safetensors file by name, and
// its metadata. The header may have at most longestHeader bytes. The memory it
// takes is a small multiple of the file's length, whatever the file holds.
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

// decodeHeader reads the header of a safetensors file and returns its length. It
// first checks what the library would allocate.
func decodeHeader(content []byte, longest uint64) (length uint64, metadata safetensors.Metadata, err error) {
	if len(content) < 8 {
		return 0, metadata, fmt.Errorf("it is %d bytes long, and the length of its header alone takes 8", len(content))
	}
	length = binary.LittleEndian.Uint64(content)
	switch {
	case length > uint64(len(content)-8):
		return 0, metadata, fmt.Errorf("its first 8 bytes, the length of its header, say more than the %d that follow: it is another kind of file, or was cut short", len(content)-8)
	case length > longest:
		return 0, metadata, fmt.Errorf("byte 0: the header is %d bytes long, more than the %d that are read", length, longest)
	}
	header := content[8 : 8+length]
	if n := bytes.Count(header, []byte(`"data_offsets"`)); n > mostTensors {
		return 0, metadata, fmt.Errorf("the header lists %d tensors; no model has as many", n)
	}
	// Torch stores the number of batches of a batch normalization as a scalar, which
	// the library takes for an empty tensor.
	if scalar := []byte(`"shape":[]`); bytes.Contains(header, scalar) {
		header = bytes.ReplaceAll(header, scalar, []byte(`"shape":[1]`))
		content = slices.Concat(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header, content[8+length:])
	}
	_, metadata, err = safetensors.ReadMetadata(content)
	return length, metadata, err
}

// float32View returns a tensor in the form of a safetensors file.
func float32View(value *tensor.Dense) (safetensors.TensorView, error) {
	shape := make([]uint64, 0, value.Dims())
	for _, size := range value.Shape() {
		shape = append(shape, uint64(size))
	}
	data, err := binary.Append(nil, binary.LittleEndian, value.Float32s())
	if err != nil {
		return safetensors.TensorView{}, err
	}
	return safetensors.NewTensorView(safetensors.F32, shape, data)
}

// float32Tensor copies data into a new tensor.
func float32Tensor(info *safetensors.TensorInfo, data []byte) (*tensor.Dense, error) {
	if info.DType == safetensors.I64 && len(data) == 8 { // a number of batches
		return tensor.New(tensor.WithShape(1), tensor.WithBacking([]float32{float32(binary.LittleEndian.Uint64(data))})), nil
	}
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
	_, err := binary.Decode(data, binary.LittleEndian, values)
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(values)), err
}
