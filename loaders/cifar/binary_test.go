package cifar

import (
	"bytes"
	"errors"
	"testing"

	"cifartrain/loaders"
)

// Whatever the file holds, it is accepted exactly when it has the records' size.
func FuzzReadBinary(f *testing.F) {
	two := randomRecords(5, 2)
	f.Add(two, uint8(2))
	f.Add(two[:recordSize], uint8(1))
	f.Add(two[:5000], uint8(2))
	f.Add(two, uint8(1))
	f.Add([]byte{}, uint8(0))
	f.Fuzz(func(t *testing.T, content []byte, count uint8) {
		records, file := make([]byte, int(count%4)*recordSize), source{Reader: bytes.NewReader(content), path: "data_batch_3.bin"}
		err := readBinary(1)(batch{records: int(count % 4)}, file, records)
		if valid := len(content) == len(records); valid != (err == nil) {
			t.Fatalf("error %v for %d bytes in the place of %d", err, len(content), len(records))
		}
		if err == nil && !bytes.Equal(records, content) {
			t.Fatal("the records are not the file's")
		}
		var format *loaders.FormatError
		if err != nil && (!errors.As(err, &format) || format.Offset < 0 || format.Offset > int64(len(content))) {
			t.Fatalf("error %v shows no place in %d bytes", err, len(content))
		}
	})
}
