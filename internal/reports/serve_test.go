package reports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

const livePart = `<html><body><p data-live="n">%d</p></body></html>`

func TestHandler(t *testing.T) {
	var broken error
	handler := Handler(func(run string) ([]byte, error) {
		if run != "" {
			return []byte("the page of " + run), nil
		}
		return fmt.Appendf(nil, livePart, 0), broken
	})
	ask := func(method, path, host, tag string) *httptest.ResponseRecorder {
		request, response := httptest.NewRequest(method, path, nil), httptest.NewRecorder()
		request.Host = host
		request.Header.Set("If-None-Match", tag)
		handler.ServeHTTP(response, request)
		return response
	}
	for _, test := range []struct {
		method, path, host string
		status             int
		says               string
	}{
		{"GET", "/", "127.0.0.1:8000", 200, `<p data-live="n">0</p><script src="/live.js"></script>`},
		{"GET", "/", "localhost", 200, "data-live"},
		{"GET", "/live.js", "localhost:9000", 200, "fetch"},
		{"GET", "/01-c=1/report.html", "localhost", 200, "the page of 01-c=1"},
		{"GET", "/01-c=1/metrics.csv", "localhost", 404, ""},
		{"GET", "/", "evil.example:8000", 403, "only at localhost and 127.0.0.1"},
		{"GET", "/live.js", "evil.example", 403, ""},
		{"GET", "/", "127.0.0.1.evil.example:8000", 403, ""},
		{"GET", "/", "", 403, ""},
		{"GET", "/", "localhost.:8000", 403, ""},
		{"GET", "/metrics.csv", "localhost", 404, ""},
		{"GET", "/../main.go", "localhost", 307, ""},
		{"GET", "/model.safetensors", "localhost", 404, ""},
		{"POST", "/", "localhost", 405, ""},
	} {
		response := ask(test.method, test.path, test.host, "")
		if body := response.Body.String(); response.Code != test.status || !strings.Contains(strings.ReplaceAll(body, "\n", ""), test.says) {
			t.Errorf("%s %s at %s: status %d, want %d, and %q in\n%s", test.method, test.path, test.host, response.Code, test.status, test.says, body)
		}
	}
	if again := ask("GET", "/", "localhost", ask("GET", "/", "localhost", "").Header().Get("ETag")); again.Code != http.StatusNotModified {
		t.Errorf("a page that has not changed: status %d", again.Code)
	}
	broken = errors.New("the run is gone")
	if response := ask("GET", "/", "localhost", ""); response.Code != 500 || !strings.Contains(response.Body.String(), "the run is gone") {
		t.Errorf("status %d: %s", response.Code, response.Body)
	}
}

// TestServe wants a page at an address that only this machine can reach, and an end
// with the context.
func TestServe(t *testing.T) {
	listener, err := Listen(0)
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().(*net.TCPAddr)
	if !address.IP.IsLoopback() {
		t.Errorf("it listens at %s, which other machines may reach", address)
	}
	if _, err := Listen(address.Port); err == nil || !strings.Contains(err.Error(), "name another with -port") {
		t.Errorf("a port in use: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- Serve(ctx, listener, func(string) ([]byte, error) { return []byte("<body>here</body>"), nil })
	}()
	response, err := http.Get("http://" + address.String())
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if page, err := io.ReadAll(response.Body); err != nil || !strings.Contains(string(page), "here") {
		t.Errorf("the page is %q: %v", page, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("serving ended with %v", err)
	}
}

// TestPageFollows wants a browser to show changes without loading the page anew.
func TestPageFollows(t *testing.T) {
	var changes, loads atomic.Int64
	live := Handler(func(string) ([]byte, error) {
		return []byte(strings.Replace(fmt.Sprintf(livePart, changes.Add(1)), "</body>", `<script>fetch("/?loaded")</script></body>`, 1)), nil
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "" {
			loads.Add(1)
			return
		}
		live.ServeHTTP(w, r)
	}))
	defer server.Close()
	page, console := browse(t, server.URL)
	if strings.Contains(page, ">1</p>") || changes.Load() < 3 || loads.Load() != 1 || console != "" {
		t.Errorf("after %d changes and %d loads the browser shows %s\n%s", changes.Load(), loads.Load(), page, console)
	}
}
