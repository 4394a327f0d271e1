package exports

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"cifartrain/graphs"
)

// NPZ returns weights as numpy.load reads them: an uncompressed zip archive
// with a float32 array for each weight under its name. The same weights give
// the same bytes.
//
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
func NPZ(weights graphs.Weights) ([]byte, error) {
	var archive bytes.Buffer
	writer := zip.NewWriter(&archive)
	for _, w := range weights {
		entry, err := writer.CreateHeader(&zip.FileHeader{Name: w.Name + ".npy", Method: zip.Store})
		if err != nil {
			return nil, fmt.Errorf("exports: %s: %w", w.Name, err)
		}
		if _, err := entry.Write(arrayHeader(w.Value.Shape())); err != nil {
			return nil, fmt.Errorf("exports: %s: %w", w.Name, err)
		}
		if err := binary.Write(entry, binary.LittleEndian, w.Value.Float32s()); err != nil {
			return nil, fmt.Errorf("exports: %s: %w", w.Name, err)
		}
	}
	if err := writer.Close(); err != nil {
		return nil, fmt.Errorf("exports: %w", err)
	}
	return archive.Bytes(), nil
}

// arrayHeader is what stands before an array's elements, version 1.0 of the
// format: magic, version, the length of the rest in two bytes, a Python
// dictionary, and spaces and a newline that fill it up to a multiple of 64.
func arrayHeader(shape []int) []byte {
	const before = 10 // bytes, the length included
	sizes := ""
	for _, size := range shape {
		sizes += fmt.Sprintf("%d, ", size)
	}
	dictionary := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }", strings.TrimSuffix(sizes, " "))
	padding := 63 - (before+len(dictionary))%64
	dictionary += strings.Repeat(" ", padding) + "\n"
	header := binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(dictionary)))
	return append(header, dictionary...)
}
