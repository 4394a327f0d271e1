package commands

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cifartrain/internal/runfolder"
)

// halvingArgs halve nine settings over one, three and nine epochs.
func halvingArgs(runs string, more ...string) []string {
	return sampleArgs(runs, append([]string{"-set", "name=try", "-set", "train.epochs=9", "-set", "optimizer.schedule=cosine",
		"-set", "sweep.optimizer.learning_rate=[1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1]",
		"-set", "sweep.method=halving", "-set", "sweep.factor=3"}, more...)...)
}

// TestHalving halves the settings of a sweep, looks how far each was trained,
// trains the survivor alone for its bytes, and has processes join such a sweep.
func TestHalving(t *testing.T) {
	runs := t.TempDir()
	status, stdout, stderr := call(context.Background(), halvingArgs(runs)...)
	if status != exitDone {
		t.Fatalf("exit status %d\n%s%s", status, stdout, stderr)
	}
	if !strings.Contains(stdout, "left behind after 1 epoch: validation accuracy") {
		t.Errorf("the terminal does not say which settings were left behind:\n%s", stdout)
	}
	_, all := runsOf(t, runs)
	epochs, survivor := map[int]int{}, -1
	for i, run := range all {
		history, err := run.History()
		if err != nil {
			t.Fatal(err)
		}
		epochs[len(history)]++
		if len(history) == 9 {
			survivor = i
		}
	}
	if epochs[1] != 6 || epochs[3] != 2 || epochs[9] != 1 {
		t.Fatalf("runs by their number of epochs: %v, want 6 of 1, 2 of 3, 1 of 9", epochs)
	}
	alone := filepath.Join(runs, "alone")
	if status, _, stderr := call(context.Background(), "-config", all[survivor].File(runfolder.ConfigFile), "-runs", alone); status != exitDone {
		t.Fatalf("exit status %d: %s", status, stderr)
	}
	sameFile(t, filepath.Join(alone, "try", "latest", runfolder.LastWeightsFile), all[survivor].File(runfolder.LastWeightsFile))

	shared := t.TempDir()
	var joiners sync.WaitGroup
	for range 2 {
		joiners.Go(func() {
			if status, _, stderr := call(context.Background(), halvingArgs(shared, "-join", "night")...); status != exitDone {
				t.Errorf("exit status %d: %s", status, stderr)
			}
		})
	}
	joiners.Wait()
	sameWeights(t, filepath.Join(shared, "try", "night"), filepath.Join(runs, "try", "latest"))
}
