package runfolder

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// A disk is where the folder's files are written. Tests replace it by one that
// fails.
type disk interface {
	open(path string, flag int) (diskFile, error)
	rename(from, to string) error
	remove(path string) error
	syncFolder(path string) error
}

// A diskFile is an open file of a disk.
type diskFile interface {
	io.WriteCloser
	Sync() error
}

// system is the operating system's disk. Before each change it checks that the claim
// still holds; claim is nil where nobody else writes into the folder.
type system struct{ claim *Claim }

func (s system) open(path string, flag int) (diskFile, error) {
	if err := s.claim.hold(); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, flag, 0o644)
	if err != nil {
		return nil, err // return a nil interface; one that holds a nil *os.File is not nil
	}
	return file, nil
}

func (s system) rename(from, to string) error {
	if err := s.claim.hold(); err != nil {
		return err
	}
	return os.Rename(from, to)
}

func (s system) remove(path string) error {
	if err := s.claim.hold(); err != nil {
		return err
	}
	return os.Remove(path)
}

// syncFolder makes renames in the folder survive a power cut, on systems that
// can do so.
func (system) syncFolder(path string) error {
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

// A WriteError says that a file could not be written.
type WriteError struct {
	Path string
	Err  error // the system's error, without a path
}

func (e *WriteError) Error() string {
	return fmt.Sprintf("writing %s: %v%s", e.Path, e.Err, remedy(e.Err))
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

// remedy says what to do about an error of writing.
func remedy(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return ": free some space on the disk"
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return ": make the folder writable"
	case errors.Is(err, fs.ErrNotExist):
		return ": the file or its folder is missing"
	}
	return ""
}

// replace writes the parts of a file to path, whole or not at all, and so that
// they survive a power cut: it writes a new file beside path, syncs it and
// renames it. If keep is not empty, the old file is renamed to keep once the
// new one is complete. Only one program writes to a folder at a time, so the
// file beside path can have a fixed name; one that a killed program left behind
// is removed first. Opening it could follow a link to another file and empty that.
func replace(disk disk, path, keep string, parts ...[]byte) error {
	part := beside(path)
	if err := disk.remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return newWriteError(path, err)
	}
	file, err := disk.open(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY)
	if err != nil {
		return newWriteError(path, err)
	}
	for _, content := range parts {
		if err == nil {
			_, err = file.Write(content)
		}
	}
	err = cmp.Or(err, file.Sync())
	err = cmp.Or(err, file.Close())
	if err == nil && keep != "" {
		if err = disk.rename(path, keep); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	if err == nil {
		err = disk.rename(part, path)
	}
	if err != nil {
		disk.remove(part) // frees its space, which a full disk needs
		return newWriteError(path, err)
	}
	if err := disk.syncFolder(filepath.Dir(path)); err != nil {
		return newWriteError(path, err)
	}
	return nil
}

// beside is the path where the file at path is written before it is renamed.
func beside(path string) string {
	folder, name := filepath.Split(path)
	return filepath.Join(folder, "."+name+".part")
}
