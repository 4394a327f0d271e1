package runfolder

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// failing is the folder on a disk on which a step fails: open, write, sync, close,
// rename, rename to the file kept, sync the folder.
func failing(folder *Folder, step string, err error) *Folder {
	return &Folder{folder.Path, func(now, path string) error {
		if now != step {
			return nil
		}
		return &os.PathError{Op: step, Path: path, Err: err}
	}}
}

// TestFailingDisk lets each operation fail as the third checkpoint is written:
// a whole one must be left, and the error must name the file and the remedy.
func TestFailingDisk(t *testing.T) {
	for _, operation := range []string{"open", "write", "sync", "close", "rename to the file kept", "rename", "sync the folder"} {
		for err, says := range map[error]string{
			syscall.ENOSPC: "free some space on the disk",
			syscall.EROFS:  "make the folder writable",
			syscall.EACCES: "make the folder writable",
			syscall.EIO:    "input/output error",
			syscall.EEXIST: "remove the folder in its place",
		} {
			t.Run(fmt.Sprintf("%s: %v", operation, err), func(t *testing.T) {
				folder := create(t)
				for steps := 1; steps <= 2; steps++ {
					if err := folder.WriteCheckpoint(checkpointAt(steps))(); err != nil {
						t.Fatal(err)
					}
				}
				broken := failing(folder, operation, err)
				got := broken.WriteCheckpoint(checkpointAt(3))()
				var fault *WriteError
				if !errors.As(got, &fault) || !errors.Is(got, err) || fault.Path != folder.File(CheckpointFile) ||
					!strings.Contains(got.Error(), says) || strings.Contains(got.Error(), ".part") {
					t.Errorf("error is %v, want one of %s that says %q", got, folder.File(CheckpointFile), says)
				}
				left, damage, err := folder.Checkpoint()
				if err != nil || damage != nil || left.Partial.Steps < 2 {
					t.Errorf("the checkpoint left is %+v: %v, %v", left, damage, err)
				}
				if parts, _ := filepath.Glob(folder.File(".*.part")); len(parts) > 0 {
					t.Errorf("%v is left behind", parts)
				}
				if err := folder.WriteCheckpoint(checkpointAt(4))(); err != nil {
					t.Errorf("once the disk is well again: %v", err)
				}
			})
		}
	}
}

// TestFailingDiskKeepsRows fills the disk as a row is added to metrics.csv.
func TestFailingDiskKeepsRows(t *testing.T) {
	folder := create(t)
	if err := folder.AppendEpoch(epochs[0]); err != nil {
		t.Fatal(err)
	}
	full := failing(folder, "write", syscall.ENOSPC)
	if err := full.AppendEpoch(epochs[1]); err == nil || !strings.Contains(err.Error(), "layers.csv") || !strings.Contains(err.Error(), "free some space") {
		t.Errorf("error is %v", err)
	}
	if err := folder.extend(folder.File(MetricsFile), []byte("2,0.5,0.")); err != nil { // what a disk that fills up takes
		t.Fatal(err)
	}
	history, err := folder.History()
	if err != nil || len(history) != 1 {
		t.Errorf("metrics.csv holds %d epochs, want the one that was written whole: %v", len(history), err)
	}
	if err := folder.WriteHistory(history); err != nil {
		t.Fatal(err)
	}
	content, _ := os.ReadFile(folder.File(MetricsFile))
	if !bytes.Equal(content, historyTable(epochs[:1])) {
		t.Errorf("the torn row is still there:\n%s", content)
	}
}

func TestVanishedFolder(t *testing.T) {
	folder := create(t)
	if err := os.RemoveAll(folder.Path); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{folder.AppendEpoch(epochs[0]), folder.WriteCheckpoint(checkpointAt(1))(), folder.Write(ConfigFile, nil)} {
		if err == nil || !strings.Contains(err.Error(), "the file or its folder is missing") {
			t.Errorf("error is %v", err)
		}
	}
}

// TestPlantedLinks puts links where a run's files are about to be written, as a
// folder out of foreign hands may have them.
func TestPlantedLinks(t *testing.T) {
	folder := create(t)
	precious := filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(precious, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	names := []string{CheckpointFile, PreviousCheckpointFile, ConfigFile, MetricsFile, SummaryFile}
	for _, name := range names {
		for _, link := range []string{folder.File(name), beside(folder.File(name))} {
			if err := os.Symlink(precious, link); err != nil {
				t.Skipf("no links here: %v", err)
			}
		}
	}
	if err := errors.Join(folder.WriteCheckpoint(checkpointAt(1))(), folder.WriteCheckpoint(checkpointAt(2))(), folder.Write(ConfigFile, nil),
		folder.WriteSummary(&Summary{}), folder.WriteHistory(epochs[:1]), folder.AppendEpoch(epochs[1])); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(precious); err != nil || string(content) != "precious" {
		t.Errorf("the file that links pointed at is now %q: %v", content, err)
	}
	for _, name := range names {
		if info, err := os.Lstat(folder.File(name)); err != nil || !info.Mode().IsRegular() {
			t.Errorf("%s is no file of its own: %v", name, err)
		}
	}
}
