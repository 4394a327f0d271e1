package runfolder

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// How long claims last. The holder renews its claim every touchEvery. If it
// could not do so for trustedFor, it claims the folder again before it writes;
// that is well before another process may take the folder over, after
// expiresIn.
const (
	touchEvery = 5 * time.Second
	trustedFor = 30 * time.Second
	expiresIn  = time.Minute
)

// mostClaims is more than any folder ever has: each is a process that worked in it.
const mostClaims = 1_000_000_000

// A Holder is the process that holds a claim.
type Holder struct {
	Host     string `json:"host"`
	Process  int    `json:"process"`
	Released bool   `json:"released,omitempty"`

	// Machine identifies the running system of a holder that has also locked the
	// folder. Processes on the same system see by the lock at once whether the
	// holder is alive. It is empty where there are no locks.
	Machine string `json:"machine,omitempty"`
}

func (h Holder) String() string { return fmt.Sprintf("process %d on %s", h.Process, h.Host) }

// here reports whether the lock says if the holder is alive.
func (h Holder) here() bool { return h.Machine != "" && h.Machine == machine() }

// A Claim is one process's hold on a folder. Other processes, possibly on other
// machines that share the file system, must not write into the folder meanwhile.
//
// A claim is a file of the folder: .claim-1, .claim-2 and so on. The one with
// the highest number counts. It is created with O_EXCL, so that exactly one
// process succeeds. A process takes over an expired claim by creating the next
// one: nothing is renamed or deleted on the way, so two processes cannot both
// succeed. Whether a claim has expired is decided by the watch of the process
// that looks, because the clocks of two hosts may differ. A file lock alone would
// not do, because some shared file systems grant it to one process on every host.
type Claim struct {
	folder *Folder
	holder Holder
	unlock func() // nil where there are no locks

	mutex   sync.Mutex
	number  int
	touched time.Time     // when the last touch began, by this host's clock
	ended   error         // why the claim no longer holds; nil while it does
	stop    chan struct{} // closed by Release
}

// A LostError says that another process has taken over a folder because its
// holder stood still for too long.
type LostError struct{ Path string }

// Error names the folder.
func (e *LostError) Error() string {
	return fmt.Sprintf("%s: another process has taken this over, because this one stood still for more than %s", e.Path, expiresIn)
}

// Claims takes claims for one process, and remembers since when it has seen the
// claims of others unchanged. The zero value is ready for use by one goroutine
// at a time.
type Claims struct {
	seen map[string]sighting // by the path of the claim's file
}

// A sighting is the time of a claim's file, and when a process first saw it so.
type sighting struct {
	modified, since time.Time
	renewed         bool // whether the holder has renewed the claim since it was first seen
}

// Take claims the folder. If another process holds it, the claim is nil, holder
// says which process, and alive is true if that process is certainly alive.
// Otherwise its claim expires if it stays unchanged for a minute, in which Take
// must be called now and then. If another process takes the folder over later,
// onLost is called once.
func (c *Claims) Take(f *Folder, onLost func(error)) (claim *Claim, holder Holder, alive bool, err error) {
	number, err := f.lastClaim()
	if err != nil {
		return nil, Holder{}, false, err
	}
	unlock, taken, err := f.lock()
	if err != nil {
		return nil, Holder{}, false, err
	}
	defer func() {
		if claim == nil && unlock != nil {
			unlock()
		}
	}()
	expired := false
	if number > 0 {
		var modified time.Time
		if holder, modified, err = f.readClaim(number); err != nil {
			return nil, Holder{}, false, err
		}
		var renewed bool
		expired, renewed = c.watch(f.claimFile(number), modified)
		if !holder.Released && !expired && !(holder.here() && unlock != nil) {
			return nil, holder, holder.here() || renewed, nil
		}
	}
	if taken && !expired {
		return nil, Holder{Host: "this host"}, true, nil // another process is just claiming it
	}
	host, err := os.Hostname()
	if err != nil {
		host = "a host without a name"
	}
	own := &Claim{folder: f, number: number, stop: make(chan struct{}), unlock: unlock, holder: Holder{Host: host, Process: os.Getpid()}}
	if unlock != nil {
		own.holder.Machine = machine()
	}
	err = own.next()
	if errors.Is(err, fs.ErrExist) { // another process was faster
		return nil, Holder{Host: "another host"}, true, nil
	}
	if err != nil {
		return nil, Holder{}, false, err
	}
	go own.keep(onLost)
	return own, own.holder, true, nil
}

