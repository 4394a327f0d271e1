package cifar

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cifartrain/loaders"
)

// part is where the archive lies while it is downloaded.
const part = "cifar-10-binary.tar.gz.part"

// miniature is a stand-in for the published archive: small files whose pixels
// don't compress, so that the archive has a known bulk.
type miniature struct {
	records []byte
	archive []byte
}

func newMiniature(seed uint64) miniature {
	records := randomRecords(seed, 39)
	third := len(records) / 3
	return miniature{records, packFolder("cifar-10-batches-bin", map[string][]byte{
		"data_batch_1.bin": records[:third], "data_batch_2.bin": records[third : 2*third], "test_batch.bin": records[2*third:],
		"readme.html": []byte("<html>"),
	})}
}

// fetcher has the published one's ways at a test's pace.
func (m miniature) fetcher() *fetcher {
	f := newFetcher(small(m.records))
	f.client = &http.Client{Transport: &http.Transport{}} // no proxy from the environment
	f.silence, f.pause = 20*time.Second, time.Millisecond
	return f
}

// An unreliableServer serves an archive with Range, and misbehaves as told.
type unreliableServer struct {
	*httptest.Server
	archive []byte
	breaks  []int64       // answer i breaks off after breaks[i] bytes; 0 does not
	release chan struct{} // breaking off is a wait for this, if there is one
	deaf    bool          // ignores Range
	chunked bool          // does not tell the length
	asked   []string
}

func newUnreliableServer(t *testing.T, archive []byte) *unreliableServer {
	m := &unreliableServer{archive: archive}
	m.Server = httptest.NewServer(m)
	t.Cleanup(m.Close)
	return m
}

func (m *unreliableServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var end int64
	if len(m.asked) < len(m.breaks) {
		end = m.breaks[len(m.asked)]
	}
	m.asked = append(m.asked, r.Header.Get("Range"))
	if m.deaf {
		r.Header.Del("Range")
	}
	w.Header().Set("Content-Type", "application/x-gzip")
	if m.chunked && r.Header.Get("Range") == "" {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		w.Write(m.archive)
		return
	}
	if end > 0 {
		w = &breakingWriter{w, end, m.release, r.Context().Done()}
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(m.archive))
}

// A breakingWriter closes the connection after left more bytes, or goes on once it
// is released.
type breakingWriter struct {
	http.ResponseWriter
	left          int64
	release, gone <-chan struct{}
}

func (w *breakingWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p[:min(int64(len(p)), w.left)])
	if w.left -= int64(n); w.left > 0 {
		return n, err
	}
	w.ResponseWriter.(http.Flusher).Flush()
	if w.release == nil {
		panic(http.ErrAbortHandler)
	}
	select {
	case <-w.release:
	case <-w.gone:
		panic(http.ErrAbortHandler)
	}
	w.left = math.MaxInt64
	rest, err := w.ResponseWriter.Write(p[n:])
	return n + rest, err
}

// address is where the server has its archive.
func (m *unreliableServer) address() string { return m.URL + "/cifar-10-binary.tar.gz" }

// wantFetched fails unless data is m and dir holds m's files and nothing else.
func (m miniature) wantFetched(t *testing.T, dir string, data *loaders.Dataset, err error) {
	t.Helper()
	wantDataset(t, data, err, m.records)
	wantFiles(t, dir, "cifar-10-batches-bin")
	data, err = small(m.records).Open(t.Context(), dir)
	wantDataset(t, data, err, m.records)
}

// wantError fails unless err is of the kind named and says all of words.
func wantError(t *testing.T, err, kind error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, other := range []error{errUnreachable, errDamaged, context.Canceled} {
		if errors.Is(err, other) != (other == kind) {
			t.Errorf("errors.Is(%q, %q) is %v", err, other, other != kind)
		}
	}
	for _, word := range words {
		if strings.Count(err.Error(), word) != 1 {
			t.Errorf("error %q does not say %q once", err, word)
		}
	}
}

