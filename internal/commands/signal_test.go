package commands

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
)

// TestMain is the program itself where the environment says so.
func TestMain(m *testing.M) {
	if os.Getenv("CIFARTRAIN_TEST_MAIN") != "" {
		Main()
	}
	os.Setenv(runs.CacheVariable, "") // leaves nothing in the cache of whoever tests
	os.Exit(m.Run())
}

// signalled runs the program in a process of its own, sends it the signals as
// soon as metrics.csv of the run in folder holds some epochs, and returns its
// exit status and errors.
func signalled(t *testing.T, folder string, epochs int, signals []os.Signal, args ...string) (status int, stderr string) {
	t.Helper()
	program := exec.Command(os.Args[0], args...)
	program.Env = append(os.Environ(), "CIFARTRAIN_TEST_MAIN=1")
	var errors bytes.Buffer
	program.Stderr = &errors
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		program.Wait()
		close(ended)
	}()
	for {
		select {
		case <-ended:
			t.Fatalf("it ended by itself: %s", errors.String())
		case <-time.After(5 * time.Millisecond):
		}
		history, err := (&runfolder.Folder{Path: folder}).History()
		if err == nil && len(history) >= epochs {
			break
		}
	}
	for _, signal := range signals {
		if err := program.Process.Signal(signal); err != nil {
			t.Error(err)
		}
	}
	<-ended
	return program.ProcessState.ExitCode(), errors.String()
}

// TestSignals interrupts a run once, then by a signal that is delivered twice as
// it goes on, and wants the rest to give the numbers of a run left in peace.
func TestSignals(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("processes cannot be sent an interrupt there")
	}
	runs := t.TempDir()
	args := sampleArgs(runs, "-set", "train.epochs=40", "-quiet")
	latest := filepath.Join(runs, "svm", "latest")
	status, stderr := signalled(t, latest, 1, []os.Signal{os.Interrupt}, args...)
	if status != exitInterrupted || !strings.Contains(stderr, "go run . -resume "+runs) {
		t.Errorf("exit status %d: %s", status, stderr)
	}
	folder, err := runfolder.Open(latest)
	if err != nil {
		t.Fatal(err)
	}
	summary, err := folder.Summary()
	if err != nil || summary.Status != runfolder.Interrupted {
		t.Errorf("summary %+v: %v", summary, err)
	}
	status, stderr = signalled(t, latest, summary.Epochs+1, []os.Signal{syscall.SIGTERM, syscall.SIGTERM}, "-resume", latest)
	if twice, err := folder.Summary(); status != exitInterrupted || err != nil || twice.Status != runfolder.Interrupted || twice.Epochs <= summary.Epochs {
		t.Errorf("a signal that is delivered twice does not count as one: exit status %d, %+v, %v: %s", status, twice, err, stderr)
	}
	if status, _, stderr := call(context.Background(), "-resume", latest, "-quiet"); status != exitDone {
		t.Fatalf("exit status %d: %s", status, stderr)
	}
	want, _, _ := train(t, args...)
	sameRun(t, folder, want)
}
