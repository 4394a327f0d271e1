package runfolder

import (
	"errors"
	"fmt"
	"os"

	"github.com/gofrs/flock"
)

// lockFile is the file that a process locks while it holds a folder's claim.
const lockFile = ".lock"

var errLocked = errors.New("another process has locked it")

// lock locks the folder until unlock is called or the process ends in whatever
// way. The error wraps errLocked if another process holds the lock, and
// errors.ErrUnsupported on file systems without locks.
func (f *Folder) lock() (unlock func(), err error) {
	lock := flock.New(f.File(lockFile), flock.SetPermissions(0o644))
	locked, err := lock.TryLock()
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return nil, err
	case err != nil:
		return nil, newWriteError(f.File(lockFile), err)
	case !locked:
		return nil, fmt.Errorf("%s: %w", f.Path, errLocked)
	}
	return func() { lock.Unlock() }, nil
}

// Locked reports whether a process holds the folder's lock.
func (f *Folder) Locked() bool {
	if _, err := os.Stat(f.File(lockFile)); err != nil {
		return false
	}
	lock := flock.New(f.File(lockFile), flock.SetPermissions(0o644))
	free, err := lock.TryRLock()
	if free {
		lock.Unlock()
	}
	return err == nil && !free
}
