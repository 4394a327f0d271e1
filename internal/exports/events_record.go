package exports

import (
	"encoding/binary"
	"hash/crc32"
)

// record frames data as a TFRecord: its length in 8 bytes, the checksum of
// these, the data and its checksum, all little-endian.
// Format: https://www.tensorflow.org/tutorials/load_data/tfrecord
func record(data []byte) []byte {
	framed := binary.LittleEndian.AppendUint64(nil, uint64(len(data)))
	framed = binary.LittleEndian.AppendUint32(framed, checksum(framed))
	framed = append(framed, data...)
	return binary.LittleEndian.AppendUint32(framed, checksum(data))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum is a CRC-32C, masked because a CRC of data that holds CRCs is weak:
// rotated right by 15 bits, plus a constant.
func checksum(data []byte) uint32 {
	crc := crc32.Checksum(data, castagnoli)
	return (crc>>15 | crc<<17) + 0xa282ead8
}
