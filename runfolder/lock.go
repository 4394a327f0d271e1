package runfolder

import (
	"errors"
	"fmt"

	"github.com/gofrs/flock"
)

// lockFile is what a program holds as long as it writes to a folder.
const lockFile = ".lock"

// Lock makes the calling program the only one that trains into the folder,
// until unlock is called or the program ends, in whatever way. The error says
// when another one does. File systems without locks grant every one.
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
