package exports

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"

	"cifartrain/graphs"
)

// An Array is a named NumPy array, stored row by row.
type Array struct {
	Name   string
	Shape  []int
	Values any // []float32, []int64 or []string
}

// NPZ returns weights as numpy.load reads them: a float32 array for each weight
// under its name. The same weights give the same bytes.
func NPZ(weights graphs.Weights) ([]byte, error) {
	arrays := make([]Array, len(weights))
	for i, w := range weights {
		arrays[i] = Array{w.Name, w.Value.Shape(), w.Value.Float32s()}
	}
	return Arrays(arrays)
}

// Arrays returns arrays as numpy.load reads them: an uncompressed zip archive
// with a file for each. The same arrays give the same bytes.
//
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
func Arrays(arrays []Array) ([]byte, error) {
	var archive bytes.Buffer
	writer := zip.NewWriter(&archive)
	for _, array := range arrays {
		kind, values := elements(array.Values)
		entry, err := writer.CreateHeader(&zip.FileHeader{Name: array.Name + ".npy", Method: zip.Store})
		if err == nil {
			_, err = entry.Write(arrayHeader(kind, array.Shape))
		}
		if err == nil {
			err = binary.Write(entry, binary.LittleEndian, values)
		}
		if err != nil {
			return nil, fmt.Errorf("writing the array %s: %w", array.Name, err)
		}
	}
	if err := writer.Close(); err != nil {
		return nil, fmt.Errorf("closing the archive of arrays: %w", err)
	}
	return archive.Bytes(), nil
}

// elements returns NumPy's type for values, and the values as they are written:
// texts as UTF-32 code points, all padded to the length of the longest.
func elements(values any) (kind string, written any) {
	switch values := values.(type) {
	case []float32:
		return "<f4", values
	case []int64:
		return "<i8", values
	case []string:
		longest := 1
		for _, text := range values {
			longest = max(longest, utf8.RuneCountInString(text))
		}
		points := make([]rune, longest*len(values))
		for i, text := range values {
			copy(points[i*longest:], []rune(text))
		}
		return fmt.Sprintf("<U%d", longest), points
	}
	panic(fmt.Sprintf("exports: no array of %T", values))
}

// arrayHeader is what precedes an array's elements in version 1.0 of the
// format: magic, version, the length of the rest in two bytes, a Python
// dictionary, and spaces and a newline that pad it to a multiple of 64.
func arrayHeader(kind string, shape []int) []byte {
	const before = 10 // bytes, the length included
	sizes := strings.Join(strings.Fields(strings.Trim(fmt.Sprint(shape), "[]")), ", ")
	if len(shape) == 1 {
		sizes += "," // Python's tuple of one
	}
	dictionary := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", kind, sizes)
	padding := 63 - (before+len(dictionary))%64
	dictionary += strings.Repeat(" ", padding) + "\n"
	header := binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(dictionary)))
	return append(header, dictionary...)
}
