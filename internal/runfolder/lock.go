package runfolder

import (
	"errors"
	"fmt"
	"os"

	"github.com/gofrs/flock"
)

// lockFile is the file that a program locks while it writes to a folder.
const lockFile = ".lock"

// Lock makes the calling program the only one that trains into the folder,
// until it calls unlock or ends in whatever way. It returns an error if another
// program does so already. On file systems without locks it always succeeds.
func (f *Folder) Lock() (unlock func(), err error) {
	lock := flock.New(f.File(lockFile), flock.SetPermissions(0o644))
	locked, err := lock.TryLock()
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return func() {}, nil
	case err != nil:
		return nil, newWriteError(f.File(lockFile), err)
	case !locked:
		return nil, fmt.Errorf("another program is training into %s: wait until it is done, or stop it first", f.Path)
	}
	return func() { lock.Unlock() }, nil
}

// Locked reports whether a program holds the folder's lock.
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
