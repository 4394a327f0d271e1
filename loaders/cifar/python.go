package cifar

import (
	"crypto/md5"
	"encoding/hex"
	"slices"

	"github.com/nlpodyssey/gopickle/types"
)

// readPython returns a function that reads a batch of the python version: a
// pickled dictionary in which "data" are the images, (n, 3072) bytes, and the
// given key holds the labels.
func readPython(labelsKey string) func(batch, source, []byte) error {
	return func(b batch, file source, records []byte) error {
		// A file of the published size has half of this; under protocol 2,
		// Python 3 may write a byte as two.
		content, err := file.all(int64(b.records) * (64 << 20) / 10_000)
		if err != nil {
			return err
		}
		if sum := md5.Sum(content); b.md5 != "" && hex.EncodeToString(sum[:]) != b.md5 {
			return file.fault(0, "the MD5 is %x, but the published one is %s: the file is damaged", sum, b.md5)
		}
		values, err := file.dictionary(content)
		if err != nil {
			return err
		}
		fault := func(reason string, values ...any) error { return file.fault(0, reason, values...) }
		images, ok := values["data"].(*array)
		if !ok || images.dtype != "u1" || images.fortran || !slices.Equal(images.shape, []int{b.records, pixels}) || len(images.data) != b.records*pixels {
			return fault(`its "data" is not a NumPy array of %d × %d bytes`, b.records, pixels)
		}
		labels, ok := values[labelsKey].(*types.List)
		if !ok || labels.Len() != b.records {
			return fault("its %q is not a list of %d labels", labelsKey, b.records)
		}
		for i, label := range *labels {
			class, ok := label.(int)
			if !ok || class < 0 || class > 255 {
				return fault("image %d: its label is not a whole number from 0 to 255", i)
			}
			record := records[i*recordSize:][:recordSize]
			record[0] = byte(class)
			copy(record[1:], images.data[i*pixels:])
		}
		return nil
	}
}

// readNamesPickle reads the names of CIFAR-100's classes from the python
// version.
func readNamesPickle(file source) ([]string, error) {
	content, err := file.all(maxNames)
	if err != nil {
		return nil, err
	}
	values, err := file.dictionary(content)
	if err != nil {
		return nil, err
	}
	list, ok := values["fine_label_names"].(*types.List)
	if !ok {
		return nil, file.fault(0, `it has no list "fine_label_names"`)
	}
	var names []string
	for _, value := range *list {
		name, ok := bytesOf(value)
		if !ok {
			return nil, file.fault(0, "the name of class %d is not text", len(names))
		}
		names = append(names, string(name))
	}
	return names, nil
}

// all reads the whole file, which must not be longer than most bytes.
func (s source) all(most int64) ([]byte, error) {
	if s.size > most {
		return nil, s.fault(0, "the file has %d bytes, more than the %d that such a file can have", s.size, most)
	}
	content := make([]byte, s.size)
	return content, s.fill(content, "pickle")
}

// dictionary reads a pickled dictionary whose keys are text or bytes.
func (s source) dictionary(content []byte) (map[string]any, error) {
	value, offset, err := unpickle(content)
	if err != nil {
		return nil, s.fault(offset, "%.300s", err.Error())
	}
	dictionary, ok := value.(*types.Dict)
	if !ok {
		return nil, s.fault(0, "the pickle does not hold a dictionary")
	}
	values := make(map[string]any)
	for _, entry := range *dictionary {
		if key, ok := bytesOf(entry.Key); ok {
			values[string(key)] = entry.Value
		}
	}
	return values, nil
}
