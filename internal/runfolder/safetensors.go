package runfolder

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/nlpodyssey/safetensors"
	"gorgonia.org/tensor"
)

// Safetensors returns a safetensors file with float32 tensors, for torch's
// module.load_state_dict. Format: https://github.com/huggingface/safetensors
func Safetensors(tensors map[string]*tensor.Dense, metadata map[string]string) ([]byte, error) {
	views := make(map[string]safetensors.TensorView, len(tensors))
	for key, value := range tensors {
		var shape []uint64
		for _, size := range value.Shape() {
			shape = append(shape, uint64(size))
		}
		data, err := binary.Append(nil, binary.LittleEndian, value.Float32s())
		if err == nil {
			views[key], err = safetensors.NewTensorView(safetensors.F32, shape, data)
		}
		if err != nil {
			return nil, fmt.Errorf("%q: %w", key, err)
		}
	}
	all := map[string]string{"format": "pt"} // the transformers library requires it
	maps.Copy(all, metadata)
	return safetensors.Serialize(views, all)
}

// decodeSafetensors returns the float32 tensors of a safetensors file by name, and
// its metadata. The header may have at most longestHeader bytes. The memory it
// takes is a small multiple of the file's length, whatever the file holds.
func decodeSafetensors(content []byte, longestHeader uint64) (map[string]*tensor.Dense, map[string]string, error) {
	header, metadata, err := decodeHeader(content, longestHeader)
	if err != nil {
		return nil, nil, fmt.Errorf("is not a sound safetensors file: %s", shortened(err.Error()))
	}
	data := content[8+header:]
	tensors := make(map[string]*tensor.Dense)
	for name, info := range metadata.Tensors() {
		if tensors[name], err = float32Tensor(info, data[info.DataOffsets[0]:info.DataOffsets[1]]); err != nil {
			return nil, nil, fmt.Errorf("tensor %q: %w", shortened(name), err)
		}
	}
	return tensors, metadata.Metadata(), nil
}

// decodeHeader reads the header of a safetensors file and returns its length. It
// first checks what the library would allocate.
func decodeHeader(content []byte, longest uint64) (length uint64, metadata safetensors.Metadata, err error) {
	// mostTensors is far above any model's. Each takes a hundred times its part of the
	// header in memory.
	const mostTensors = 4096
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

// float32Tensor copies data into a new tensor. The number of batches of a batch
// normalization, a whole number, becomes a tensor of one element.
func float32Tensor(info *safetensors.TensorInfo, data []byte) (*tensor.Dense, error) {
	switch {
	case info.DType == safetensors.I64 && len(data) == 8:
		return tensor.New(tensor.WithShape(1), tensor.WithBacking([]float32{float32(binary.LittleEndian.Uint64(data))})), nil
	case info.DType != safetensors.F32:
		return nil, fmt.Errorf("holds %v, not F32", info.DType)
	case len(info.Shape) == 0 || len(data) == 0:
		return nil, fmt.Errorf("has the shape %v; no weight is a scalar or empty", info.Shape)
	}
	var shape []int
	for _, size := range info.Shape {
		shape = append(shape, int(size))
	}
	values := make([]float32, len(data)/4)
	_, err := binary.Decode(data, binary.LittleEndian, values)
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(values)), err
}
