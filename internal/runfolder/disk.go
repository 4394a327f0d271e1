package runfolder

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// A WriteError says that a file could not be written.
type WriteError struct {
	Path string
	Err  error // the system's error, without a path
}

// Error names the file, the cause and, where there is one, the remedy.
func (e *WriteError) Error() string {
	remedy := ""
	switch {
	case errors.Is(e.Err, syscall.ENOSPC), errors.Is(e.Err, syscall.EDQUOT):
		remedy = ": free some space on the disk"
	case errors.Is(e.Err, syscall.EROFS), errors.Is(e.Err, fs.ErrPermission):
		remedy = ": make the folder writable"
	case errors.Is(e.Err, fs.ErrNotExist):
		remedy = ": the file or its folder is missing"
	case errors.Is(e.Err, fs.ErrExist), errors.Is(e.Err, syscall.EISDIR):
		remedy = ": remove the folder in its place"
	}
	return fmt.Sprintf("writing %s: %v%s", e.Path, e.Err, remedy)
}

// Unwrap returns the system's error.
func (e *WriteError) Unwrap() error { return e.Err }

// newWriteError wraps the system's error for path or for a file beside it.
func newWriteError(path string, err error) *WriteError {
	var ofPath *fs.PathError
	var ofLink *os.LinkError
	switch {
	case errors.As(err, &ofPath):
		err = ofPath.Err
	case errors.As(err, &ofLink):
		err = ofLink.Err
	}
	return &WriteError{path, err}
}

// step does a step of writing the file at path, unless it must not be done any more.
func (f *Folder) step(name, path string, do func() error) error {
	if f.before != nil {
		if err := f.before(name, path); err != nil {
			return err
		}
	}
	return do()
}

// replace writes the parts of a file to path, whole or not at all, and so that
// they survive a power cut: it writes a new file beside path, syncs it and
// renames it. If keep is not empty, the old file is renamed to keep once the
// new one is complete. Only one program writes to a folder at a time, so the
// file beside path can have a fixed name; one that a killed program left behind
// is removed first. Opening it could follow a link to another file and empty that.
func (f *Folder) replace(path, keep string, parts ...[]byte) error {
	part := beside(path)
	var file *os.File
	var err error
	then := func(name string, do func() error) {
		if err == nil {
			err = f.step(name, path, do)
		}
	}
	then("remove", func() error { return ignoreMissing(os.Remove(part)) })
	then("open", func() (err error) {
		file, err = os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		return err
	})
	if err != nil {
		return newWriteError(path, err)
	}
	for _, content := range parts {
		then("write", func() error { _, err := file.Write(content); return err })
	}
	then("sync", file.Sync)
	closed := file.Close()
	then("close", func() error { return closed })
	if keep != "" {
		then("rename to the file kept", func() error { return ignoreMissing(os.Rename(path, keep)) })
	}
	then("rename", func() error { return os.Rename(part, path) })
	if err != nil {
		f.step("remove", path, func() error { return os.Remove(part) }) // frees its space, which a full disk needs
		return newWriteError(path, err)
	}
	then("sync the folder", func() error { return syncFolder(filepath.Dir(path)) })
	if err != nil {
		return newWriteError(path, err)
	}
	return nil
}

// extend adds content to the end of the file at path, in one call, so that it is
// rarely left half written.
func (f *Folder) extend(path string, content []byte) error {
	var file *os.File
	err := f.step("open", path, func() (err error) {
		file, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
		return err
	})
	if err == nil {
		err = f.step("write", path, func() error { _, err := file.Write(content); return err })
		err = cmp.Or(err, file.Close())
	}
	if err != nil {
		return newWriteError(path, err)
	}
	return nil
}

// beside is the path where the file at path is written before it is renamed.
func beside(path string) string {
	folder, name := filepath.Split(path)
	return filepath.Join(folder, "."+name+".part")
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// syncFolder makes renames in the folder survive a power cut, on systems that
// can do so.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	err = folder.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return errors.Join(err, folder.Close())
}
