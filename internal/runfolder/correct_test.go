package runfolder

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCorrect(t *testing.T) {
	folder, want := &Folder{Path: t.TempDir()}, []bool{true, false, false, true}
	if err := folder.WriteCorrect(want); err != nil {
		t.Fatal(err)
	}
	got, err := folder.Correct()
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("read back (-want +got), %v:\n%s", err, diff)
	}
	for content, says := range map[string]string{"": "line 1", "1\n0\n": "line 1", "correct\n1\n2\n": "line 3"} {
		if err := os.WriteFile(folder.File(CorrectFile), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := folder.Correct(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: error %v, want one that says %q", content, err, says)
		}
	}
}
