package cifar

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"cifartrain/loaders"
)

// Progress hears how a download goes on: done of total bytes are there,
// counting those of an earlier run. total is -1 when the server does not say.
type Progress func(done, total int64)

// ErrUnreachable is what a failed download wraps when the network or the
// server is at fault: no such host, no connection, no answer in time, an
// answer other than the archive, a transfer that broke off for good.
var ErrUnreachable = errors.New("the download failed")

// errStale is what transfer returns when the server has no continuation of
// what was downloaded before.
var errStale = fmt.Errorf("%w: the archive on the server is another than before", ErrUnreachable)

// Fetch downloads the archive of the binary version at a web address into dir, checks
// its files and leaves them in dir/cifar-10-batches-bin, which must not exist.
// progress may be nil.
//
// What a broken or cancelled download got stays in dir/<archive>.part, and the
// next fetch goes on from there if the server still has the same archive.
// Errors wrap ErrUnreachable, errDamaged or the context's error; any other is
// a fault of this machine.
//
// Two programs may fetch into the same dir without a lock, which a crash could
// leave behind. Both write the same bytes of the same version at the same
// places; starting over makes a new file instead of emptying the shared one
// (or fails, where the system keeps open files from being deleted); each
// unpacks into a folder of its own, and the first to finish renames it into
// place. Were anything mixed up all the same, the SHA-256 sums would tell.
func Fetch(ctx context.Context, address, dir string, progress Progress) (*loaders.Dataset, error) {
	return newFetcher().fetch(ctx, address, dir, progress)
}

// A fetcher holds what fetching depends on.
type fetcher struct {
	client *http.Client
	answer time.Duration // longest wait from asking to the answer's headers: name lookup, all addresses, TLS, redirects
	stall  time.Duration // longest wait for the next byte after that
	tries  int           // how often a transfer that broke off is taken up again
	pause  time.Duration // before the first of these; doubles each time
	limits archiveLimits
	check  func(folder string) (*loaders.Dataset, error) // reads the unpacked files
}

func newFetcher() *fetcher {
	return &fetcher{
		client: &http.Client{Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment,
			// Shorter than answer and shared out among a host's addresses,
			// so that a dead first address leaves time for the second.
			DialContext:       (&net.Dialer{Timeout: 6 * time.Second}).DialContext,
			ForceAttemptHTTP2: true,
		}},
		answer: 9 * time.Second,
		stall:  30 * time.Second,
		tries:  4,
		pause:  500 * time.Millisecond,
		limits: publishedLimits,
		check:  Read,
	}
}

func (f *fetcher) fetch(ctx context.Context, address, dir string, progress Progress) (*loaders.Dataset, error) {
	source, err := url.Parse(address)
	if err != nil || source.Host == "" || (source.Scheme != "http" && source.Scheme != "https") {
		return nil, fmt.Errorf("%q is no web address: give the http or https address of CIFAR-10's binary archive", address)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("fetching %s: %w", source.Redacted(), err)
	}
	target := filepath.Join(dir, archiveFolder)
	os.Remove(target) // succeeds only where it is an empty folder
	if _, err := os.Lstat(target); err == nil {
		return nil, fmt.Errorf("%s exists already and is never overwritten: move it away, then fetch again", target)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w", err)
	}
	if progress == nil {
		progress = func(done, total int64) {}
	}
	defer f.client.CloseIdleConnections()

	part, err := openPartial(source, dir)
	if err != nil {
		return nil, fmt.Errorf("%w", err)
	}
	defer part.close()
	data, err := f.downloadAndInstall(ctx, part, target, progress)
	if errors.Is(err, errDamaged) {
		if err := part.discard(); err != nil {
			return nil, fmt.Errorf("deleting a damaged archive: %w", err)
		}
		return nil, fmt.Errorf("fetching %s: %w; what was downloaded is deleted: fetch again or use another address", source.Redacted(), err)
	}
	if err != nil {
		return nil, fmt.Errorf("fetching %s: %w%s", source.Redacted(), err, part.whatIsKept())
	}
	// The data is in place, so an archive that cannot be deleted (another
	// program still reads it) is no reason to fail.
	part.discard()
	return data, nil
}

func (f *fetcher) downloadAndInstall(ctx context.Context, part *partial, target string, progress Progress) (*loaders.Dataset, error) {
	if err := f.download(ctx, part, progress); err != nil {
		return nil, err
	}
	return f.install(ctx, part, target)
}

// download completes part, taking up a transfer that breaks off a few times. A
// server that never sent a byte is given up at once.
func (f *fetcher) download(ctx context.Context, part *partial, progress Progress) error {
	connected := false
	listen := func(done, total int64) {
		connected = true
		progress(done, total)
	}
	pause := f.pause
	for try := 0; !part.complete(); try++ {
		err := f.transfer(ctx, part, listen)
		again := errors.Is(err, errStale) || errors.Is(err, ErrUnreachable) && connected
		switch {
		case err == nil:
			continue
		case ctx.Err() != nil:
			return ctx.Err()
		case !again || try == f.tries:
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
		pause *= 2
	}
	progress(part.size, part.Total)
	return nil
}

// transfer asks once for what part lacks and appends it.
func (f *fetcher) transfer(ctx context.Context, part *partial, progress Progress) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	unanswered := time.AfterFunc(f.answer, func() { cancel(fmt.Errorf("no answer within %v", f.answer)) })
	defer unanswered.Stop()

	request, err := http.NewRequestWithContext(ctx, http.MethodGet, part.source.String(), nil)
	if err != nil {
		return err
	}
	part.ask(request.Header)
	response, err := f.client.Do(request)
	if err != nil {
		return networkFault(ctx, err)
	}
	defer response.Body.Close()
	unanswered.Stop()
	if err := part.accept(response, f.limits.archive); err != nil {
		return err
	}
	if part.complete() {
		return nil
	}
	stalled := time.AfterFunc(f.stall, func() { cancel(fmt.Errorf("nothing more arrived for %v", f.stall)) })
	defer stalled.Stop()
	buffer := make([]byte, 128<<10)
	for {
		progress(part.size, part.Total)
		stalled.Reset(f.stall)
		n, readErr := response.Body.Read(buffer)
		stalled.Stop() // a slow disk is no stalled network
		if err := part.append(buffer[:n], f.limits.archive); err != nil {
			return err
		}
		if readErr == io.EOF {
			return part.end()
		}
		if readErr != nil {
			return networkFault(ctx, readErr)
		}
	}
}

// networkFault words err, which ended an exchange with the server, and names
// the watchdog's reason where that is what ended it.
func networkFault(ctx context.Context, err error) error {
	var outer *url.Error
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	} else if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the server broke off the connection")
	} else if errors.As(err, &outer) {
		err = outer.Err // the address is named already
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}
