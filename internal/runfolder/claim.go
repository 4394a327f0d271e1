package runfolder

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"
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

// A Holder is the process that holds a claim.
type Holder struct {
	Host     string    `json:"host"`
	Process  int       `json:"process"`
	Started  time.Time `json:"started"` // by the host's clock, for people
	Released bool      `json:"released,omitempty"`
}

func (h Holder) String() string { return fmt.Sprintf("process %d on %s", h.Process, h.Host) }

// A Claim is one process's hold on a folder in which many processes work,
// possibly on many machines that share the file system.
//
// A claim is a file of the folder: .claim-1, .claim-2 and so on. The one with
// the highest number counts. It is created with O_EXCL, so that exactly one
// process succeeds. A process takes over an expired claim by creating the next
// one: nothing is renamed or deleted on the way, so two processes cannot both
// succeed. Ages are differences of the file system's own times, because the
// clocks of two hosts may differ. File locks are not used, because some shared
// file systems grant them to one process on every host.
type Claim struct {
	folder *Folder
	holder Holder

	mutex   sync.Mutex
	number  int
	touched time.Time     // when the last touch began, by this host's clock
	ended   error         // why the claim no longer holds; nil while it does
	stop    chan struct{} // closed by Release
}

// A LostError says that another process has taken over a folder because its
// holder stood still for too long.
type LostError struct{ Path string }

func (e *LostError) Error() string {
	return fmt.Sprintf("%s: another process has taken this over, because this one stood still for more than %s", e.Path, expiresIn)
}

var errReleased = errors.New("the claim was given back")

// Claim claims the folder for the calling process. now is the time by
// [Folder.Clock]. If another process holds the folder, the claim is nil and
// holder says which process. If another process takes the folder over later,
// onLost is called once.
func (f *Folder) Claim(now time.Time, onLost func(error)) (claim *Claim, holder Holder, err error) {
	number, err := f.lastClaim()
	if err != nil {
		return nil, Holder{}, err
	}
	if number > 0 {
		holder, free, err := f.heldBy(number, now)
		if err != nil || !free {
			return nil, holder, err
		}
	}
	host, err := os.Hostname()
	if err != nil {
		host = "a host without a name"
	}
	claim = &Claim{folder: f, number: number, stop: make(chan struct{}),
		holder: Holder{Host: host, Process: os.Getpid(), Started: time.Now().UTC().Truncate(time.Second)}}
	err = claim.next()
	if errors.Is(err, fs.ErrExist) { // another process was faster
		return nil, Holder{Host: "another host"}, nil
	}
	if err != nil {
		return nil, Holder{}, err
	}
	go claim.keep(onLost)
	return claim, claim.holder, nil
}

// HeldBy says which process works in the folder; held is false if none does.
func (f *Folder) HeldBy(now time.Time) (holder Holder, held bool, err error) {
	number, err := f.lastClaim()
	if err != nil || number == 0 {
		return Holder{}, false, err
	}
	holder, free, err := f.heldBy(number, now)
	return holder, !free, err
}

// Unclaimed returns an error if a process has claimed the folder.
func (f *Folder) Unclaimed() error {
	number, err := f.lastClaim()
	if err != nil || number == 0 {
		return err
	}
	now, err := f.Clock()
	if err != nil {
		return err
	}
	holder, free, err := f.heldBy(number, now)
	if err == nil && !free {
		err = fmt.Errorf("%s is being trained by %s: wait until it is done, or stop it first", f.Path, holder)
	}
	return err
}

// Clock returns the time by the clock of the file system that holds the folder.
func (f *Folder) Clock() (time.Time, error) {
	probe, err := os.CreateTemp(f.Path, ".clock-")
	if err != nil {
		return time.Time{}, fmt.Errorf("asking the file system for the time: %w", err)
	}
	defer os.Remove(probe.Name())
	_, err = probe.Write([]byte{'.'})
	info, statErr := probe.Stat()
	if err := errors.Join(err, statErr, probe.Close()); err != nil {
		return time.Time{}, fmt.Errorf("asking the file system for the time: %w", err)
	}
	return info.ModTime(), nil
}

// Folder returns the claimed folder for writing. Every write first checks the
// claim, and fails with a *LostError if it is lost.
func (c *Claim) Folder() *Folder {
	return &Folder{Path: c.folder.Path, disk: claimedDisk{c.folder.storage(), c}}
}

// Release gives the folder back. It does nothing if the claim is lost.
func (c *Claim) Release() error {
	close(c.stop)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.ended != nil {
		return nil
	}
	c.ended, c.holder.Released = errReleased, true
	return c.write(os.O_WRONLY | os.O_TRUNC)
}

// hold checks that the claim still holds. A process that stood still for too
// long to be certain claims the folder again, which fails if another process
// has claimed it meanwhile.
func (c *Claim) hold() error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.ended != nil {
		return c.ended
	}
	// Round(0) strips the monotonic reading and leaves the wall clock, which
	// keeps running while a machine sleeps.
	still := max(time.Since(c.touched), time.Since(c.touched.Round(0)))
	if still < trustedFor {
		return nil
	}
	err := c.next()
	if errors.Is(err, fs.ErrExist) {
		c.ended = &LostError{c.folder.Path}
		return c.ended
	}
	return err
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
		err := c.hold()
		var lost *LostError
		if errors.As(err, &lost) {
			onLost(err)
			return
		}
		if err == nil {
			c.touch() // after an error the claim grows old, which the next hold notices
		}
	}
}

// touch sets the time of the claim's file to the file system's current time.
func (c *Claim) touch() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	began := time.Now()
	if c.ended == nil && c.write(os.O_WRONLY) == nil {
		c.touched = began
	}
}

// next creates the claim that follows the current one, which is free or the
// process's own.
func (c *Claim) next() error {
	began := time.Now()
	c.number++
	if err := c.write(os.O_WRONLY | os.O_CREATE | os.O_EXCL); err != nil {
		c.number--
		return fmt.Errorf("claiming %s: %w", c.folder.Path, err)
	}
	c.touched = began
	return nil
}

// write writes the claim's file. Its text always has the same length.
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

// claimFile is the path of the claim with a number.
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
	return last, nil
}

// heldBy says which process holds the claim with a number, and whether another
// process may take the folder.
func (f *Folder) heldBy(number int, now time.Time) (holder Holder, free bool, err error) {
	file, err := os.Open(f.claimFile(number)) // unlike os.Stat, this makes a file server look again
	if err != nil {
		return Holder{}, false, fmt.Errorf("looking who works in %s: %w", f.Path, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return Holder{}, false, fmt.Errorf("looking who works in %s: %w", f.Path, err)
	}
	if json.NewDecoder(file).Decode(&holder) != nil {
		holder = Holder{Host: "another host"} // it has not finished writing the file
	}
	return holder, holder.Released || now.Sub(info.ModTime()) > expiresIn, nil
}

// A claimedDisk checks a claim before each change.
type claimedDisk struct {
	disk
	claim *Claim
}

func (d claimedDisk) open(path string, flag int) (diskFile, error) {
	if err := d.claim.hold(); err != nil {
		return nil, err
	}
	return d.disk.open(path, flag)
}

func (d claimedDisk) rename(from, to string) error {
	if err := d.claim.hold(); err != nil {
		return err
	}
	return d.disk.rename(from, to)
}

func (d claimedDisk) remove(path string) error {
	if err := d.claim.hold(); err != nil {
		return err
	}
	return d.disk.remove(path)
}
