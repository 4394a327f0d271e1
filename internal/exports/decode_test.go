package exports_test

import (
	"encoding/binary"
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// A fields holds a message's fields by number: whole numbers and bytes.
type fields map[protowire.Number][]field

type field struct {
	number uint64
	bytes  []byte
}

// read takes a message apart.
func read(t *testing.T, message []byte) fields {
	t.Helper()
	all := make(fields)
	for len(message) > 0 {
		number, kind, length := protowire.ConsumeTag(message)
		if length < 0 {
			t.Fatal(protowire.ParseError(length))
		}
		message = message[length:]
		var value field
		switch kind {
		case protowire.VarintType:
			value.number, length = protowire.ConsumeVarint(message)
		case protowire.BytesType:
			value.bytes, length = protowire.ConsumeBytes(message)
		default:
			t.Fatalf("field %d has the wire type %d", number, kind)
		}
		if length < 0 {
			t.Fatal(protowire.ParseError(length))
		}
		message = message[length:]
		all[number] = append(all[number], value)
	}
	return all
}

// text is the first value of a field, as text.
func (f fields) text(number protowire.Number) string {
	if len(f[number]) == 0 {
		return ""
	}
	return string(f[number][0].bytes)
}

// A decoded model is what another program finds in the file.
type decoded struct {
	model     fields
	graph     fields
	constants map[string]constant
}

type constant struct {
	shape  []int
	values []float64
}

// decode reads an ONNX file.
func decode(t *testing.T, file []byte) decoded {
	t.Helper()
	model := read(t, file)
	d := decoded{model: model, graph: read(t, model[7][0].bytes), constants: make(map[string]constant)}
	for _, initializer := range d.graph[5] {
		tensor := read(t, initializer.bytes)
		var c constant
		elements := 1
		for _, size := range tensor[1] {
			c.shape = append(c.shape, int(size.number))
			elements *= int(size.number)
		}
		data := tensor[9][0].bytes
		if tensor[2][0].number == 1 { // float32
			values := make([]float32, elements)
			if n, err := binary.Decode(data, binary.LittleEndian, values); err != nil || n != len(data) {
				t.Errorf("%s holds %d bytes for the shape %v", tensor.text(8), len(data), c.shape)
			}
			c.values = double(values)
		}
		if _, twice := d.constants[tensor.text(8)]; twice {
			t.Errorf("%s is there twice", tensor.text(8))
		}
		d.constants[tensor.text(8)] = c
	}
	return d
}

// evaluate computes the graph's output for one image in float64, by what the
// operators' documentation says.
func (d decoded) evaluate(t *testing.T, image []float64) []float64 {
	t.Helper()
	values := map[string][]float64{read(t, d.graph[11][0].bytes).text(1): image}
	for _, one := range d.graph[1] {
		node := read(t, one.bytes)
		x, known := values[node.text(1)]
		if !known {
			t.Fatalf("%s takes what no node before it gives", node.text(3))
		}
		var constants []constant
		for _, input := range node[1][1:] {
			c, known := d.constants[string(input.bytes)]
			if !known {
				t.Fatalf("%s takes %s, which is not there", node.text(3), input.bytes)
			}
			constants = append(constants, c)
		}
		transB := len(node[5]) > 0 && read(t, node[5][0].bytes).text(1) == "transB"
		values[node.text(2)] = apply(t, node.text(4), transB, x, constants)
	}
	return values[read(t, d.graph[12][0].bytes).text(1)]
}

func apply(t *testing.T, operator string, transB bool, x []float64, constants []constant) []float64 {
	t.Helper()
	y := slices.Clone(x)
	switch operator {
	case "Flatten", "Reshape":
	case "Relu":
		for i := range x {
			y[i] = max(0, x[i])
		}
	case "Gemm": // x B + c, or x B^T + c, for one row x
		b, out := constants[0], constants[1].values
		y = slices.Clone(out)
		for o := range y {
			for i := range x {
				place := i*len(out) + o
				if transB {
					place = o*len(x) + i
				}
				y[o] += x[i] * b.values[place]
			}
		}
	case "Sub", "Div", "Add", "Mul":
		for i := range x {
			place := i // of a constant the size of an image
			if slices.Equal(constants[0].shape, []int{1, 3, 1, 1}) {
				place = i / 1024
			}
			c := constants[0].values[place]
			y[i] = map[string]float64{"Sub": x[i] - c, "Div": x[i] / c, "Add": x[i] + c, "Mul": x[i] * c}[operator]
		}
	case "Softmax", "Sigmoid":
		return nil // the probabilities are beside the main output, and checked with onnxruntime
	default:
		t.Fatalf("%s is no operator that a model here needs", operator)
	}
	return y
}
