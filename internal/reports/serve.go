package reports

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"cifartrain/internal/runfolder"
)

//go:embed live.js
var liveScript []byte

// Listen opens a port that only this machine can reach; port 0 stands for any free
// one.
func Listen(port int) (net.Listener, error) {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, fmt.Errorf("port %d: %w; name another with -port, or leave it out for a free one", port, errors.Unwrap(err))
	}
	return listener, nil
}

// Serve serves the pages that render returns until ctx ends, and then returns nil. See
// [Handler].
func Serve(ctx context.Context, listener net.Listener, render func(run string) ([]byte, error)) error {
	server := &http.Server{Handler: Handler(render), ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the page: %w", err)
	}
	return nil
}

// Handler serves at / the page that render returns, as HTML with a body, and at
// /live.js what asks for it again and again. Each part of the page that can change is
// an element with the attribute data-live. Its value names the part: no two parts have
// the same one, and it is the same every time. The page of a sweep has links to those
// of its runs, which render returns by the names of their folders.
func Handler(render func(run string) ([]byte, error)) http.Handler {
	mux := http.NewServeMux()
	serve := func(w http.ResponseWriter, r *http.Request) {
		content, err := render(r.PathValue("run"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if r.PathValue("run") == "" {
			content = bytes.Replace(content, []byte("</body>"), []byte("<script src=\"/live.js\"></script>\n</body>"), 1)
		}
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(content))) // who has the page gets no second copy
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}
	mux.HandleFunc("GET /{$}", serve)
	mux.HandleFunc("GET /{run}/"+runfolder.ReportFile, serve)
	mux.HandleFunc("GET /live.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Write(liveScript)
	})
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
		h.Set("Cache-Control", "no-cache")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Content-Security-Policy", "frame-ancestors 'none'")
		next.ServeHTTP(w, r)
	})
}
