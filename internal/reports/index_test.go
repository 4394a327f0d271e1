package reports

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cifartrain/internal/runfolder"
)

// TestIndex lists a finished run, one that was cut off, and a comparison, and
// leaves out what is none of these.
func TestIndex(t *testing.T) {
	finished := finishedRun(t, "a", 1, nil)
	root := filepath.Dir(filepath.Dir(finished.Path))
	cut, err := runfolder.Create(root, "b", started.AddDate(0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	comparison, err := runfolder.Create(root, "comparison", started)
	if err != nil {
		t.Fatal(err)
	}
	compared, err := Compare([]*runfolder.Folder{finished})
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteComparison(comparison, compared, nil); err != nil {
		t.Fatal(err)
	}
	if err := cut.Write(runfolder.ConfigFile, []byte("name: b\n")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(root, "notes", "mine"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := finished.PointLatest(); err != nil {
		t.Fatal(err)
	}
	if err := WriteIndex(root); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, IndexFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<a href="comparison/20260304T050607Z/report.html">`, "<td>1</td><td>0.3333</td><td>0.2500</td><td>0.5000</td>", "<td>comparison</td>", "<td>not finished</td>",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	defer func(args []string) { os.Args = args }(os.Args)
	os.Args = []string{"/opt/cifartrain"} // which somebody built
	if err := WriteIndex(root); err != nil {
		t.Fatal(err)
	}
	page, err = os.ReadFile(filepath.Join(root, IndexFile))
	if err != nil || !strings.Contains(string(page), "<code>/opt/cifartrain compare RUN RUN</code>") {
		t.Errorf("the page does not say how to compare, %v:\n%s", err, page)
	}
	var out bytes.Buffer
	ShowRuns(&out, root, true)
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 8 || !strings.Contains(lines[1], "b/20260305T050607Z") || !strings.Contains(lines[5], "3 folders in "+root) {
		t.Errorf("the list is:\n%s", out.String())
	}
}

// TestIndexKeepsOthersPages leaves a page alone that this program has not
// written, writes none where there are no runs, and writes over its own.
func TestIndexKeepsOthersPages(t *testing.T) {
	root := t.TempDir()
	index := filepath.Join(root, IndexFile)
	if err := WriteIndex(root); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(index); err == nil {
		t.Error("there is a page without runs")
	}
	run, err := runfolder.Create(root, "a", started)
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Write(runfolder.ConfigFile, []byte("name: a\n")); err != nil {
		t.Fatal(err)
	}
	const website = "<h1>my website</h1>"
	if err := os.WriteFile(index, []byte(website), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := WriteIndex(root); err == nil || !strings.Contains(err.Error(), "was not written by this program and stays as it is") {
		t.Errorf("error %v", err)
	}
	if page, err := os.ReadFile(index); err != nil || string(page) != website {
		t.Errorf("the page is now %q, %v", page, err)
	}
	for _, own := range []string{generator} {
		if err := os.WriteFile(index, []byte(own), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := WriteIndex(root); err != nil {
			t.Fatal(err)
		}
		if page, err := os.ReadFile(index); err != nil || !strings.Contains(string(page), generator) {
			t.Errorf("over %s it wrote %.80q, %v", own, page, err)
		}
	}
}
