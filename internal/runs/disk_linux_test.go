package runs

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestDiskFails trains on a file system of its own that fills up, or becomes
// read-only, after the second epoch, and goes on once it is well again. The
// error of the first must name the file and what to do.
func TestDiskFails(t *testing.T) {
	want := whole(t)
	for _, test := range []struct {
		name, says string
		fail, mend func(disk string) error
	}{
		{"full", "free some space on the disk", fill, func(disk string) error { return os.Remove(filepath.Join(disk, "filler")) }},
		{"read-only", "make the folder writable",
			func(disk string) error { return syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, "") },
			func(disk string) error { return syscall.Mount("", disk, "", syscall.MS_REMOUNT, "") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			disk := t.TempDir()
			if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=4m"); err != nil {
				t.Skipf("cannot mount a file system here: %v", err)
			}
			defer syscall.Unmount(disk, syscall.MNT_DETACH)
			s := onFewImages(disk, 1)
			_, err := trainFew(t, s, context.Background(), func() {
				if err := test.fail(disk); err != nil {
					t.Error(err)
				}
			})
			folder := newestRun(t, disk)
			for _, says := range []string{"writing " + folder.Path, test.says, "the checkpoint of epoch 2, step ", "go run . -resume " + folder.Path} {
				if err == nil || !strings.Contains(err.Error(), says) {
					t.Errorf("error is %v, want it to say %q", err, says)
				}
			}
			if err := test.mend(disk); err != nil {
				t.Fatal(err)
			}
			if _, _, err := resume(onFewImages(disk, 1), folder); err != nil {
				t.Fatal(err)
			}
			sameFiles(t, folder, want)
		})
	}
}

// fill writes a file until the disk is full to the last byte.
func fill(disk string) error {
	file, err := os.Create(filepath.Join(disk, "filler"))
	if err != nil {
		return err
	}
	defer file.Close()
	for err == nil {
		_, err = file.Write(make([]byte, 4096))
	}
	return nil
}