// watch says whether the claim in a file with the given time has been unchanged
// for so long that it has expired, and whether it was renewed meanwhile.
func (c *Claims) watch(file string, modified time.Time) (expired, renewed bool) {
	before, known := c.seen[file]
	if known && before.modified.Equal(modified) {
		return time.Since(before.since) > expiresIn, before.renewed
	}
	if c.seen == nil {
		c.seen = make(map[string]sighting)
	}
	c.seen[file] = sighting{modified, time.Now(), known}
	return false, known
}

// LookAgain is how long a process waits before it tries again to claim a folder
// that another process holds.
const LookAgain = time.Second

// Claim claims the folder, or returns an error that names the process that works
// in it. If it is uncertain whether that process is still alive, Claim calls
// waiting with it and waits until the process renews its claim or the claim
// expires. The returned context ends when ctx does or when the claim is lost.
func (f *Folder) Claim(ctx context.Context, waiting func(Holder)) (context.Context, *Claim, error) {
	working, lose := context.WithCancelCause(ctx)
	var claims Claims
	for told := false; ; told = true {
		claim, holder, alive, err := claims.Take(f, lose)
		if err == nil && claim == nil && alive {
			err = fmt.Errorf("%s is being trained by %s: wait until it is done, or stop it first", f.Path, holder)
		}
		if err != nil || claim != nil {
			return working, claim, err
		}
		if !told {
			waiting(holder)
		}
		select {
		case <-ctx.Done():
			return working, nil, context.Cause(ctx)
		case <-time.After(LookAgain):
		}
	}
}

// HeldBy says which process works in the folder, for people: it judges the age of
// a claim by this host's clock. held is false if no process works in it.
func (f *Folder) HeldBy() (holder Holder, held bool, err error) {
	number, err := f.lastClaim()
	if err != nil || number == 0 {
		return Holder{}, false, err
	}
	holder, modified, err := f.readClaim(number)
	switch {
	case err != nil || holder.Released:
		return holder, false, err
	case holder.here():
		return holder, f.Locked(), nil
	}
	return holder, time.Since(modified).Abs() < expiresIn, nil
}

// Folder returns the claimed folder for writing. Every write first checks the
// claim, and fails with a *LostError if it is lost.
func (c *Claim) Folder() *Folder {
	return &Folder{c.folder.Path, func(string, string) error { return c.hold(false) }}
}

// Release gives the folder back. It does nothing more if the claim is lost.
func (c *Claim) Release() error {
	close(c.stop)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.unlock != nil {
		defer c.unlock()
	}
	if c.ended != nil {
		return nil
	}
	c.ended, c.holder.Released = errors.New("the claim was given back"), true
	return ignoreMissing(c.write(os.O_WRONLY)) // somebody may have deleted the folder
}

// hold checks that the claim still holds, and may renew it: that sets the time of its
// file to the file system's current time. A process that stood still for too long to be
// certain claims the folder again, which fails if another process has claimed it
// meanwhile.
func (c *Claim) hold(renew bool) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.ended != nil {
		return c.ended
	}
	began := time.Now()
	// Round(0) strips the monotonic reading and leaves the wall clock, which
	// keeps running while a machine sleeps.
	still := max(began.Sub(c.touched), began.Sub(c.touched.Round(0)))
	if still >= trustedFor {
		err := c.next()
		if errors.Is(err, fs.ErrExist) {
			c.ended = &LostError{c.folder.Path}
			return c.ended
		}
		return err
	}
	if renew && c.write(os.O_WRONLY) == nil { // after an error the claim grows old, which the next hold notices
		c.touched = began
	}
	return nil
}

// keep renews the claim for as long as it holds.
func (c *Claim) keep(onLost func(error)) {
	ticker := time.NewTicker(touchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-c.stop:
			return
		case <-ticker.C:
		}
		if err := c.hold(true); errors.As(err, new(*LostError)) {
			onLost(err)
			return
		}
	}
}

