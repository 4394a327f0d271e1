package cifar

import (
	"crypto/md5"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"cifartrain/internal/pickles"
)

// A value is what a pickled dictionary holds under a key: its texts, or bytes, and
// whole numbers, in order, of whatever objects they are parts.
type value struct {
	texts   [][]byte
	numbers []int64
}

// keys are those of CIFAR's dictionaries.
var keys = []string{"data", "labels", "fine_labels", "coarse_labels", "filenames", "batch_label", "label_names", "fine_label_names", "coarse_label_names"}

// dictionary reads the file, which must not be longer than most bytes, as a pickled
// dictionary, and returns its MD5, too. Nothing in it is executed, and of what kind an
// object is does not matter: the published checksums tell whether the values are the
// right ones.
func (s source) dictionary(most int64) (found map[string]*value, sum string, err error) {
	if s.size > most {
		return nil, "", s.fault(0, "the file has %d bytes, more than the %d that such a file can have", s.size, most)
	}
	content := make([]byte, s.size)
	if err := s.fill(content, "pickle"); err != nil {
		return nil, "", err
	}
	now := &value{}
	found = make(map[string]*value)
	// The largest published file, CIFAR-100's, has about 250,000 operations.
	at, err := pickles.Scan(content, pickles.Limits{Operations: 500_000, Integer: math.MaxInt32}, func(text []byte, number int64) {
		switch {
		case text == nil:
			now.numbers = append(now.numbers, number)
		case slices.Contains(keys, string(text[:min(len(text), 20)])):
			now = &value{}
			found[string(text)] = now
		default:
			now.texts = append(now.texts, text)
		}
	})
	if err != nil {
		return nil, "", s.fault(int64(at), "%v", err)
	}
	return found, fmt.Sprintf("%x", md5.Sum(content)), nil
}

// readPython returns a function that reads a batch of the python version: a
// pickled dictionary in which "data" is a NumPy array of (n, 3072) bytes, and the
// given key holds the labels.
func readPython(labelsKey string) func(batch, source, []byte) error {
	return func(b batch, file source, records []byte) error {
		// A file of the published size has half of this; under protocol 2,
		// Python 3 may write a byte as two.
		values, sum, err := file.dictionary(int64(b.records) * (64 << 20) / 10_000)
		if err != nil {
			return err
		}
		if b.md5 != "" && sum != b.md5 {
			return file.fault(0, "the MD5 is %s, but the published one is %s: the file is damaged", sum, b.md5)
		}
		images, labels := values["data"].bytes(b.records*pixels), values[labelsKey]
		if images == nil {
			return file.fault(0, `its "data" is not a NumPy array of %d × %d bytes`, b.records, pixels)
		}
		if labels == nil || len(labels.numbers) != b.records {
			return file.fault(0, "its %q is not a list of %d labels", labelsKey, b.records)
		}
		for i, label := range labels.numbers {
			if label < 0 || label > 255 {
				return file.fault(0, "image %d: the label %d is not a class", i, label)
			}
			record := records[i*recordSize:][:recordSize]
			record[0] = byte(label)
			copy(record[1:], images[i*pixels:])
		}
		return nil
	}
}

// bytes returns the value's array of n bytes, or nil. Python 3 writes it under
// protocol 2 as a text of that many letters of Latin-1.
func (v *value) bytes(n int) []byte {
	if v == nil {
		return nil
	}
	for _, text := range v.texts {
		if len(text) == n {
			return text
		}
		if utf8.RuneCount(text) == n && utf8.Valid(text) {
			latin := make([]byte, 0, n)
			for _, letter := range string(text) {
				latin = append(latin, byte(letter))
			}
			return latin
		}
	}
	return nil
}

// readNamesPickle reads the names of CIFAR-100's classes from the python
// version.
func readNamesPickle(file source) ([]string, error) {
	values, _, err := file.dictionary(maxNames)
	if err != nil {
		return nil, err
	}
	list := values["fine_label_names"]
	if list == nil || len(list.texts) == 0 {
		return nil, file.fault(0, `it has no list "fine_label_names"`)
	}
	var names []string
	for _, text := range list.texts {
		names = append(names, string(text))
	}
	return names, nil
}
