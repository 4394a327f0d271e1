package runs

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"cifartrain/internal/runfolder"
	"cifartrain/internal/shell"
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
			readOnly,
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
			for _, says := range []string{"writing " + folder.Path, test.says, "the checkpoint of epoch 2, step ", shell.Command("-resume", folder.Path)} {
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

// TestDiskFullEarly trains where there is room for less and less before the first epoch
// has ended. The error must name a command that ends the trouble, or nothing may be left.
func TestDiskFullEarly(t *testing.T) {
	want := whole(t)
	for _, room := range []int64{0, 1, 2, 3, 4, 11} { // pages
		disk := t.TempDir()
		if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=4m"); err != nil {
			t.Skipf("cannot mount a file system here: %v", err)
		}
		defer syscall.Unmount(disk, syscall.MNT_DETACH)
		filler := filepath.Join(disk, "filler")
		if err := errors.Join(fill(disk), os.Truncate(filler, 4<<20-room*4096)); err != nil {
			t.Fatal(err)
		}
		_, err := trainFew(t, onFewImages(disk, 1), context.Background(), func() {})
		if err == nil || !strings.Contains(err.Error(), "free some space on the disk") {
			t.Fatalf("%d pages: error %v", room, err)
		}
		os.Remove(filler)
		runs := runfolder.List(disk)
		if len(runs) == 0 {
			continue
		}
		if says := shell.Command("-resume", runs[0].Path); !strings.Contains(err.Error(), says) {
			t.Errorf("%d pages: the error is %v, want it to say %q", room, err, says)
		}
		if _, _, err := resume(onFewImages(disk, 1), runs[0]); err != nil {
			t.Fatalf("%d pages: %v", room, err)
		}
		sameFiles(t, runs[0], want)
	}
}

// readOnly makes the disk refuse to be written to. As long as a checkpoint is on its
// way to it, the disk is busy.
func readOnly(disk string) error {
	for range 2000 {
		if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != syscall.EBUSY {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return syscall.EBUSY
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
