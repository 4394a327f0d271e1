package reports

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"cifartrain/internal/runfolder"
	"github.com/google/go-cmp/cmp"
)

// browse opens an address in a browser without a window and returns the page as
// its scripts leave it, and what they complained of. It skips the test where no
// browser is found.
func browse(t *testing.T, address string) (page, console string) {
	t.Helper()
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium to look at the page with")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	// It writes to its home as it ends, later than t.TempDir would stand.
	home, err := os.MkdirTemp("", "browser")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(home)
	command := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+home,
		"--enable-logging=stderr", "--virtual-time-budget=5000", "--dump-dom", address)
	var complaints bytes.Buffer
	command.Stderr = &complaints
	dom, err := command.Output()
	if err != nil {
		t.Fatalf("chromium: %v\n%s", err, complaints.String())
	}
	for _, line := range strings.Split(complaints.String(), "\n") {
		if strings.Contains(line, "CONSOLE") {
			console += line + "\n"
		}
	}
	return string(dom), console
}

// inspector opens the pages in frames as wide as a phone, points at places,
// presses keys, and writes what it saw.
const inspector = `<!DOCTYPE html><title>inspector</title>
<iframe src="/run" style="width:360px;height:6000px"></iframe><iframe src="/comparison" style="width:360px;height:6000px"></iframe>
<pre id="seen"></pre>
<script>
const tips = (page) => [...page.querySelectorAll(".tip")].map((tip) =>
  tip.hidden ? "" : [...tip.querySelectorAll("b, span, output")].map((e) => e.textContent).join("|"));
const look = (frame) => {
  const page = frame.contentDocument, window = frame.contentWindow, root = page.documentElement;
  const axes = page.querySelector(".axes"), box = axes.getBoundingClientRect();
  const point = (share) => {
    axes.dispatchEvent(new window.PointerEvent("pointermove", { clientX: box.left + share * box.width, clientY: box.top + 5, pointerType: "mouse", bubbles: true }));
    return tips(page);
  };
  const press = (key) => {
    axes.dispatchEvent(new window.KeyboardEvent("keydown", { key, bubbles: true }));
    return axes.getAttribute("aria-valuenow");
  };
  const seen = { width: root.clientWidth, needs: root.scrollWidth, first: point(0.02), last: point(0.98) };
  axes.dispatchEvent(new window.PointerEvent("pointerleave", { pointerType: "mouse" }));
  seen.left = tips(page);
  seen.keys = [press("Home"), press("ArrowRight"), press("ArrowLeft"), press("End")];
  const key = page.querySelector(".legend [role=button]");
  key.click();
  seen.off = tips(page)[0];
  key.click();
  seen.spot = parseFloat(page.querySelector(".spot").style.top);
  return seen;
};
onload = () => { document.getElementById("seen").textContent = JSON.stringify([...document.querySelectorAll("iframe")].map(look)); };
</script>`

// TestPagesInABrowser wants the pages to fit a phone, to break no rule of their
// own policy, and to show the figures of metrics.csv at the pointer.
func TestPagesInABrowser(t *testing.T) {
	run, _ := reported(t, func(s *runfolder.Summary) {
		s.Name = strings.Repeat("long", 24)
		s.Classes = []string{hostile, "horse"}
	})
	compared, err := Compare([]*runfolder.Folder{finishedRun(t, "a", 1, nil), finishedRun(t, "a", 2, nil), finishedRun(t, hostile[:5], 1, nil)})
	if err != nil {
		t.Fatal(err)
	}
	comparison := create(t)
	if err := compared.Write(comparison, nil); err != nil {
		t.Fatal(err)
	}
	pages := http.NewServeMux()
	pages.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, inspector) })
	pages.HandleFunc("/run", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, run.File(runfolder.ReportFile)) })
	pages.HandleFunc("/comparison", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, comparison.File(runfolder.ReportFile))
	})
	server := httptest.NewServer(pages)
	defer server.Close()

	page, console := browse(t, server.URL)
	if console != "" {
		t.Errorf("the browser complains:\n%s", console)
	}
	seen := regexp.MustCompile(`(?s)<pre id="seen">(.*?)</pre>`).FindStringSubmatch(page)
	if seen == nil {
		t.Fatalf("the inspector saw nothing:\n%s", page)
	}
	type sight struct {
		Width, Needs      int
		First, Last, Left []string
		Keys              []string
		Off               string
		Spot              float64
	}
	var got []sight
	if err := json.Unmarshal([]byte(html.UnescapeString(seen[1])), &got); err != nil {
		t.Fatalf("%v in %s", err, seen[1])
	}
	for i := range got {
		if got[i].Width != 360 || got[i].Needs > got[i].Width {
			t.Errorf("page %d is %d wide in a window of %d", i, got[i].Needs, got[i].Width)
		}
		if got[i].Spot < 0 || got[i].Spot > 100 {
			t.Errorf("page %d: the spot stands at %g%% of the axes", i, got[i].Spot)
		}
		got[i].Width, got[i].Needs, got[i].Spot = 0, 0, 0
	}
	keys := []string{"1", "2", "1", "2"}
	want := []sight{
		{
			First: []string{
				"epoch 1|training|81.3%|validation|75.0%",
				"epoch 1|training|0.3000|validation|0.2500|training, running mean|0.3333|learning rate|0.1|seconds|0.042",
			},
			Last: []string{
				"epoch 2|training|100.0%|validation|0.0%",
				"epoch 2|training|2.000e-9|validation|1.235e+5|training, running mean|1.000e-9|learning rate|0.00003|seconds|12",
			},
			Left: []string{"", ""}, Keys: keys, Off: "epoch 2|validation|0.0%",
		},
		{
			First: []string{
				`epoch 1|a|0.3000 (0.3000 to 0.3000)|"'><s|0.3000`,
				`epoch 1|a|0.2500 (0.2500 to 0.2500)|"'><s|0.2500`,
			},
			Last: []string{
				`epoch 2|a|2.000e-9 (2.000e-9 to 2.000e-9)|"'><s|2.000e-9`,
				`epoch 2|a|1.235e+5 (1.235e+5 to 1.235e+5)|"'><s|1.235e+5`,
			},
			Left: []string{"", ""}, Keys: keys, Off: `epoch 2|"'><s|2.000e-9`,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the pages show (-want +got):\n%s", diff)
	}
}
