//go:build unix

package pictures

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWalk has everything that people, cameras and systems leave in folders.
func TestWalk(t *testing.T) {
	dir := t.TempDir()
	picture := string(asPNG(drawn(4, 4, patches)))
	files := map[string]string{"cat/notes.txt": "my cats", "cat/empty.png": "", "cat/f.heic": "....ftypheic"}
	for _, file := range []string{
		"cat/a.PNG", "cat/b.jfif", "cat/c.jpe", "cat/ending-less", "cat/2024/d.jpg", "outside/e.webp",
		"cat/.hidden.png", "cat/.ipynb_checkpoints/a.png", "__MACOSX/cat/._a.png", "cat/@eaDir/a.png", "cat/Thumbs.db",
	} {
		files[file] = picture
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(content), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"cat/linked": "../outside", "cat/parent": "..", "cat/gone.png": "nowhere.png"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "cat", "pipe"), 0o666); err != nil {
		t.Fatal(err)
	}
	below := func(paths []string) (names []string) {
		for _, path := range paths {
			names = append(names, strings.TrimPrefix(path, dir+"/"))
		}
		return names
	}
	found := Walk(filepath.Join(dir, "cat"))
	// What is read, or is an error when it is.
	if diff := cmp.Diff([]string{"cat/a.PNG", "cat/b.jfif", "cat/c.jpe", "cat/empty.png", "cat/ending-less", "cat/f.heic", "cat/2024/d.jpg", "cat/linked/e.webp",
		"cat/parent/outside/e.webp"}, below(found.Pictures)); diff != "" {
		t.Errorf("pictures (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"cat/.hidden.png", "cat/.ipynb_checkpoints", "cat/@eaDir", "cat/Thumbs.db", "cat/notes.txt", "cat/pipe",
		"cat/parent/__MACOSX", "cat/parent/cat"}, below(found.PassedOver)); diff != "" {
		t.Errorf("passed over (-want +got):\n%s", diff)
	}
	if len(found.Faults) != 1 || !strings.Contains(found.Faults[0].Error(), "gone.png is a link to nowhere.png, which does not exist: put it there or delete the link") {
		t.Errorf("faults %v", found.Faults)
	}
	if want := "passed over 8 files and folders, such as cat/.hidden.png: they are hidden, no pictures, or in no class's folder"; strings.ReplaceAll(found.Remark(), dir+"/", "") != want {
		t.Errorf("it says %q, want %q", found.Remark(), want)
	}
}
