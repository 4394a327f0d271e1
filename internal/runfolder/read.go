package runfolder

import (
	"errors"
	"fmt"
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

// checkFile returns an error if the file at path is not to be read: if it is not a
// regular file of at most so many bytes.
func checkFile(path string, info fs.FileInfo, most int64) error {
	switch {
	case !info.Mode().IsRegular():
		return &fs.PathError{Op: "open", Path: path, Err: errNoFile}
	case info.Size() > most:
		return &fs.PathError{Op: "open", Path: path, Err: fmt.Errorf("is %d bytes long; at most %d are read", info.Size(), most)}
	}
	return nil
}

// read returns the content of the regular file at path, which must not be
// longer than most bytes.
func read(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil {
		err = checkFile(path, info, most)
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
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
	if err == nil {
		err = checkFile(f.File(name), info, mostRead)
	}
	if err != nil {
		return nil, err
	}
	return root.ReadFile(name)
}
