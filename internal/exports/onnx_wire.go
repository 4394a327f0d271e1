package exports

import (
	"encoding/binary"
	"maps"
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
		graph.bytes(5, c.initializer())
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

// initializer is the TensorProto.
func (c constant) initializer() []byte {
	var tensor message
	for _, size := range c.shape {
		tensor.integer(1, size)
	}
	element := elementFloat
	if _, whole := c.values.([]int64); whole {
		element = elementInt64
	}
	tensor.integer(2, element)
	tensor.text(8, c.name)
	data, err := binary.Append(nil, binary.LittleEndian, c.values)
	if err != nil {
		panic(err) // impossible for numbers of fixed size
	}
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
