package cifar

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"cifartrain/loaders"
)

// Progress is called as a download proceeds: done of total bytes have arrived,
// including those of an earlier attempt. total is -1 if the server does not
// say.
type Progress func(done, total int64)

// ErrUnreachable is wrapped by the error of a download that failed because of
// the network or the server: no such host, no connection, no answer in time, an
// answer other than the archive, or a transfer that broke off repeatedly.
var ErrUnreachable = errors.New("the download failed")

// errStale is returned by transfer if the server cannot continue what was
// downloaded before.
var errStale = fmt.Errorf("%w: the archive on the server has changed", ErrUnreachable)

// Fetch downloads an archive of the collection, in either version, into dir and
// unpacks it there. progress may be nil.
//
// The archives have not changed for years, and their servers may take the
// better part of an hour to send one. So the part that a broken or canceled
// download received stays in dir/<archive>.part, the next fetch asks for the
// rest, and the checksums show whether the two fit together.
//
// Two programs may fetch into the same dir at once: both write the same bytes
// to the same places, and the first to finish renames the folder into place.
//
// Errors wrap ErrUnreachable, errDamaged or the context's error; any other is a
// fault of this machine.
func (c *Collection) Fetch(ctx context.Context, address, dir string, progress Progress) (*loaders.Dataset, error) {
	return newFetcher(c).fetch(ctx, address, dir, progress)
}

// A fetcher holds the limits and the client of a download.
type fetcher struct {
	collection *Collection
	client     *http.Client
	silence    time.Duration // longest wait for the answer, with name lookup, TLS and redirects, and then for each next byte
	tries      int           // how often a transfer that broke off is resumed
	pause      time.Duration // before resuming for the first time; it doubles each time
	limit      int64         // most bytes of an archive
}

func newFetcher(c *Collection) *fetcher {
	return &fetcher{
		collection: c,
		client: &http.Client{Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment,
			// Shorter than silence, and divided among a host's addresses, so
			// that there is time for a second address if the first does not
			// respond.
			DialContext:       (&net.Dialer{Timeout: 6 * time.Second}).DialContext,
			ForceAttemptHTTP2: true,
		}},
		silence: 15 * time.Second,
		tries:   4,
		pause:   500 * time.Millisecond,
		limit:   256 << 20,
	}
}

func (f *fetcher) fetch(ctx context.Context, address, dir string, progress Progress) (*loaders.Dataset, error) {
	source, err := url.Parse(address)
	if err != nil || source.Host == "" || (source.Scheme != "http" && source.Scheme != "https") {
		return nil, fmt.Errorf("the address of the archive is not a web address: give the http or https address of an archive of %s", f.collection.Name)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	if progress == nil {
		progress = func(done, total int64) {}
	}
	defer f.client.CloseIdleConnections()
	version := f.collection.versionAt(source)
	target := filepath.Join(dir, version.folder)
	os.Remove(target) // succeeds only if it is an empty folder
	if there, err := exists(target); there || err != nil {
		return nil, cmp.Or(err, fmt.Errorf("%s exists already and is never overwritten: move it away, then fetch again", target))
	}
	path := filepath.Join(dir, version.archive+".part")
	if err := removeLink(path); err != nil {
		return nil, err
	}
	part, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	defer part.Close()
	var dataset *loaders.Dataset
	if err = f.download(ctx, source, part, progress); err == nil {
		dataset, err = f.install(ctx, version, part, target)
	}
	switch {
	case errors.Is(err, errDamaged):
		os.Remove(part.Name())
		return nil, fmt.Errorf("fetching %s: %w; what was downloaded is deleted: fetch again or use another address", source.Redacted(), err)
	case err != nil:
		return nil, fmt.Errorf("fetching %s: %w%s", source.Redacted(), err, whatIsKept(part))
	}
	os.Remove(part.Name()) // if this fails, the data is still in place
	return dataset, nil
}

// versionAt returns the version whose archive an address names; if it names
// neither, the binary version.
func (c *Collection) versionAt(source *url.URL) version {
	for _, v := range c.versions {
		if strings.HasSuffix(source.Path, v.archive) {
			return v
		}
	}
	return c.versions[0]
}

// whatIsKept is the end of an error message. It deletes an empty part.
func whatIsKept(part *os.File) string {
	info, err := part.Stat()
	if err != nil || info.Size() == 0 {
		os.Remove(part.Name())
		return ""
	}
	return fmt.Sprintf(" (%d bytes are kept in %s; fetching again goes on from there)", info.Size(), part.Name())
}

// install unpacks the archive in part beside target, checks the files and
// renames their folder to target. What it leaves of a damaged archive it removes.
func (f *fetcher) install(ctx context.Context, v version, part *os.File, target string) (dataset *loaders.Dataset, err error) {
	if _, err := part.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	// The name is always the same, so that what a killed program left is
	// overwritten and finally removed.
	folder := filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+".part")
	defer os.RemoveAll(folder)
	if err = f.collection.unpack(ctx, v, part, folder); err == nil {
		dataset, err = f.collection.readFolder(ctx, place{version: v, path: folder})
	}
	if fault := (*loaders.FormatError)(nil); errors.As(err, &fault) || errors.As(err, new(missingError)) {
		return nil, damaged("%s", strings.ReplaceAll(err.Error(), folder+string(filepath.Separator), ""))
	}
	if err == nil {
		err = os.Rename(folder, target)
	}
	if there, _ := exists(target); err != nil && there && ctx.Err() == nil { // another program was faster
		return f.collection.readFolder(ctx, place{version: v, path: target})
	}
	return dataset, cmp.Or(ctx.Err(), err)
}

