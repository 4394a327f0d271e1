package reports

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// A Page is a page that Serve keeps up to date in the browser.
type Page interface {
	// Render returns the whole page as it is now, as HTML with a body. Each part
	// that can change is an element with the attribute data-live. Its value names
	// the part: no two parts have the same one, and it is the same every time.
	Render() ([]byte, error)
	// Stamp returns a text that changes whenever the page changes. It is called
	// often, so it must be cheap.
	Stamp() string
}

//go:embed live.js
var liveScript []byte

// lookEvery is how long the server waits before it asks for the stamp again.
const lookEvery = 500 * time.Millisecond

// Listen opens a port that only this machine can reach; port 0 stands for any free
// one.
func Listen(port int) (net.Listener, error) {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, fmt.Errorf("port %d: %w; name another with -port, or leave it out for a free one", port, errors.Unwrap(err))
	}
	return listener, nil
}

// Serve serves the page until ctx ends, and then returns nil.
func Serve(ctx context.Context, listener net.Listener, page Page) error {
	server := &http.Server{
		Handler:           Handler(page),
		BaseContext:       func(net.Listener) context.Context { return ctx }, // ends the streams of /changes
		ReadHeaderTimeout: 10 * time.Second,
	}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the page: %w", err)
	}
	return nil
}

// Handler serves the page at / and, at /live.js and /changes, what keeps it up to
// date.
func Handler(page Page) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		content, err := page.Render()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(bytes.Replace(content, []byte("</body>"), []byte("<script src=\"/live.js\"></script>\n</body>"), 1))
	})
	mux.HandleFunc("GET /live.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Write(liveScript)
	})
	mux.HandleFunc("GET /changes", func(w http.ResponseWriter, r *http.Request) { tell(w, r, page) })
	return guard(mux)
}

// guard refuses requests that name another host. A page from elsewhere can have
// its own name point to this machine, to read what is served here (DNS rebinding);
// its requests still carry that name.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if host != "localhost" && host != "127.0.0.1" {
			http.Error(w, "this page is served only at localhost and 127.0.0.1", http.StatusForbidden)
			return
		}
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Content-Security-Policy", "frame-ancestors 'none'")
		next.ServeHTTP(w, r)
	})
}

// tell sends an event at once and then whenever the page has changed, until the
// browser disconnects or the server ends.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
func tell(w http.ResponseWriter, r *http.Request, page Page) {
	w.Header().Set("Content-Type", "text/event-stream")
	stream := http.NewResponseController(w)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for told := ""; ; {
		if stamp := page.Stamp(); stamp != told {
			told = stamp
			if _, err := fmt.Fprint(w, "data: changed\n\n"); err != nil || stream.Flush() != nil {
				return
			}
		}
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
		}
	}
}
