package exports

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
)

// The messages below and their field numbers are those of
// https://github.com/onnx/onnx/blob/v1.12.0/onnx/onnx.proto3, which also says
// that opset 17 goes with IR version 8.
const (
	irVersion = 8
	opset     = 17

	elementFloat = 1 // TensorProto.DataType
	elementInt64 = 7

	attributeInt = 2 // AttributeProto.AttributeType
)

// encode is the ModelProto.
func (m Model) encode(f *formula) []byte {
	var operators message // OperatorSetIdProto
	operators.text(1, "") // domain: ONNX's own
	operators.integer(2, opset)

	var model message
	model.integer(1, irVersion)
	model.text(2, "cifartrain") // producer_name
	model.text(3, m.Version)    // producer_version
	model.text(6, m.Doc)        // doc_string
	model.bytes(7, m.graph(f))
	model.bytes(8, operators) // opset_import
	for _, key := range slices.Sorted(maps.Keys(m.Metadata)) {
		var entry message // StringStringEntryProto
		entry.text(1, key)
		entry.text(2, m.Metadata[key])
		model.bytes(14, entry) // metadata_props
	}
	return model
}

// graph is the GraphProto.
func (m Model) graph(f *formula) []byte {
	var graph message
	for _, s := range f.steps {
		graph.bytes(1, s.node())
	}
	graph.text(2, m.Name)
	for _, c := range f.constants {
		data := make([]byte, 0, 4*len(c.values))
		for _, x := range c.values {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(x))
		}
		graph.bytes(5, initializer(c.name, elementFloat, c.shape, data))
	}
	if f.integers != nil {
		var data []byte
		for _, x := range f.integers {
			data = binary.LittleEndian.AppendUint64(data, uint64(x))
		}
		graph.bytes(5, initializer(imageShapeName, elementInt64, []int{len(f.integers)}, data))
	}
	input := m.Input()
	graph.bytes(11, batchOf(input.Name, input.Shape))
	for _, output := range m.Outputs() {
		graph.bytes(12, batchOf(output.Name, output.Shape))
	}
	return graph
}

// node is the NodeProto.
func (s step) node() []byte {
	var node message
	for _, input := range s.inputs {
		node.text(1, input)
	}
	node.text(2, s.output)
	node.text(3, s.output) // name: each step has one output
	node.text(4, s.operator)
	if s.attribute != "" {
		var attribute message // AttributeProto
		attribute.text(1, s.attribute)
		attribute.integer(3, 1) // i
		attribute.integer(20, attributeInt)
		node.bytes(5, attribute)
	}
	return node
}

// initializer is the TensorProto of little-endian data.
func initializer(name string, element int, shape []int, data []byte) []byte {
	var tensor message
	for _, size := range shape {
		tensor.integer(1, size)
	}
	tensor.integer(2, element)
	tensor.text(8, name)
	tensor.bytes(9, data) // raw_data
	return tensor
}

// batchOf is the ValueInfoProto of N float32 tensors of a shape, for any N.
func batchOf(name string, shape []int) []byte {
	var dimension, dimensions message // TensorShapeProto
	dimension.text(2, "N")            // dim_param
	dimensions.bytes(1, dimension)
	for _, size := range shape {
		dimension = nil
		dimension.integer(1, size) // dim_value
		dimensions.bytes(1, dimension)
	}
	var tensor, kind, value message
	tensor.integer(1, elementFloat) // TypeProto.Tensor
	tensor.bytes(2, dimensions)
	kind.bytes(1, tensor) // TypeProto
	value.text(1, name)
	value.bytes(2, kind)
	return value
}
