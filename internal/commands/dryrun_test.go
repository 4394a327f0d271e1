package commands

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDryRun wants models, images, steps and sums of several configs over
// seeds, and no file anywhere.
func TestDryRun(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	runs := filepath.Join(dir, "runs")
	status, stdout, stderr := call(context.Background(), "-config", "autoencoder", "-config", "autoencoder_tied", "-seeds", "2", "-dry-run",
		"-runs", runs, "-set", "data.classes=[frog, horse]", "-set", "train.epochs=3", "-set", "model.hidden=[16]", "-set", "model.latent=4")
	if status != exitDone {
		t.Fatalf("exit status %d\n%s%s", status, stdout, stderr)
	}
	for _, want := range []string{
		"autoencoder_tied: tied_autoencoder, seeds 1 to 2", "enc_fc1 3072 to 16 16 × 3072 49,168 ReLU", "shared 3072 × 16",
		"total 52,324", "built-in sample (not CIFAR-10): frog, horse", "7,000 training, 3,000 validation, 2,000 test images",
		"55 steps an epoch, 128 images each; 165 steps in 3 epochs", filepath.Join(runs, "autoencoder_tied", "<UTC"), "reconstructions.png",
		"s for 2 seeds", "4 runs would take about", filepath.Join(runs, "comparison"), "nothing was trained or written",
	} {
		if !strings.Contains(strings.Join(strings.Fields(stdout), " "), strings.Join(strings.Fields(want), " ")) { // lines are wrapped
			t.Errorf("the terminal does not show %q:\n%s", want, stdout)
		}
	}
	if !strings.Contains(strings.Join(strings.Fields(stderr), " "), "A run would first fetch it from https://") {
		t.Errorf("nothing is said of the data that is missing: %s", stderr)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("the dry run left %v: %v", entries, err)
	}
}

// TestDryRunFails wants what a run would meet: a divergence, missing data, and a
// place where no folder can be made.
func TestDryRunFails(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		says string
		args []string
	}{
		{"optimizer.learning_rate lower", sampleArgs(dir, "-dry-run", "-set", "optimizer.learning_rate=1e6")},
		{"name a folder that holds CIFAR-10", []string{"-config", "svm", "-dry-run", "-data", dir, "-set", "data.download=false", "-set", "data.if_missing=fail"}},
		{"choose another place with -runs", sampleArgs(file, "-dry-run")},
	} {
		if status, stdout, stderr := call(context.Background(), test.args...); status != exitFailed || !strings.Contains(stderr, test.says) || strings.Contains(stdout, "This was a dry run") {
			t.Errorf("exit status %d, want %q: %s%s", status, test.says, stdout, stderr)
		}
	}
}

// TestDryRunOfASweep wants the time and the memory of all runs.
func TestDryRunOfASweep(t *testing.T) {
	runs := t.TempDir()
	status, stdout, stderr := call(context.Background(), sweepArgs(runs, "-dry-run", "-seeds", "2")...)
	if status != exitDone {
		t.Fatalf("exit status %d\n%s%s", status, stdout, stderr)
	}
	for _, want := range []string{"try: 3 settings, 6 runs", "would train for about", "MB of memory", "This was a dry run"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the terminal does not show %q:\n%s", want, stdout)
		}
	}
	for _, test := range []struct {
		says   string
		status int
		args   []string
	}{
		{"would write to " + filepath.Join(runs, "try", "night"), exitDone, sweepArgs(runs, "-dry-run", "-join", "night")},
		{"would write to " + filepath.Join(runs, "try", "<UTC time>"), exitDone, halvingArgs(runs, "-dry-run")},
		{"cannot name a folder", exitUsage, sweepArgs(runs, "-dry-run", "-join", "a/b")},
		{"-join is for sweeps", exitUsage, sampleArgs(runs, "-dry-run", "-join", "night")},
	} {
		if status, stdout, stderr := call(context.Background(), test.args...); status != test.status || !strings.Contains(stdout+stderr, test.says) {
			t.Errorf("%v: exit status %d, want %d and %q\n%s%s", test.args, status, test.status, test.says, stdout, stderr)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(runs, "*")); len(left) > 0 {
		t.Errorf("the dry run left %v", left)
	}
}
