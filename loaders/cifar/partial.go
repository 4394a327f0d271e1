package cifar

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// A partial is the archive on its way: the bytes so far in a file named
// <archive>.part and, in <archive>.part.json beside it, whose bytes they are.
type partial struct {
	source *url.URL
	path   string
	file   *os.File // nil before the first byte
	size   int64    // bytes so far
	version
}

// A version tells one state of an archive on its server from another.
type version struct {
	URL       string
	Validator string // strong ETag or else Last-Modified; none means that nothing can be continued
	Total     int64  // bytes, -1 when the server does not say
}

// openPartial takes up what an earlier fetch of source left in dir, if it can
// be continued.
func openPartial(source *url.URL, dir string) (*partial, error) {
	name := path.Base(source.Path)
	if name == "." || !filepath.IsLocal(name) || strings.ContainsAny(name, `/\:`) {
		name = "archive"
	}
	fresh := version{URL: source.Redacted(), Total: -1}
	part := &partial{source: source, path: filepath.Join(dir, name+".part"), version: fresh}

	// The description is read before the file is opened: should another
	// program start over in between, the old description with the new file
	// only makes the server send everything, the reverse would mix versions.
	var found version
	description, err := os.ReadFile(part.description())
	if err != nil || json.Unmarshal(description, &found) != nil || found.URL != fresh.URL || found.Validator == "" {
		return part, nil
	}
	file, err := os.OpenFile(part.path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return part, nil
	}
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, err
	}
	part.file, part.size, part.version = file, info.Size(), found
	return part, nil
}

func (p *partial) description() string { return p.path + ".json" }

func (p *partial) complete() bool { return p.file != nil && p.size == p.Total }

// ask puts into a request's header that only what p lacks is wanted, and only
// if the archive is still the same.
func (p *partial) ask(header http.Header) {
	// Otherwise net/http asks for compression, of which ranges make no sense.
	header.Set("Accept-Encoding", "identity")
	if p.size > 0 && p.Validator != "" {
		header.Set("Range", fmt.Sprintf("bytes=%d-", p.size))
		header.Set("If-Range", p.Validator)
	}
}

// accept prepares p for the body of the server's answer: it goes on, or starts
// over when the server sends everything.
func (p *partial) accept(response *http.Response, limit int64) error {
	media, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	asked := response.Request.Header.Get("Range") != ""
	switch {
	case response.StatusCode == http.StatusOK && media == "text/html":
		// A network's log-in page must not take the place of what is kept.
		return fmt.Errorf("%w: the server answered with a web page instead of the archive", ErrUnreachable)
	case response.StatusCode == http.StatusOK && response.ContentLength > limit:
		return damaged("it has %d bytes, more than the %d allowed", response.ContentLength, limit)
	case response.StatusCode == http.StatusOK:
		return p.restart(version{p.URL, validator(response.Header), response.ContentLength})
	case asked && response.StatusCode == http.StatusPartialContent && p.continuedBy(response.Header):
		return nil
	case asked && response.StatusCode == http.StatusRequestedRangeNotSatisfiable &&
		response.Header.Get("Content-Range") == fmt.Sprintf("bytes */%d", p.size):
		p.Total = p.size // nothing is lacking
		return nil
	case asked && (response.StatusCode == http.StatusPartialContent || response.StatusCode == http.StatusRequestedRangeNotSatisfiable):
		p.Validator = "" // asks for everything the next time
		return errStale
	}
	return fmt.Errorf("%w: the server answered %s", ErrUnreachable, response.Status)
}

// continuedBy reports whether a partial answer fits to the end of p.
func (p *partial) continuedBy(header http.Header) bool {
	var first, last, total int64
	n, _ := fmt.Sscanf(header.Get("Content-Range"), "bytes %d-%d/%d", &first, &last, &total)
	if n != 3 || first != p.size || p.Total >= 0 && p.Total != total {
		return false
	}
	p.Total = total
	now := validator(header)
	return now == "" || now == p.Validator
}

// validator is what a server's answer offers to recognise its version by. Weak
// ETags do not promise the same bytes.
func validator(header http.Header) string {
	if tag := header.Get("ETag"); strings.HasPrefix(tag, `"`) {
		return tag
	}
	return header.Get("Last-Modified")
}

// restart begins an empty file for the version now on the server.
func (p *partial) restart(now version) error {
	if err := p.discard(); err != nil {
		return err
	}
	file, err := os.OpenFile(p.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	p.file, p.size, p.version = file, 0, now
	return p.describe()
}

// describe writes down which version p's bytes belong to.
func (p *partial) describe() error {
	text, err := json.Marshal(p.version)
	if err != nil {
		return err
	}
	return os.WriteFile(p.description(), text, 0o666)
}

// append writes data to the end of p.
func (p *partial) append(data []byte, limit int64) error {
	if p.size+int64(len(data)) > limit {
		return damaged("it has more than the %d bytes allowed", limit)
	}
	n, err := p.file.WriteAt(data, p.size)
	p.size += int64(n)
	return err
}

// end judges the end of the server's answer.
func (p *partial) end() error {
	switch {
	case p.Total < 0:
		p.Total = p.size
	case p.size < p.Total:
		return fmt.Errorf("%w: the server's answer ended too early", ErrUnreachable)
	case p.size > p.Total:
		return damaged("it has %d bytes, the server promised %d", p.size, p.Total)
	}
	return nil
}

// whatIsKept ends an error message.
func (p *partial) whatIsKept() string {
	switch {
	case p.file == nil || p.size == 0 || p.Validator == "":
		return ""
	case p.Total < 0:
		return fmt.Sprintf(" (%d bytes are kept in %s; fetching again goes on from there)", p.size, p.path)
	}
	return fmt.Sprintf(" (%d of %d bytes are kept in %s; fetching again goes on from there)", p.size, p.Total, p.path)
}

// discard deletes p's files.
func (p *partial) discard() error {
	p.close()
	for _, file := range []string{p.description(), p.path} {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (p *partial) close() {
	if p.file != nil {
		p.file.Close()
		p.file = nil
	}
}
