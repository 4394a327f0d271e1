package pca

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// cacheFiles are the files in dir.
func cacheFiles(t *testing.T, dir string) (paths []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		paths = append(paths, filepath.Join(dir, entry.Name()))
	}
	return paths
}

// rewrite changes the cache file at path.
func rewrite(t *testing.T, path string, change func(*cacheFile)) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var content cacheFile
	if err := json.Unmarshal(text, &content); err != nil {
		t.Fatal(err)
	}
	change(&content)
	if err := writeCache(path, content); err != nil {
		t.Fatal(err)
	}
}

func TestCached(t *testing.T) {
	training, others := draw(1, 60, 48, 8, 4), draw(2, 30, 48, 8, 4)
	counts := []int{2, 5}
	fitted, err := Fit(t.Context(), counts, training, others, others)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cached := func() []Result {
		t.Helper()
		results, err := Cached(t.Context(), dir, counts, training, others, others)
		if err != nil {
			t.Fatal(err)
		}
		return results
	}
	if difference := cmp.Diff(fitted, cached()); difference != "" {
		t.Fatalf("the first call is not the fit's:\n%s", difference)
	}
	files := cacheFiles(t, dir)
	if len(files) != 1 {
		t.Fatalf("the folder holds %v, want one file", files)
	}
	if difference := cmp.Diff(fitted, cached()); difference != "" {
		t.Errorf("the file changed the results:\n%s", difference)
	}
	rewrite(t, files[0], func(c *cacheFile) { c.Results[0].TestMSE = 0.5 })
	if cached()[0].TestMSE != 0.5 {
		t.Error("the results are not taken from the file")
	}
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func(){
		"empty":               func() { os.WriteFile(files[0], nil, 0o644) },
		"cut off":             func() { os.WriteFile(files[0], whole[:len(whole)/2], 0o644) },
		"not JSON":            func() { os.WriteFile(files[0], []byte("\x00\xff"), 0o644) },
		"another type":        func() { os.WriteFile(files[0], []byte(`[1, 2]`), 0o644) },
		"null":                func() { os.WriteFile(files[0], []byte(`null`), 0o644) },
		"gone":                func() { os.Remove(files[0]) },
		"another key":         func() { rewrite(t, files[0], func(c *cacheFile) { c.Key, c.Results[0].TestMSE = c.Key[:63]+"x", 0.5 }) },
		"a result lacking":    func() { rewrite(t, files[0], func(c *cacheFile) { c.Results = c.Results[:1] }) },
		"results changed":     func() { rewrite(t, files[0], func(c *cacheFile) { slices.Reverse(c.Results) }) },
		"an impossible error": func() { rewrite(t, files[0], func(c *cacheFile) { c.Results[1].TrainMSE = -1 }) },
	} {
		t.Run(name, func(t *testing.T) {
			damage()
			if difference := cmp.Diff(fitted, cached()); difference != "" {
				t.Errorf("a damaged file changes the results:\n%s", difference)
			}
			text, err := os.ReadFile(files[0])
			if err != nil || !json.Valid(text) {
				t.Errorf("the file is not mended: %v, %q", err, text)
			}
			if left := cacheFiles(t, dir); len(left) != 1 {
				t.Errorf("the folder holds %v", left)
			}
		})
	}
}

// TestCachedTellsApart wants a file for everything that decides the results.
func TestCachedTellsApart(t *testing.T) {
	training, validation, test := draw(1, 20, 48, 4, 4), draw(2, 10, 48, 4, 4), draw(3, 10, 48, 4, 4)
	changed := slices.Clone(training)
	changed[19] = slices.Clone(training[19])
	changed[19][47] ^= 1
	dir := t.TempDir()
	for i, call := range []struct {
		counts                     []int
		training, validation, test pictures
	}{
		{[]int{2}, training, validation, test},
		{[]int{3}, training, validation, test},
		{[]int{2, 3}, training, validation, test},
		{[]int{2}, changed, validation, test},
		{[]int{2}, training[:19], slices.Concat(training[19:], validation), test}, // another split
		{[]int{2}, training, test, validation},
		{[]int{2}, training, validation, test[:9]},
	} {
		want, err := Fit(t.Context(), call.counts, call.training, call.validation, call.test)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Cached(t.Context(), dir, call.counts, call.training, call.validation, call.test)
		if err != nil {
			t.Fatal(err)
		}
		if difference := cmp.Diff(want, got); difference != "" {
			t.Errorf("call %d is not its own fit's:\n%s", i, difference)
		}
		if files := cacheFiles(t, dir); len(files) != i+1 {
			t.Errorf("after call %d there are %d files, want %d", i, len(files), i+1)
		}
	}
}

func TestCachedWithoutAFolder(t *testing.T) {
	images := draw(1, 20, 48, 4, 4)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("not a folder"), 0o644); err != nil {
		t.Fatal(err)
	}
	want, err := Fit(t.Context(), []int{2}, images, images, images)
	if err != nil {
		t.Fatal(err)
	}
	sealed := t.TempDir()
	if err := os.Chmod(sealed, 0o500); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"", filepath.Join(file, "missing"), file, sealed} {
		got, err := Cached(t.Context(), dir, []int{2}, images, images, images)
		if err != nil {
			t.Errorf("%s: %v", dir, err)
		}
		if difference := cmp.Diff(want, got); difference != "" {
			t.Errorf("%s: the results are not the fit's:\n%s", dir, difference)
		}
	}
}

func TestCachedEnds(t *testing.T) {
	images := draw(1, 300, 48, 20, 4)
	for _, n := range []int{1, 250, 1000, 1500} { // 900 are read for the key
		ctx, cancel := context.WithCancel(t.Context())
		reads, dir := 0, t.TempDir()
		set := ending{images, &reads, n, cancel}
		_, err := Cached(ctx, dir, []int{8}, set, set, set)
		if !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), "principal components: ") {
			t.Errorf("canceled at read %d it returns %v", n, err)
		}
		if files := cacheFiles(t, dir); len(files) != 0 {
			t.Errorf("canceled at read %d it leaves %v", n, files)
		}
	}
}
