package cifar

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
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

// errUnreachable is wrapped by the error of a download that failed because of
// the network or the server: no such host, no connection, no answer in time, an
// answer other than the archive, or a transfer that broke off repeatedly.
var errUnreachable = errors.New("the download failed")

// Fetch downloads an archive of the collection, in either version, into dir and
// unpacks it there. progress may be nil.
//
// The servers may take the better part of an hour to send one. So the part that a
// broken or canceled download received stays in dir/<archive>.part, the next fetch
// asks for the rest, and the checksums show whether the two fit together.
//
// Two programs may fetch into the same dir at once: both write the same bytes
// to the same places, and the first to finish moves the folder into place.
func (c *Collection) Fetch(ctx context.Context, address, dir string, progress Progress) (*loaders.Dataset, error) {
	return newFetcher(c).fetch(ctx, address, dir, progress)
}

// A fetcher holds the limits and the client of a download.
type fetcher struct {
	collection *Collection
	client     *http.Client
	silence    time.Duration // longest wait for the answer, with name lookup, TLS and redirects, and then for each next byte
	tries      int           // how many transfers, each of which goes on where the last one broke off
	pause      time.Duration // before the second; it doubles each time
	limit      int64         // most bytes of an archive
}

func newFetcher(c *Collection) *fetcher {
	return &fetcher{
		collection: c,
		client: &http.Client{Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment,
			// Shorter than silence, so that there is time for a host's second address.
			DialContext:       (&net.Dialer{Timeout: 6 * time.Second}).DialContext,
			ForceAttemptHTTP2: true,
		}},
		silence: 15 * time.Second,
		tries:   5,
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
	version := f.collection.versions[0]
	for _, v := range f.collection.versions {
		if strings.HasSuffix(source.Path, v.archive) {
			version = v
		}
	}
	target := filepath.Join(dir, version.folder)
	os.Remove(target) // succeeds only if it is an empty folder
	if there, err := exists(target); there || err != nil {
		return nil, cmp.Or(err, fmt.Errorf("%s exists already and is never overwritten: move it away, then fetch again", target))
	}
	path := filepath.Join(dir, version.archive+".part")
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		os.Remove(path) // a link, so that nothing is written through it
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
	switch info, unknown := part.Stat(); {
	case err == nil:
		os.Remove(path) // if this fails, the data is still in place
		return dataset, nil
	case errors.Is(err, errDamaged):
		err = fmt.Errorf("%w; what was downloaded is deleted: fetch again or use another address", err)
	case unknown == nil && info.Size() > 0:
		return nil, fmt.Errorf("fetching %s: %w (%d bytes are kept in %s; fetching again goes on from there)", source.Redacted(), err, info.Size(), path)
	}
	os.Remove(path)
	return nil, fmt.Errorf("fetching %s: %w", source.Redacted(), err)
}

// install unpacks the archive in part beside target, checks the files and moves
// their folder to target.
func (f *fetcher) install(ctx context.Context, v version, part *os.File, target string) (dataset *loaders.Dataset, err error) {
	// A folder of its own, so that nothing is written through links or over what
	// another program unpacks.
	dir, pattern := filepath.Dir(target), "."+v.folder+"-*"
	own, err := os.MkdirTemp(dir, pattern)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(own)
	folder := filepath.Join(own, v.folder)
	if err = f.collection.unpack(ctx, v, io.NewSectionReader(part, 0, math.MaxInt64), folder); err == nil {
		dataset, err = f.collection.readFolder(ctx, place{version: v, path: folder})
	}
	if err == nil {
		err = os.Rename(folder, target)
	}
	if there, _ := exists(target); err != nil && there && ctx.Err() == nil { // another program was faster
		return f.collection.readFolder(ctx, place{version: v, path: target})
	}
	if fault := (*loaders.FormatError)(nil); errors.As(err, &fault) || errors.As(err, new(missingError)) {
		err = damaged("%s", strings.ReplaceAll(err.Error(), folder+string(filepath.Separator), ""))
	}
	if killed, _ := filepath.Glob(filepath.Join(dir, pattern)); err == nil { // what killed programs left
		for _, left := range killed {
			os.RemoveAll(left)
		}
	}
	return dataset, cmp.Or(ctx.Err(), err)
}

// download completes part and resumes a transfer that breaks off, a few times.
// If the server never sent a byte, it gives up at once.
func (f *fetcher) download(ctx context.Context, source *url.URL, part *os.File, progress Progress) (err error) {
	connected := false
	listen := func(done, total int64) {
		connected = true
		progress(done, total)
	}
	for try := range f.tries {
		err = f.transfer(ctx, source, part, listen)
		if !errors.Is(err, errUnreachable) || !connected || try == f.tries-1 || ctx.Err() != nil {
			break
		}
		select {
		case <-time.After(f.pause << try):
		case <-ctx.Done():
		}
	}
	return cmp.Or(ctx.Err(), err)
}

// transfer sends one request for what part lacks, and appends it.
func (f *fetcher) transfer(ctx context.Context, source *url.URL, part *os.File, progress Progress) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watchdog := time.AfterFunc(f.silence, func() { cancel(fmt.Errorf("nothing arrived for %v", f.silence)) })
	defer watchdog.Stop()

	done, err := part.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, source.String(), nil)
	if err != nil {
		return err
	}
	// Otherwise net/http asks for compression, with which ranges make no sense.
	request.Header.Set("Accept-Encoding", "identity")
	if done > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", done))
	}
	response, err := f.client.Do(request)
	if err != nil {
		return networkFault(ctx, err)
	}
	defer response.Body.Close()
	watchdog.Stop()
	media, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	switch status := response.StatusCode; {
	case status == http.StatusOK && media == "text/html":
		// A network's log-in page must not overwrite what is kept.
		return fmt.Errorf("%w: the server answered with a web page instead of the archive", errUnreachable)
	case status == http.StatusOK:
		done = 0
	case status == http.StatusPartialContent && done > 0:
	case status == http.StatusRequestedRangeNotSatisfiable && done > 0: // nothing is missing
		progress(done, done)
		return nil
	case status == http.StatusUnauthorized:
		return fmt.Errorf("%w: the server asks for a password; fetch the archive with a browser and name its folder with -data", errUnreachable)
	default:
		return fmt.Errorf("%w: the server answered %s", errUnreachable, response.Status)
	}
	total := response.ContentLength
	if total >= 0 {
		total += done
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
		case readErr == io.EOF:
			progress(done, done)
			return part.Truncate(done)
		case readErr != nil:
			return networkFault(ctx, readErr)
		}
	}
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
	return fmt.Errorf("%w: %w", errUnreachable, err)
}

// Unavailable reports whether an error of Fetch says that the network or the server
// failed, or that nothing can be written into the folder.
func Unavailable(err error) bool {
	return errors.Is(err, errUnreachable) || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}
