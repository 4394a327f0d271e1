package exports

import (
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// A message is a protocol buffer: its fields, in order.
type message []field

type field struct {
	number protowire.Number
	value  any // an int, float32, float64, string, []byte or message
}

// encode returns the message as it is written.
// Format: https://protobuf.dev/programming-guides/encoding/
func (m message) encode() (b []byte) {
	for _, f := range m {
		switch value := f.value.(type) {
		case int:
			b = protowire.AppendVarint(protowire.AppendTag(b, f.number, protowire.VarintType), uint64(value))
		case float32:
			b = protowire.AppendFixed32(protowire.AppendTag(b, f.number, protowire.Fixed32Type), math.Float32bits(value))
		case float64:
			b = protowire.AppendFixed64(protowire.AppendTag(b, f.number, protowire.Fixed64Type), math.Float64bits(value))
		case string:
			b = protowire.AppendString(protowire.AppendTag(b, f.number, protowire.BytesType), value)
		case []byte:
			b = protowire.AppendBytes(protowire.AppendTag(b, f.number, protowire.BytesType), value)
		case message:
			b = protowire.AppendBytes(protowire.AppendTag(b, f.number, protowire.BytesType), value.encode())
		default:
			panic(fmt.Sprintf("exports: no field of %T", value))
		}
	}
	return b
}
