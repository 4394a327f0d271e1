package exports

import (
	"encoding/binary"
	"maps"
	"slices"
)

// Values of the messages below. Those and their field numbers are in
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
	graph := message{{2, m.Name}} // GraphProto
	for _, s := range f.steps {
		graph = append(graph, field{1, s.node()})
	}
	for _, c := range f.constants {
		graph = append(graph, field{5, c.initializer()})
	}
	graph = append(graph, field{11, m.Input().batch()})
	for _, output := range m.Outputs() {
		graph = append(graph, field{12, output.batch()})
	}
	model := message{
		{1, irVersion}, {2, "cifartrain"}, {3, m.Version}, // producer_name, producer_version
		{6, m.Doc}, // doc_string
		{7, graph},
		{8, message{{1, ""}, {2, opset}}}, // opset_import: of ONNX's own domain
	}
	for _, key := range slices.Sorted(maps.Keys(m.Metadata)) {
		model = append(model, field{14, message{{1, key}, {2, m.Metadata[key]}}}) // metadata_props
	}
	return model.encode()
}

// node is the NodeProto.
func (s step) node() (node message) {
	for _, input := range s.inputs {
		node = append(node, field{1, input})
	}
	node = append(node, message{{2, s.output}, {3, s.output}, {4, s.operator}}...) // named after its one output
	if s.attribute != "" {
		node = append(node, field{5, message{{1, s.attribute}, {3, 1}, {20, attributeInt}}}) // name, i, type
	}
	return node
}

// initializer is the TensorProto.
func (c constant) initializer() (tensor message) {
	for _, size := range c.shape {
		tensor = append(tensor, field{1, size})
	}
	element := elementFloat
	if _, whole := c.values.([]int64); whole {
		element = elementInt64
	}
	data, err := binary.Append(nil, binary.LittleEndian, c.values)
	if err != nil {
		panic(err) // impossible for numbers of fixed size
	}
	return append(tensor, message{{2, element}, {8, c.name}, {9, data}}...) // data_type, name, raw_data
}

// batch is the ValueInfoProto of N such tensors of float32, for any N.
func (t Tensor) batch() message {
	dimensions := message{{1, message{{2, "N"}}}} // TensorShapeProto, dim_param
	for _, size := range t.Shape {
		dimensions = append(dimensions, field{1, message{{1, size}}}) // dim_value
	}
	return message{{1, t.Name}, {2, message{{1, message{{1, elementFloat}, {2, dimensions}}}}}} // TypeProto, its Tensor
}
