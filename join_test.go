package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cifartrain/runfolder"
)

// fourRates sweep four learning rates.
func fourRates(runs string, more ...string) []string {
	return sampleArgs(runs, append([]string{"-set", "name=try", "-set", "sweep.optimizer.learning_rate=[1e-4, 1e-3, 1e-2, 1e-1]"}, more...)...)
}

// sameWeights fails the test unless the runs of two sweeps hold the same bytes
// of weights.
func sameWeights(t *testing.T, got, want string) {
	t.Helper()
	_, runs, found := runfolder.OpenSweep(want)
	if !found || len(runs) == 0 {
		t.Fatalf("%s is no sweep", want)
	}
	for _, run := range runs {
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
	runs, shared := t.TempDir(), t.TempDir()
	if status, _, stderr := call(context.Background(), fourRates(runs)...); status != exitDone {
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
	sameWeights(t, night, filepath.Join(runs, "try", "latest"))
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
