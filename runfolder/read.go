package runfolder

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// What the small files of a run folder may weigh: a hundred times what the
// program ever writes.
const maxTextFile = 1 << 20

// errNoFile is what stands where a file should: opening a pipe could wait
// forever, and a device may never end.
var errNoFile = errors.New("is not a file but a folder, a pipe or a device")

// open opens the regular file at path, which must not be longer than most bytes,
// and returns its length with it.
func open(path string, most int64) (file *os.File, length int64, err error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, 0, err
	case !info.Mode().IsRegular():
		return nil, 0, &fs.PathError{Op: "open", Path: path, Err: errNoFile}
	case info.Size() > most:
		return nil, 0, &fs.PathError{Op: "open", Path: path, Err: fmt.Errorf("is %d bytes long, more than the %d that any such file here has", info.Size(), most)}
	}
	if file, err = os.Open(path); err != nil {
		return nil, 0, err
	}
	if info, err = file.Stat(); err != nil { // another file may have taken the place meanwhile
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, info.Size(), nil
}

// read returns the content of the regular file at path, at most so many bytes.
func read(path string, most int64) ([]byte, error) {
	file, length, err := open(path, most)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content := make([]byte, min(length, most))
	n, err := io.ReadFull(file, content)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) { // it became shorter meanwhile
		err = nil
	}
	return content[:n], err
}

// shortened is text from a file as a message can hold it.
func shortened(text string) string {
	const longest = 200
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "..."
}
