package commands

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cifartrain/internal/runfolder"
)

// sweepArgs sweep three learning rates, the last of which diverges.
func sweepArgs(runs string, more ...string) []string {
	return sampleArgs(runs, append([]string{"-set", "name=try", "-set", "sweep.optimizer.learning_rate=[1e-3, 1e-2, 1e6]"}, more...)...)
}

// runsOf are the run folders of the newest sweep.
func runsOf(t *testing.T, runs string) (sweep *runfolder.Folder, all []*runfolder.Folder) {
	t.Helper()
	sweep, all, found := runfolder.OpenSweep(filepath.Join(runs, "try", "latest"))
	if !found {
		t.Fatal("latest is no sweep")
	}
	return sweep, all
}

// TestSweep trains a sweep with a run that diverges, one of its runs alone, and
// asks for it again.
func TestSweep(t *testing.T) {
	runs := t.TempDir()
	status, stdout, stderr := call(context.Background(), sweepArgs(runs)...)
	if status != exitFailed || !strings.Contains(stderr, "1 of 3 runs failed") {
		t.Fatalf("exit status %d\n%s%s", status, stdout, stderr)
	}
	sweep, all := runsOf(t, runs)
	var names []string
	for _, run := range all {
		names = append(names, filepath.Base(run.Path))
	}
	if diff := cmp.Diff([]string{"01-learning_rate=0.001", "02-learning_rate=0.01", "03-learning_rate=1e+06"}, names); diff != "" {
		t.Errorf("run folders (-want +got):\n%s", diff)
	}
	for _, file := range []string{"sweep.yaml", "sweep.png", "comparison.png", "comparison.csv", "report.html"} {
		if info, err := os.Stat(sweep.File(file)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", file, err)
		}
	}
	for _, want := range []string{"3 settings", "/3  learning_rate=0.01: validation accuracy", "the loss became", "The best of 2 settings is", "failed", "1 of 3 settings have no figures"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the terminal does not show %q:\n%s", want, stdout)
		}
	}
	rows := table(t, sweep, runfolder.ComparisonTable)
	if len(rows) != 4 || rows[0][1] != "optimizer.learning_rate" || rows[3][1] != "1e+06" || !strings.Contains(rows[3][5], "the loss became") {
		t.Errorf("comparison.csv: %q", rows)
	}

	status, _, stderr = call(context.Background(), "-config", all[1].File(runfolder.ConfigFile), "-runs", filepath.Join(runs, "alone"))
	if status != exitDone {
		t.Fatalf("exit status %d: %s", status, stderr)
	}
	alone, err := runfolder.Open(filepath.Join(runs, "alone", "try", "latest"))
	if err != nil {
		t.Fatal(err)
	}
	sameRun(t, all[1], alone)

	status, stdout, stderr = call(context.Background(), "-resume", sweep.Path)
	if status != exitFailed || strings.Contains(stdout, "/3  learning_rate=0.01:") || !strings.Contains(stdout, "The best of 2 settings is") {
		t.Errorf("again: exit status %d, finished runs should rest:\n%s%s", status, stdout, stderr)
	}
	status, _, stderr = call(context.Background(), "-resume", sweep.Path, "-set", "sweep.optimizer.learning_rate=[1]", "-set", "loss.c=2")
	if status != exitUsage || !strings.Contains(stderr, "differs in loss.c, sweep.optimizer.learning_rate;") {
		t.Errorf("another config: exit status %d: %s", status, stderr)
	}
}

