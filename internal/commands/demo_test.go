package commands

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"cifartrain/internal/reports"
	"cifartrain/internal/runs"
)

// TestDemo opens the pages in a browser without a window and compares the number
// that they show of their first picture with the program's own. It skips where no
// chromium is found.
func TestDemo(t *testing.T) {
	for name, figure := range map[string]struct {
		pattern string
		of      func(runs.Prediction) string
	}{
		"svm_best":         {`with a score of (-?[0-9.]+)`, func(p runs.Prediction) string { return fmt.Sprintf("%.4f", p.Scores[0]) }},
		"autoencoder_tied": {`<output id="mse">([0-9.]+)`, func(p runs.Prediction) string { return fmt.Sprintf("%.6f", p.MSE) }},
		"autoencoder":      {`<output id="mse">([0-9.]+)`, func(p runs.Prediction) string { return fmt.Sprintf("%.6f", p.MSE) }},
	} {
		t.Run(name, func(t *testing.T) {
			p := onSample(t)
			p.file, p.format = filepath.Join(t.TempDir(), "demo.html"), "html"
			run := trainedRun(t, &p.session, name, "data.center=true")
			if err := p.exportRun(context.Background(), []string{run}); err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(p.file); err != nil || info.Size() > 3<<20 {
				t.Errorf("the page has %d bytes, more than 3 MB: %v", info.Size(), err)
			}
			subject := must(p.openSubject(context.Background(), []string{run}, true))
			predictions := must(subject.Predict(context.Background(), subject.set))
			dom := openInBrowser(t, p.file)
			index := found(t, dom, `test image ([0-9]+),`)
			for i, prediction := range predictions {
				if strconv.Itoa(subject.set.Index(i)) != index {
					continue
				}
				if got, want := found(t, dom, figure.pattern), figure.of(prediction); !near(got, want) {
					t.Errorf("of image %s the page says %s, the program %s", index, got, want)
				}
				return
			}
			t.Errorf("there is no test image %s", index)
		})
	}
}

// near reports whether two decimals differ by a rounding at most.
func near(a, b string) bool {
	const rounding = 1.01e-4 // of a score's four decimals; an error has few digits before them
	x, y := must(strconv.ParseFloat(a, 64)), must(strconv.ParseFloat(b, 64))
	return math.Abs(x-y) <= rounding*max(0.01, math.Abs(x))
}

func found(t *testing.T, text, pattern string) string {
	t.Helper()
	match := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if match == nil {
		t.Fatalf("the page does not hold %s", pattern)
	}
	return match[1]
}

// openInBrowser returns the page as its script leaves it.
func openInBrowser(t *testing.T, page string) string {
	t.Helper()
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium to look at the page with")
	}
	home := must(os.MkdirTemp("", "browser")) // to which it writes as it ends, later than t.TempDir would stand
	defer os.RemoveAll(home)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	dom, err := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
		"--disable-background-networking", "--user-data-dir="+home, "--virtual-time-budget=5000", "--dump-dom", "file://"+page).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(dom)
}

// onSample is a silent program whose runs are gone after the test.
func onSample(t *testing.T) *program {
	t.Helper()
	silent := &output{Writer: io.Discard}
	p := &program{stdout: silent, stderr: silent}
	p.flags() // sets the defaults
	p.session = runs.Session{Out: silent, Err: silent, Display: reports.NewDisplay(silent, true), Runs: t.TempDir()}
	return p
}

// trainedRun trains a config shortly on the sample and returns its folder.
func trainedRun(t *testing.T, session *runs.Session, name string, overrides ...string) string {
	t.Helper()
	config := must(runs.Load(name, append(overrides, "data.source=sample", "data.classes=[frog, horse]", "train.epochs=1")))
	if err := session.Train(context.Background(), config); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(session.Runs, name, "latest")
}
