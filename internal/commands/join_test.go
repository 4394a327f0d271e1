package commands

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
)

// fourRates sweep four learning rates.
func fourRates(folders string, more ...string) []string {
	return sampleArgs(folders, append([]string{"-set", "name=try", "-set", "sweep.optimizer.learning_rate=[1e-4, 1e-3, 1e-2, 1e-1]"}, more...)...)
}

// sameWeights fails the test unless the runs of two sweeps hold the same bytes
// of weights.
func sameWeights(t *testing.T, got, want string) {
	t.Helper()
	_, folders, found := runfolder.OpenSweep(want)
	if !found || len(folders) == 0 {
		t.Fatalf("%s is no sweep", want)
	}
	for _, run := range folders {
		for _, file := range []string{runfolder.BestWeightsFile, runfolder.LastWeightsFile} {
			sameFile(t, filepath.Join(got, filepath.Base(run.Path), file), run.File(file))
		}
	}
}

// sameFile fails the test unless two files hold the same bytes.
func sameFile(t *testing.T, got, want string) {
	t.Helper()
	one, err := os.ReadFile(want)
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(got)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, other) {
		t.Errorf("%s differs from %s", got, want)
	}
}

// TestJoin has three joiners work on one sweep at once, compares what comes of
// it with the sweep of one process, and joins again with what does not suit.
func TestJoin(t *testing.T) {
	folders, shared := t.TempDir(), t.TempDir()
	if status, _, stderr := call(context.Background(), fourRates(folders)...); status != exitDone {
		t.Fatalf("exit status %d: %s", status, stderr)
	}
	var joiners sync.WaitGroup
	for range 3 {
		joiners.Go(func() {
			if status, _, stderr := call(context.Background(), fourRates(shared, "-join", "night")...); status != exitDone {
				t.Errorf("exit status %d: %s", status, stderr)
			}
		})
	}
	joiners.Wait()
	night := filepath.Join(shared, "try", "night")
	sameWeights(t, night, filepath.Join(folders, "try", "latest"))
	if info, err := os.Stat(filepath.Join(night, runfolder.ReportFile)); err != nil || info.Size() == 0 {
		t.Errorf("the last one wrote no report: %v", err)
	}
	for _, test := range []struct {
		name, says string
		args       []string
	}{
		{"another config", "optimizer.momentum", fourRates(shared, "-join", "night", "-set", "optimizer.momentum=0.5")},
		{"other seeds", "-seeds 1", fourRates(shared, "-join", "night", "-seeds", "2")},
		{"no sweep", "-join is for sweeps", sampleArgs(shared, "-join", "night")},
		{"no name of a folder", "cannot name a folder", fourRates(shared, "-join", "a/b")},
	} {
		if status, _, stderr := call(context.Background(), test.args...); status != exitUsage || !strings.Contains(stderr, test.says) {
			t.Errorf("%s: exit status %d: %s", test.name, status, stderr)
		}
	}
}

// TestJoinedSweepSoFar stops a process after its first run, and wants its page to
// say what is done, who works on the rest, and what waits.
func TestJoinedSweepSoFar(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	folders := t.TempDir()
	var stderr strings.Builder
	if status := run(ctx, fourRates(folders, "-join", "night"), cancelAt{"1/4  ", cancel}, &stderr); status != exitInterrupted || !strings.Contains(stderr.String(), "to join again: go run . -resume "+folders) {
		t.Fatalf("exit status %d: %s", status, stderr.String())
	}
	sweep, all, _ := runfolder.OpenSweep(filepath.Join(folders, "try", "night"))
	done := 0
	var left *runfolder.Folder // a run that is not finished
	for _, one := range all {
		if summary, err := one.Summary(); err == nil && summary.Status == runfolder.Finished {
			done++
			continue
		}
		left = one
	}
	if done == 0 || left == nil {
		t.Fatalf("%d of %d runs are done, want some", done, len(all))
	}
	now, err := left.Clock()
	if err != nil {
		t.Fatal(err)
	}
	wants := func(texts ...string) {
		t.Helper()
		page, err := new(runs.Session).SweepPage(sweep.Path)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			if !strings.Contains(string(page), text) {
				t.Errorf("the page lacks %q", text)
			}
		}
	}
	wants(fmt.Sprintf("%d of 4 runs are done, 0 in training, %d waiting; no process is working on it at the moment.", done, 4-done), "The best of")
	claim, holder, err := left.Claim(now, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	wants(fmt.Sprintf("%d of 4 runs are done, 1 in training (1 by %v), %d waiting; about", done, holder, 3-done), " of 2, "+holder.String())
	if err := claim.Release(); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := call(context.Background(), "-resume", sweep.Path); status != exitDone {
		t.Fatalf("exit status %d: %s", status, stderr)
	}
	wants("The best of 4 settings is")
}
