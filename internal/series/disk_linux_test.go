package series

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestDiskFull fills the disk while seeds, a sweep and a sweep that is joined are
// created or trained, makes room, and goes on with each: nothing may be lacking then.
// Without a plan to go on with, nothing may be left.
func TestDiskFull(t *testing.T) {
	sweep := "sweep.loss.c=[0.1, 1, 10]"
	for name, test := range map[string]job{
		"seeds": {Seeds: 3}, "sweep": {Overrides: []string{sweep}}, "joined": {Overrides: []string{sweep}, Join: "night"},
	} {
		t.Run(name, func(t *testing.T) {
			disk := t.TempDir()
			if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=16m"); err != nil {
				t.Skipf("cannot mount a file system here: %v", err)
			}
			defer syscall.Unmount(disk, syscall.MNT_DETACH)
			for _, room := range []int64{12, 20, 100, 400} { // kilobytes
				test.Runs, test.Data = filepath.Join(disk, "runs"), pictures()
				filler := filepath.Join(disk, "filler")
				fill(t, filler, room<<10)
				if out, err := test.did(t); err == nil || !strings.Contains(err.Error(), "free some space on the disk") && !strings.Contains(err.Error(), "no space left") {
					t.Fatalf("%d kB: the error is %v\n%s", room, err, out)
				}
				if err := os.Remove(filler); err != nil {
					t.Fatal(err)
				}
				folders, _ := filepath.Glob(filepath.Join(test.Runs, "*", "*", "plan.json"))
				if left, _ := filepath.Glob(filepath.Join(test.Runs, "*", "*", "*.yaml")); len(folders) == 0 && len(left) > 0 {
					t.Errorf("%d kB: %v is left", room, left)
				}
				if drafts, _ := filepath.Glob(filepath.Join(test.Runs, "*", ".night-*")); len(drafts) > 0 {
					t.Errorf("%d kB: %v is left", room, drafts)
				}
				for _, plan := range folders {
					if out, err := (job{Resume: filepath.Dir(plan)}).did(t); err != nil {
						t.Fatalf("%d kB: %v\n%s", room, err, out)
					}
					p := planAt(t, filepath.Dir(plan))
					sameRuns(t, p, p)
				}
				if err := os.RemoveAll(test.Runs); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// fill writes a file that leaves so many bytes of the disk free.
func fill(t *testing.T, filler string, room int64) {
	t.Helper()
	var disk syscall.Statfs_t
	err := syscall.Statfs(filepath.Dir(filler), &disk)
	if err == nil {
		err = os.WriteFile(filler, make([]byte, int64(disk.Bavail)*disk.Bsize-room), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
