package commands

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cifartrain/internal/runfolder"
)

// newest is the newest run folder of a name.
func newest(t *testing.T, runs, name string) *runfolder.Folder {
	t.Helper()
	path, err := filepath.EvalSymlinks(filepath.Join(runs, name, "latest"))
	if err != nil {
		t.Fatal(err)
	}
	return &runfolder.Folder{Path: path}
}

// TestSeriesGoesOnAfterAFailure trains three configs, of which the second
// diverges: the others are trained and compared, and the exit status tells.
func TestSeriesGoesOnAfterAFailure(t *testing.T) {
	runs, dir := t.TempDir(), t.TempDir()
	wild := filepath.Join(dir, "wild.yaml")
	if err := os.WriteFile(wild, []byte("data: {classes: [frog, horse]}\noptimizer: {learning_rate: 1.0e+6}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	status, stdout, stderr := call(context.Background(), sampleArgs(runs, "-config", wild, "-config", "svm_improved", "-quiet")...)
	if status != exitFailed || !strings.Contains(stderr, "1 of 3 runs failed:\nwild, seed 1: the loss became") {
		t.Errorf("exit status %d: %s", status, stderr)
	}
	for _, want := range []string{"svm_improved", "comparison", "wild, seed 1, failed and is not compared: the loss became"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the terminal does not show %q:\n%s", want, stdout)
		}
	}
	comparison := newest(t, runs, "comparison")
	if _, err := os.Stat(comparison.File(runfolder.ComparisonTable)); err != nil {
		t.Error(err)
	}
	page, err := os.ReadFile(comparison.File(runfolder.ReportFile))
	if err != nil {
		t.Fatal(err)
	}
	if row := `">wild</a></td><td>1</td><td>failed</td>`; !strings.Contains(string(page), row) {
		t.Errorf("the page lacks the row %s", row)
	}
}

// TestSeriesInterrupted stops a series in its first run and goes on with all
// that is left, by the command that is printed.
func TestSeriesInterrupted(t *testing.T) {
	args := func(runs string) []string { return sampleArgs(runs, "-seeds", "3") }
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	runs, peaceful := t.TempDir(), t.TempDir()
	var stderr bytes.Buffer
	if status := run(ctx, args(runs), cancelAt{"epoch 1/2", cancel}, &stderr); status != exitInterrupted {
		t.Fatalf("exit status %d: %s", status, stderr.String())
	}
	_, printed, found := strings.Cut(stderr.String(), "go run . -resume ")
	if !found || !strings.Contains(stderr.String(), "interrupted in run 1 of 3, svm, seed 1") {
		t.Fatalf("it says %s", stderr.String())
	}
	status, stdout, again := call(context.Background(), "-resume", strings.TrimSpace(printed))
	if status != exitDone || !strings.Contains(stdout, "svm over 3 seeds") {
		t.Fatalf("exit status %d: %s%s", status, stdout, again)
	}
	want, _, _ := train(t, args(peaceful)...)
	sameRun(t, newest(t, runs, "svm"), want)

	if status, stdout, _ := call(context.Background(), "-resume", strings.TrimSpace(printed)); status != exitDone || strings.Contains(stdout, "epoch 1/2") {
		t.Errorf("a finished series: exit status %d: %s", status, stdout)
	}
}

// TestSeriesOfOtherLosses trains what cannot be compared, and says so.
func TestSeriesOfOtherLosses(t *testing.T) {
	runs := t.TempDir()
	status, _, stderr := call(context.Background(), "-config", "svm", "-config", "autoencoder_sgd", "-runs", runs, "-data", runs, "-quiet",
		"-set", "data.source=sample", "-set", "data.classes=[frog, horse]", "-set", "train.epochs=1")
	if status != exitDone || !strings.Contains(stderr, "measure different losses") || !strings.Contains(stderr, "so they are not compared") {
		t.Errorf("exit status %d: %s", status, stderr)
	}
	for _, name := range []string{"svm", "autoencoder_sgd"} {
		if summary, err := newest(t, runs, name).Summary(); err != nil || summary.Status != runfolder.Finished {
			t.Errorf("%s: %+v, %v", name, summary, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(runs, "comparison", "*")); len(left) > 0 {
		t.Errorf("an empty comparison is left: %v", left)
	}
}
