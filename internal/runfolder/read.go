package runfolder

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// maxTextFile bounds the small files of a run folder: a hundred times what the
// program ever writes.
const maxTextFile = 1 << 20

// errNoFile refuses what is not a regular file: opening a pipe could wait
// forever, and a device may never end.
var errNoFile = errors.New("is not a file but a folder, a pipe or a device")

// open opens the regular file at path, which must not be longer than most
// bytes, and returns its length.
func open(path string, most int64) (file *os.File, length int64, err error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, 0, err
	case !info.Mode().IsRegular():
		return nil, 0, &fs.PathError{Op: "open", Path: path, Err: errNoFile}
	case info.Size() > most:
		return nil, 0, &fs.PathError{Op: "open", Path: path, Err: fmt.Errorf("is %d bytes long; at most %d are read", info.Size(), most)}
	}
	if file, err = os.Open(path); err != nil {
		return nil, 0, err
	}
	if info, err = file.Stat(); err != nil { // another file may have taken the place meanwhile
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, info.Size(), nil
}

// read returns the content of the regular file at path, which must not be
// longer than most bytes.
func read(path string, most int64) ([]byte, error) {
	file, length, err := open(path, most)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content := make([]byte, min(length, most))
	n, err := io.ReadFull(file, content)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) { // the file was shortened meanwhile
		err = nil
	}
	return content[:n], err
}

// shortened cuts text from a file to a length that fits into a message.
func shortened(text string) string {
	const longest = 200
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "..."
}

// mostRead bounds the files that Read reads, pages with all their pictures.
const mostRead = 1 << 28

// Read returns the content of a file of the folder for others to see. It follows
// no link that leads out of the folder, and reads nothing but regular files.
func (f *Folder) Read(name string) ([]byte, error) {
	root, err := os.OpenRoot(f.Path)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "open", Path: f.File(name), Err: errNoFile}
	case info.Size() > mostRead:
		return nil, &fs.PathError{Op: "open", Path: f.File(name), Err: fmt.Errorf("is %d bytes long; at most %d are read", info.Size(), mostRead)}
	}
	return root.ReadFile(name)
}