// TestSweepInterrupted stops a sweep over two seeds at its first run's end,
// goes on with it, and wants what a sweep left in peace gives.
func TestSweepInterrupted(t *testing.T) {
	args := func(runs string) []string {
		return sweepArgs(runs, "-seeds", "2", "-set", "sweep.optimizer.learning_rate=[1e-3, 1e-2]")
	}
	peaceful, stopped := t.TempDir(), t.TempDir()
	if status, stdout, stderr := call(context.Background(), args(peaceful)...); status != exitDone || !strings.Contains(stdout, "±") {
		t.Fatalf("exit status %d\n%s%s", status, stdout, stderr)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var stderr strings.Builder
	if status := run(ctx, args(stopped), cancelAt{"1/4  ", cancel}, &stderr); status != exitInterrupted || !strings.Contains(stderr.String(), "go on with: go run . -resume "+stopped) {
		t.Fatalf("exit status %d: %s", status, stderr.String())
	}
	sweep, all := runsOf(t, stopped)
	if status, stdout, stderr := call(context.Background(), "-resume", sweep.Path); status != exitDone || !strings.Contains(stdout, "4/4  ") {
		t.Fatalf("exit status %d\n%s%s", status, stdout, stderr)
	}
	_, want := runsOf(t, peaceful)
	if len(all) != 4 || len(want) != 4 {
		t.Fatalf("%d and %d runs, want 4", len(all), len(want))
	}
	for i := range want {
		sameRun(t, all[i], want[i])
	}
}

// TestSweepMemberAlone makes a sweep's run longer by itself, asks the sweep for fewer
// epochs, and goes on with it: no finished run loses its figures.
func TestSweepMemberAlone(t *testing.T) {
	runs := t.TempDir()
	args := sampleArgs(runs, "-set", "name=try", "-set", "sweep.optimizer.learning_rate=[1e-3, 1e-2]", "-quiet")
	if status, _, stderr := call(context.Background(), args...); status != exitDone {
		t.Fatal(stderr)
	}
	sweep, all := runsOf(t, runs)
	if status, _, stderr := call(context.Background(), "-resume", all[0].Path, "-set", "train.epochs=4", "-quiet"); status != exitDone {
		t.Fatal(stderr)
	}
	for _, test := range []struct {
		args   []string
		epochs [2]int
		warns  string
	}{
		{nil, [2]int{4, 2}, ""},
		{[]string{"-set", "train.epochs=1"}, [2]int{4, 2}, "train.epochs=1 is too few"},
		{[]string{"-set", "train.epochs=3"}, [2]int{4, 3}, ""},
	} {
		status, stdout, stderr := call(context.Background(), append([]string{"-resume", sweep.Path, "-quiet"}, test.args...)...)
		if status != exitDone || !strings.Contains(stdout, "The best of 2 settings") || !strings.Contains(stderr, test.warns) || test.warns == "" && strings.Contains(stderr, "warning:") {
			t.Errorf("%v: exit status %d\n%s%s", test.args, status, stdout, stderr)
		}
		for i, run := range all {
			summary, err := run.Summary()
			if err != nil || summary.Status != runfolder.Finished || summary.Epochs != test.epochs[i] {
				t.Errorf("%v: run %d has the summary %+v, want %d epochs: %v", test.args, i+1, summary, test.epochs[i], err)
			}
		}
	}
}

// TestSweepMemberDeleted deletes a run of a sweep over two seeds: the others can still
// be seen, and going on trains it again, with the same bytes.
func TestSweepMemberDeleted(t *testing.T) {
	runs := t.TempDir()
	args := sampleArgs(runs, "-set", "name=try", "-set", "sweep.optimizer.learning_rate=[1e-3, 1e-2]", "-seeds", "2", "-quiet")
	if status, _, stderr := call(context.Background(), args...); status != exitDone {
		t.Fatal(stderr)
	}
	sweep, all := runsOf(t, runs)
	for _, deleted := range all[1:] {
		kept := &runfolder.Folder{Path: filepath.Join(t.TempDir(), "kept")}
		if err := os.Rename(deleted.Path, kept.Path); err != nil {
			t.Fatal(err)
		}
		if status, stdout, stderr := call(context.Background(), "report", sweep.Path); status != exitDone || !strings.Contains(stdout, "deleted") {
			t.Errorf("exit status %d, want a row that says deleted:\n%s%s", status, stdout, stderr)
		}
		if status, stdout, stderr := call(context.Background(), "-resume", sweep.Path, "-quiet"); status != exitDone || !strings.Contains(stdout, "The best of 2 settings") {
			t.Errorf("exit status %d\n%s%s", status, stdout, stderr)
		}
		sameRun(t, deleted, kept)
	}
}

func TestBadSweeps(t *testing.T) {
	runs := t.TempDir()
	for _, test := range []struct {
		args []string
		says string
	}{
		{sweepArgs(runs, "-config", "svm"), "is a sweep, which makes its own comparison"},
		{sweepArgs(runs, "-seeds", "334"), "3 settings with 334 seeds each make 1002 runs, more than 1000"},
		{sweepArgs(runs, "-set", "sweep.model.kind=[linear_svm, autoencoder]"), "loss.kind"},
		{sweepArgs(runs, "-set", "sweep.data.batch_size=[64, 7001]"), "7001 is more than the 7000 training images"},
	} {
		status, _, stderr := call(context.Background(), test.args...)
		if status != exitUsage || !strings.Contains(stderr, test.says) {
			t.Errorf("%v: exit status %d: %s", test.args, status, stderr)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(runs, "*")); len(left) > 0 {
		t.Errorf("refused sweeps left %v", left)
	}
}
