package reports

import (
	"bufio"
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

// A countingPage changes whenever its count does.
type countingPage struct{ count atomic.Int64 }

func (c *countingPage) Render() ([]byte, error) {
	if c.count.Load() < 0 {
		return nil, errors.New("the run is gone")
	}
	return fmt.Appendf(nil, "<html><body><p data-live=\"n\">%d</p></body></html>", c.count.Load()), nil
}

func (c *countingPage) Stamp() string { return fmt.Sprint(c.count.Load()) }

// ask returns the status and the body of what the handler answers.
func ask(page Page, method, path, host string) (int, string) {
	request := httptest.NewRequest(method, path, nil)
	request.Host = host
	response := httptest.NewRecorder()
	Handler(page).ServeHTTP(response, request)
	return response.Code, response.Body.String()
}

func TestHandler(t *testing.T) {
	for _, test := range []struct {
		method, path, host string
		status             int
		says               string
	}{
		{"GET", "/", "127.0.0.1:8000", 200, `<p data-live="n">0</p><script src="/live.js"></script>`},
		{"GET", "/", "localhost", 200, "data-live"},
		{"GET", "/live.js", "localhost:9000", 200, "EventSource"},
		{"GET", "/", "evil.example:8000", 403, "only at localhost and 127.0.0.1"},
		{"GET", "/live.js", "evil.example", 403, ""},
		{"GET", "/changes", "127.0.0.1.evil.example:8000", 403, ""},
		{"GET", "/", "", 403, ""},
		{"GET", "/", "localhost.:8000", 403, ""},
		{"GET", "/metrics.csv", "localhost", 404, ""},
		{"GET", "/../main.go", "localhost", 307, ""},
		{"GET", "/model.safetensors", "localhost", 404, ""},
		{"POST", "/", "localhost", 405, ""},
	} {
		t.Run(test.method+test.path+" at "+test.host, func(t *testing.T) {
			status, body := ask(new(countingPage), test.method, test.path, test.host)
			if status != test.status || !strings.Contains(strings.ReplaceAll(body, "\n", ""), test.says) {
				t.Errorf("status %d, want %d, and %q in\n%s", status, test.status, test.says, body)
			}
		})
	}
	gone := new(countingPage)
	gone.count.Store(-1)
	if status, body := ask(gone, "GET", "/", "localhost"); status != 500 || !strings.Contains(body, "the run is gone") {
		t.Errorf("status %d: %s", status, body)
	}
}

// TestChanges wants an event at once, one for each change, and an end with the
// server's.
func TestChanges(t *testing.T) {
	listener, err := Listen(0)
	if err != nil {
		t.Fatal(err)
	}
	if host, _, _ := net.SplitHostPort(listener.Addr().String()); host != "127.0.0.1" {
		t.Errorf("it listens at %s, which other machines may reach", listener.Addr())
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	page, ended := new(countingPage), make(chan error, 1)
	go func() { ended <- Serve(ctx, listener, page) }()
	response, err := http.Get("http://" + listener.Addr().String() + "/changes")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if kind := response.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Errorf("the events are %s", kind)
	}
	lines := bufio.NewReader(response.Body)
	for change := range 3 {
		for _, want := range []string{"data: changed\n", "\n"} {
			if line, err := lines.ReadString('\n'); err != nil || line != want {
				t.Fatalf("change %d: %q, want %q: %v", change, line, want, err)
			}
		}
		page.count.Add(1)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("serving ended with %v", err)
	}
	io.Copy(io.Discard, lines) // hangs unless the events have ended, too
}

func TestListenSaysWhatToDo(t *testing.T) {
	first, err := Listen(0)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if _, err := Listen(first.Addr().(*net.TCPAddr).Port); err == nil || !strings.Contains(err.Error(), "name another with -port") {
		t.Errorf("a port in use: %v", err)
	}
}