func TestFetch(t *testing.T) {
	mini, other := newMiniature(1), newMiniature(2)
	size := int64(len(mini.archive))
	for _, test := range []struct {
		name          string
		breaks        []int64
		deaf, chunked bool   // as of the server
		kept          []byte // of an earlier download
		want          []string
	}{
		{name: "in one piece", want: []string{""}},
		{name: "length unknown", chunked: true, want: []string{""}},
		{name: "broken once", breaks: []int64{50_000}, want: []string{"", "bytes=50000-"}},
		{name: "broken twice", breaks: []int64{50_000, 10_000}, want: []string{"", "bytes=50000-", "bytes=60000-"}},
		{name: "broken, no ranges", breaks: []int64{50_000, 10_000}, deaf: true, want: []string{"", "bytes=50000-", "bytes=50000-"}},
		{name: "kept", kept: mini.archive[:70_000], want: []string{"bytes=70000-"}},
		{name: "kept, all of it", kept: mini.archive, want: []string{fmt.Sprintf("bytes=%d-", size)}},
		{name: "kept, nothing", kept: []byte{}, want: []string{""}},
		{name: "kept, of another archive, no ranges", deaf: true,
			kept: append(slices.Clone(other.archive), 0, 0), want: []string{fmt.Sprintf("bytes=%d-", len(other.archive)+2)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := newUnreliableServer(t, mini.archive)
			server.breaks, server.deaf, server.chunked = test.breaks, test.deaf, test.chunked
			dir := t.TempDir()
			if test.kept != nil {
				writeFile(t, filepath.Join(dir, part), test.kept)
			}
			var heard int64
			data, err := mini.fetcher().fetch(t.Context(), server.address(), dir, func(done, total int64) {
				if total != size && total != -1 || done > size {
					t.Errorf("progress: %d of %d, the archive has %d", done, total, size)
				}
				heard = done
			})
			mini.wantFetched(t, dir, data, err)
			if heard != size {
				t.Errorf("progress ended at %d of %d", heard, size)
			}
			if diff := cmp.Diff(test.want, server.asked); diff != "" {
				t.Errorf("Range of the requests (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFetchThroughNoLink makes a part of its own in place of a link, and removes what
// a killed program left.
func TestFetchThroughNoLink(t *testing.T) {
	mini := newMiniature(1)
	server := newUnreliableServer(t, mini.archive)
	dir, other := t.TempDir(), filepath.Join(t.TempDir(), "other")
	writeFile(t, other, []byte("mine"))
	writeFile(t, filepath.Join(dir, ".cifar-10-batches-bin-123", "left"), nil)
	if err := os.Symlink(other, filepath.Join(dir, part)); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	data, err := mini.fetcher().fetch(t.Context(), server.address(), ".", nil)
	mini.wantFetched(t, dir, data, err)
	if kept := must(os.ReadFile(other)); string(kept) != "mine" {
		t.Errorf("the link's target holds %q", kept)
	}
}

// TestFetchOfAnotherVersion goes on with half of another archive of the same
// size: the sums tell, and the next fetch starts over.
func TestFetchOfAnotherVersion(t *testing.T) {
	old, now := newMiniature(1), newMiniature(2)
	server := newUnreliableServer(t, now.archive)
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, part), old.archive[:70_000])
	_, err := now.fetcher().fetch(t.Context(), server.address(), dir, nil)
	wantError(t, err, errDamaged, "what was downloaded is deleted: fetch again")
	wantFiles(t, dir)
	data, err := now.fetcher().fetch(t.Context(), server.address(), dir, nil)
	now.wantFetched(t, dir, data, err)
}

// TestFetchPythonVersion takes the version from the address.
func TestFetchPythonVersion(t *testing.T) {
	pickled := must(os.ReadFile("testdata/cpickle"))
	records := bytes.Repeat(madeUp(), 3)
	mini := miniature{records, packFolder("cifar-10-batches-py", map[string][]byte{
		"data_batch_1": pickled, "data_batch_2": pickled, "test_batch": pickled, "batches.meta": []byte("meta"),
	})}
	server := newUnreliableServer(t, mini.archive)
	dir := t.TempDir()
	data, err := mini.fetcher().fetch(t.Context(), server.URL+"/cifar-10-python.tar.gz", dir, nil)
	wantDataset(t, data, err, records)
	wantFiles(t, filepath.Join(dir, "cifar-10-batches-py"), "batches.meta", "data_batch_1", "data_batch_2", "test_batch")
}

func TestFetchAnswerIsNoArchive(t *testing.T) {
	kept := newMiniature(1).archive[:70_000]
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		kept   []byte
		words  string
	}{
		{"not found", http.NotFound, nil, "404 Not Found"},
		{"server error", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, nil, "503 Service Unavailable"},
		{"password", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, kept, "asks for a password; fetch the archive with a browser"},
		{"unasked part", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusPartialContent) }, nil, "206 Partial Content"},
		{"log-in page", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<html><body>Welcome") }, kept, "a web page"},
		{"hanging up", func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }, nil, "broke off"},
		{"redirects in a circle", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, nil, "10 redirects"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var asked atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				test.answer(w, r)
			}))
			defer server.Close()
			dir, words, left := t.TempDir(), []string{server.URL, test.words}, []string(nil)
			if test.kept != nil {
				writeFile(t, filepath.Join(dir, part), test.kept)
				words, left = append(words, "(70000 bytes are kept in "), []string{part}
			}
			_, err := newMiniature(1).fetcher().fetch(t.Context(), server.URL, dir, nil)
			wantError(t, err, errUnreachable, words...)
			wantFiles(t, dir, left...)
			if n := asked.Load(); n > 1 && test.name != "redirects in a circle" {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

func TestFetchUnreachable(t *testing.T) {
	silent := must(net.Listen("tcp", "127.0.0.1:0")) // accepts and never answers
	defer silent.Close()
	closed := must(net.Listen("tcp", "127.0.0.1:0"))
	closed.Close()
	mini := newMiniature(1)
	stalling := newUnreliableServer(t, mini.archive)
	stalling.breaks, stalling.release = []int64{30_000}, make(chan struct{})
	for _, test := range []struct {
		name  string
		host  net.Listener
		heard int64 // after so many bytes, nothing more will come
		words []string
		left  []string
	}{
		{"closed port", closed, -1, []string{"refused"}, nil},
		{"no answer", silent, 0, []string{"nothing arrived for 50ms"}, nil},
		{"stalls", stalling.Listener, 30_000, []string{"nothing arrived for 50ms", "(30000 bytes are kept in ", "fetching again goes on from there"}, []string{part}},
	} {
		t.Run(test.name, func(t *testing.T) {
			fetcher := mini.fetcher()
			fetcher.tries = 1
			progress := func(done, _ int64) {
				if done == test.heard {
					fetcher.silence = 50 * time.Millisecond
				}
			}
			progress(0, 0)
			dir, host := filepath.Join(t.TempDir(), "new"), test.host.Addr().String()
			_, err := fetcher.fetch(t.Context(), "http://user:secret@"+host+"/cifar-10-binary.tar.gz", dir, progress)
			wantError(t, err, errUnreachable, append(test.words, "http://user:xxxxx@"+host+"/cifar-10-binary.tar.gz")...)
			wantFiles(t, dir, test.left...)
		})
	}
}

// TestFetchCanceled in the middle of the download, and before it unpacks.
func TestFetchCanceled(t *testing.T) {
	mini := newMiniature(1)
	for _, arrived := range []int{30_000, len(mini.archive)} {
		server := newUnreliableServer(t, mini.archive)
		server.breaks, server.release = []int64{int64(arrived)}, make(chan struct{})
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		_, err := mini.fetcher().fetch(ctx, server.address(), dir, func(done, total int64) {
			if done == int64(arrived) {
				cancel()
			}
		})
		wantError(t, err, context.Canceled, fmt.Sprintf("(%d bytes ", arrived))
		wantFiles(t, dir, part)
		if kept := must(os.ReadFile(filepath.Join(dir, part))); !bytes.Equal(kept, mini.archive[:arrived]) {
			t.Errorf("%d bytes kept, which are not the archive's first %d", len(kept), arrived)
		}
	}
}

func TestFetchDamaged(t *testing.T) {
	mini := newMiniature(1)
	flipped := slices.Clone(mini.records[:13*recordSize])
	flipped[100] ^= 1
	for _, test := range []struct {
		name    string
		archive []byte
		words   string
	}{
		{"cut short", mini.archive[:80_000], "it ends too early"},
		{"wrong checksum", packFolder("cifar-10-batches-bin", map[string][]byte{"data_batch_1.bin": flipped}), "data_batch_1.bin: byte 0: the SHA-256 of its images is "},
		{"another archive", pack(folderEntry("cifar-10-batches-py")), "data_batch_1.bin is missing"},
		{"too large", bytes.Repeat([]byte{1}, 200_000), "it is longer than the 150000 bytes allowed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := newUnreliableServer(t, test.archive)
			fetcher := mini.fetcher()
			fetcher.limit = 150_000
			dir := t.TempDir()
			_, err := fetcher.fetch(t.Context(), server.address(), dir, nil)
			wantError(t, err, errDamaged, server.address(), test.words, "is deleted")
			if strings.Contains(fmt.Sprint(err), dir) {
				t.Errorf("error %q names a file that is gone", err)
			}
			wantFiles(t, dir)
		})
	}
}

func TestFetchLocalFaults(t *testing.T) {
	mini := newMiniature(1)
	server := newUnreliableServer(t, mini.archive)
	for inTheWay, words := range map[string]string{"": "mkdir", "cifar-10-batches-bin/mine": "exists already", part + "/in use": part} {
		dir := filepath.Join(t.TempDir(), "data")
		writeFile(t, filepath.Join(dir, inTheWay), nil)
		_, err := mini.fetcher().fetch(t.Context(), server.address(), dir, nil)
		wantError(t, err, nil)
		if !strings.Contains(err.Error(), words) {
			t.Errorf("error %q does not say %q", err, words)
		}
		if inTheWay != "" {
			wantFiles(t, dir, filepath.Dir(inTheWay))
		}
	}
}

func TestFetchAddress(t *testing.T) {
	for _, address := range []string{"", "cifar.tar.gz", "ftp://mirror.example/a.tar.gz", "http://", "http://[::1", "file:///etc/passwd"} {
		_, err := newMiniature(1).fetcher().fetch(t.Context(), address, t.TempDir(), nil)
		wantError(t, err, nil, "is not a web address")
	}
}

// Two programs share a folder: the second starts while the first waits in
// mid-download, and finishes before it.
func TestFetchTwoAtOnce(t *testing.T) {
	mini := newMiniature(1)
	server, arrived := newUnreliableServer(t, mini.archive), make(chan struct{})
	server.breaks, server.release = []int64{30_000}, make(chan struct{})
	dir := t.TempDir()
	var first sync.WaitGroup
	first.Go(func() {
		announce := sync.OnceFunc(func() { close(arrived) })
		data, err := mini.fetcher().fetch(t.Context(), server.address(), dir, func(done, total int64) {
			if done == 30_000 {
				announce()
			}
		})
		if err != nil || loaders.Checksum(data.Train, data.Test) != loaders.Checksum(loaders.NewImages(Shape, mini.records)) {
			t.Errorf("the first has error %v or other images", err)
		}
	})
	<-arrived
	data, err := mini.fetcher().fetch(t.Context(), server.address(), dir, nil)
	mini.wantFetched(t, dir, data, err)
	close(server.release)
	first.Wait()
	mini.wantFetched(t, dir, data, err)
}
