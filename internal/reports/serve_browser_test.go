package reports

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"
)

// A witness is a countingPage page that tells the server what a browser shows.
type witness struct{ countingPage }

func (w *witness) Render() ([]byte, error) {
	return fmt.Appendf(nil, `<html><body><p data-live="n">%d</p><p data-live="still">still</p><script>
fetch("/?loaded");
new MutationObserver(() => fetch("/?shows=" + document.querySelector("[data-live]").textContent)).observe(document.body, { childList: true });
</script></body></html>`, w.count.Load()), nil
}

// TestInABrowser wants a browser to show each change without loading the page
// anew.
func TestInABrowser(t *testing.T) {
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium to look at the page with")
	}
	home, err := os.MkdirTemp("", "browser") // it writes there as it ends
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(home)
	page, told := new(witness), make(chan string, 100)
	live := Handler(page)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "" {
			told <- r.URL.RawQuery
			return
		}
		live.ServeHTTP(w, r)
	}))
	defer server.Close()
	command := exec.Command(browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+home,
		"--remote-debugging-port=0", server.URL) // the port keeps it open
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer command.Wait()
	defer command.Process.Kill()
	defer server.CloseClientConnections()

	await := func(want string) {
		t.Helper()
		for deadline := time.After(time.Minute); ; {
			select {
			case got := <-told:
				if got == "loaded" && want != "loaded" {
					t.Error("the page was loaded anew")
				}
				if got == want {
					return
				}
			case <-deadline:
				t.Fatalf("the browser never says %s", want)
			}
		}
	}
	await("loaded")
	for change := 1; change <= 3; change++ {
		page.count.Store(int64(change))
		await(fmt.Sprint("shows=", change))
	}
}
