package reports

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cifartrain/internal/runfolder"
)

// TestIndex lists a finished run, one that was cut off, and a comparison with its
// best figures, and leaves out what is none of these.
func TestIndex(t *testing.T) {
	finished := finishedRun(t, "a", 1, nil)
	root := filepath.Dir(filepath.Dir(finished.Path))
	cut, failed := runfolder.Create(root, "b", started.AddDate(0, 0, 1))
	comparison, err := runfolder.Create(root, "comparison", started)
	failed = errors.Join(failed, err)
	compared, err := Compare([]*runfolder.Folder{finished})
	if failed = errors.Join(failed, err); failed != nil {
		t.Fatal(failed)
	}
	defer func(args []string) { os.Args = args }(os.Args)
	os.Args = []string{"/opt/cifartrain"} // which somebody built
	failed = errors.Join(compared.Write(comparison, nil), cut.Write(runfolder.ConfigFile, []byte("name: b\n")),
		os.MkdirAll(filepath.Join(root, "notes", "mine"), 0o755), finished.PointLatest(), WriteIndex(root))
	page, err := os.ReadFile(filepath.Join(root, IndexFile))
	if failed = errors.Join(failed, err); failed != nil {
		t.Fatal(failed)
	}
	for _, want := range []string{
		`<a href="comparison/20260304T050607Z/report.html">`, "<td>1</td><td>0.3333</td><td>0.2500</td><td>0.5000</td>", "<td>comparison</td>", "<td>not finished</td>",
		"<code>/opt/cifartrain compare RUN RUN</code>",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
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
	for _, test := range []struct{ runs, before, says string }{
		{"", "", ""},
		{"a", "<h1>my website</h1>", "was not written by this program and stays as it is"},
		{"a", generator, ""},
	} {
		root := t.TempDir()
		index := filepath.Join(root, IndexFile)
		if test.runs != "" {
			run, err := runfolder.Create(root, test.runs, started)
			if err = errors.Join(err, run.Write(runfolder.ConfigFile, nil), os.WriteFile(index, []byte(test.before), 0o666)); err != nil {
				t.Fatal(err)
			}
		}
		err := WriteIndex(root)
		page, _ := os.ReadFile(index)
		if (err != nil) != (test.says != "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("over %q: error %v", test.before, err)
		}
		if written := strings.Contains(string(page), "<h1>Runs</h1>"); written != (test.before == generator) || test.says != "" && string(page) != test.before {
			t.Errorf("over %q it wrote %.80q", test.before, page)
		}
	}
}