// next creates the claim that follows the current one, which is free or the
// process's own.
func (c *Claim) next() error {
	began := time.Now()
	c.number++
	err := c.write(os.O_WRONLY | os.O_CREATE | os.O_EXCL)
	if err == nil {
		c.touched = began
		return nil
	}
	file := c.folder.claimFile(c.number)
	c.number--
	if errors.Is(err, fs.ErrExist) {
		return err
	}
	os.Remove(file) // a full disk may have cut it short
	return newWriteError(file, err)
}

// write writes the claim's file over what it held. Its text never gets shorter, so
// that a full disk has room for it.
func (c *Claim) write(flag int) error {
	text, err := json.Marshal(c.holder)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(c.folder.claimFile(c.number), flag, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}

func (f *Folder) claimFile(number int) string { return f.File(fmt.Sprintf(".claim-%d", number)) }

// lastClaim is the highest number of the folder's claims, or 0 if it has none.
func (f *Folder) lastClaim() (int, error) {
	entries, err := os.ReadDir(f.Path)
	if err != nil {
		return 0, fmt.Errorf("looking who works in %s: %w", f.Path, err)
	}
	last := 0
	for _, entry := range entries {
		var number int
		if n, _ := fmt.Sscanf(entry.Name(), ".claim-%d", &number); n == 1 {
			last = max(last, number)
		}
	}
	if last > mostClaims {
		return 0, fmt.Errorf("looking who works in %s: no claim has a number as high as %d: delete .claim-%[2]d", f.Path, last)
	}
	return last, nil
}

// readClaim returns the holder of the claim with a number, and when it last
// renewed it by the file system's clock.
func (f *Folder) readClaim(number int) (holder Holder, modified time.Time, err error) {
	err = checkOwn(f.claimFile(number))
	var file *os.File
	if err == nil {
		file, err = os.Open(f.claimFile(number)) // unlike os.Stat, this makes a file server look again
	}
	if err == nil {
		defer file.Close()
		var info fs.FileInfo
		if info, err = file.Stat(); err == nil {
			modified = info.ModTime()
		}
	}
	if err != nil {
		return Holder{}, modified, fmt.Errorf("looking who works in %s: %w", f.Path, err)
	}
	if json.NewDecoder(file).Decode(&holder) != nil {
		holder = Holder{Host: "another host"} // it has not finished writing the file
	}
	return holder, modified, nil
}

// machine identifies the running system: processes with the same answer see each
// other's file locks. It is empty where that is not known.
var machine = sync.OnceValue(func() string {
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id") // drawn anew at each start of Linux
	return strings.TrimSpace(string(boot))
})

// lockFile is the file that a process locks while it holds a folder's claim.
const lockFile = ".lock"

// lock locks the folder until unlock is called or the process ends in whatever
// way. unlock is nil if another process holds the lock, which taken says, or on file
// systems without locks.
func (f *Folder) lock() (unlock func(), taken bool, err error) {
	if err := checkOwn(f.File(lockFile)); err != nil {
		return nil, false, err
	}
	lock := flock.New(f.File(lockFile), flock.SetPermissions(0o644))
	locked, err := lock.TryLock()
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return nil, false, nil
	case err != nil:
		return nil, false, newWriteError(f.File(lockFile), err)
	case !locked:
		return nil, true, nil
	}
	return func() { lock.Unlock() }, false, nil
}

// checkOwn returns an error if something lies at path that this program did not put
// there: a link would have another file made or read, and opening a pipe could wait
// for ever.
func checkOwn(path string) error {
	info, err := os.Lstat(path)
	if err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file of its own but a link, a folder or a pipe: delete it", path)
	}
	return nil
}

// Locked reports whether a process holds the folder's lock.
func (f *Folder) Locked() bool {
	if !f.Has(lockFile) || checkOwn(f.File(lockFile)) != nil {
		return false
	}
	lock := flock.New(f.File(lockFile), flock.SetPermissions(0o644))
	free, err := lock.TryRLock()
	if free {
		lock.Unlock()
	}
	return err == nil && !free
}