// download completes part and resumes a transfer that breaks off, a few times.
// If the server never sent a byte, it gives up at once.
func (f *fetcher) download(ctx context.Context, source *url.URL, part *os.File, progress Progress) error {
	connected := false
	listen := func(done, total int64) {
		connected = true
		progress(done, total)
	}
	pause := f.pause
	for try := 0; ; try++ {
		err := f.transfer(ctx, source, part, listen)
		again := errors.Is(err, errStale) || errors.Is(err, ErrUnreachable) && connected
		switch {
		case err == nil:
			return nil
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
}

// transfer sends one request for what part lacks, and appends it.
func (f *fetcher) transfer(ctx context.Context, source *url.URL, part *os.File, progress Progress) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watchdog := time.AfterFunc(f.silence, func() { cancel(fmt.Errorf("nothing arrived for %v", f.silence)) })
	defer watchdog.Stop()

	info, err := part.Stat()
	if err != nil {
		return err
	}
	kept := info.Size()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, source.String(), nil)
	if err != nil {
		return err
	}
	// Otherwise net/http asks for compression, with which ranges make no sense.
	request.Header.Set("Accept-Encoding", "identity")
	if kept > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", kept))
	}
	response, err := f.client.Do(request)
	if err != nil {
		return networkFault(ctx, err)
	}
	defer response.Body.Close()
	watchdog.Stop()
	done, total, err := begins(response, kept)
	switch {
	case errors.Is(err, errStale):
		return errors.Join(err, part.Truncate(0))
	case err != nil:
		return err
	case done == total:
		progress(done, total)
		return nil
	}
	buffer := make([]byte, 128<<10)
	for {
		progress(done, total)
		if max(done, total) > f.limit {
			return damaged("it is longer than the %d bytes allowed", f.limit)
		}
		watchdog.Reset(f.silence)
		n, readErr := response.Body.Read(buffer)
		watchdog.Stop() // a slow disk must not count as a stalled network
		if _, err := part.WriteAt(buffer[:n], done); err != nil {
			return err
		}
		done += int64(n)
		switch {
		case readErr == io.EOF && done < total:
			return fmt.Errorf("%w: the server's answer ended too early", ErrUnreachable)
		case readErr == io.EOF:
			progress(done, done)
			return part.Truncate(done)
		case readErr != nil:
			return networkFault(ctx, readErr)
		}
	}
}

// begins returns the byte at which the server's answer begins and the total
// length; both are equal if nothing is missing. kept is the number of bytes
// that are already there.
func begins(response *http.Response, kept int64) (done, total int64, err error) {
	media, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	ranges := response.Header.Get("Content-Range")
	switch {
	case response.StatusCode == http.StatusOK && media == "text/html":
		// A network's log-in page must not overwrite what is kept.
		return 0, 0, fmt.Errorf("%w: the server answered with a web page instead of the archive", ErrUnreachable)
	case response.StatusCode == http.StatusOK:
		return 0, response.ContentLength, nil
	case kept > 0 && response.StatusCode == http.StatusPartialContent:
		var last int64
		n, _ := fmt.Sscanf(ranges, "bytes %d-%d/%d", &done, &last, &total)
		if n != 3 || done != kept {
			return 0, 0, errStale
		}
		return done, total, nil
	case kept > 0 && response.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		if ranges != fmt.Sprintf("bytes */%d", kept) {
			return 0, 0, errStale
		}
		return kept, kept, nil
	}
	remedy := ""
	if response.StatusCode == http.StatusUnauthorized {
		remedy = ": it asks for a password; fetch the archive with a browser and name its folder with -data"
	}
	return 0, 0, fmt.Errorf("%w: the server answered %s%s", ErrUnreachable, response.Status, remedy)
}

// networkFault returns an error for err, which ended an exchange with the
// server. If a watchdog ended it, the error gives the watchdog's reason.
func networkFault(ctx context.Context, err error) error {
	var outer *url.Error
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	} else if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the server broke off the connection")
	} else if errors.As(err, &outer) {
		err = outer.Err // the message names the address already
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}

// Unwritable reports whether an error of Fetch says that nothing can be written
// into the folder: a missing permission, or a read-only file system.
func Unwritable(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}
