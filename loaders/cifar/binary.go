package cifar

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"cifartrain/loaders"
)

// A source is a file that is being read, in a folder or in an archive.
type source struct {
	io.Reader
	path string // for errors
	size int64  // in bytes, according to the folder or the archive
}

// readBinary returns a function that reads a batch of the binary version. Each
// record begins with a number of label bytes, of which the last is used.
func readBinary(labels int) func(batch, source, []byte) error {
	return func(b batch, file source, records []byte) error {
		content := records
		if labels > 1 {
			content = make([]byte, b.records*(labels+pixels))
		}
		if err := file.fill(content, fmt.Sprintf("%d records", b.records)); err != nil || labels == 1 {
			return err
		}
		for i := range b.records {
			copy(records[i*recordSize:(i+1)*recordSize], content[(i+1)*(labels+pixels)-recordSize:])
		}
		return nil
	}
}

// fill reads the file into content. The file must have exactly that length;
// what says what it contains, for errors.
func (s source) fill(content []byte, what string) error {
	n, err := io.ReadFull(s, content)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return s.fault(int64(n), "the file ends here, %d bytes short of the %d bytes of its %s", len(content)-n, len(content), what)
	case err != nil:
		return err
	}
	if extra, _ := io.ReadFull(s, make([]byte, 1)); extra > 0 {
		return s.fault(int64(n), "the file goes on after its %s, so it is not one of CIFAR's", what)
	}
	return nil
}

// fault returns an error for the content at a byte.
func (s source) fault(offset int64, reason string, values ...any) error {
	return &loaders.FormatError{File: s.path, Offset: offset, Reason: fmt.Sprintf(reason, values...)}
}

// readNamesText reads the names of the classes, one on each line.
func readNamesText(file source) ([]string, error) {
	var names []string
	lines := bufio.NewScanner(io.LimitReader(file, maxNames))
	for lines.Scan() {
		if name := strings.TrimSpace(lines.Text()); name != "" {
			names = append(names, name)
		}
	}
	return names, lines.Err()
}

// maxNames is the most that is read of a file with class names, in bytes.
const maxNames = 1 << 20
