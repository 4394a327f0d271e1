package commands

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cifartrain/internal/runfolder"
)

// TestAutoencodersAndTheirComparison trains both small autoencoders on the
// sample, compares them, and compares them again from their folders.
func TestAutoencodersAndTheirComparison(t *testing.T) {
	runs, cache := t.TempDir(), filepath.Join(t.TempDir(), "new")
	t.Setenv("CIFARTRAIN_CACHE", cache)
	status, stdout, stderr := call(context.Background(), "-config", "autoencoder", "-config", "autoencoder_tied", "-runs", runs,
		"-set", "data.source=sample", "-set", "data.classes=[frog, horse]", "-set", "train.epochs=2", "-set", "model.hidden=[16]", "-set", "model.latent=4",
		"-set", "plots.reconstructions=5")
	if status != exitDone {
		t.Fatalf("exit status %d\n%s%s", status, stdout, stderr)
	}
	var folders []string
	for _, name := range []string{"autoencoder", "autoencoder_tied"} {
		folder := &runfolder.Folder{Path: filepath.Join(runs, name, "latest")}
		folders = append(folders, folder.Path)
		for _, file := range []string{"loss.png", "reconstructions.png", "model.safetensors", "best.safetensors", "graph.dot", "report.html"} {
			if _, err := os.Stat(folder.File(file)); err != nil {
				t.Error(err)
			}
		}
		for _, file := range []string{"accuracy.png", "confusion.png", "weights.png"} {
			if _, err := os.Stat(folder.File(file)); err == nil {
				t.Errorf("an autoencoder drew %s", file)
			}
		}
		summary, err := folder.Summary()
		if err != nil {
			t.Fatal(err)
		}
		if summary.PCA == nil || summary.PCA.Components != 4 || summary.PCA.ValidationMSE <= 0 {
			t.Errorf("the yardstick is %+v", summary.PCA)
		}
		// A latent space of 4 can hardly beat 4 principal components in 2 epochs.
		if summary.PCA != nil && summary.Best.ValidationLoss < 0.9*summary.PCA.ValidationMSE {
			t.Errorf("validation loss %g is below that of PCA, %g", summary.Best.ValidationLoss, summary.PCA.ValidationMSE)
		}
		if summary.Final.TrainAccuracy != nil || summary.Confusion != nil {
			t.Error("an autoencoder has accuracies")
		}
	}
	if kept, _ := filepath.Glob(filepath.Join(cache, "pca-*.json")); len(kept) != 1 {
		t.Errorf("%d yardsticks are kept, want one for the one split", len(kept))
	}
	for _, want := range []string{"autoencoder_tied is ", "overfits more", "PCA, 4 components", "parameters", "×)"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the terminal does not show %q:\n%s", want, stdout)
		}
	}

	status, _, stderr = call(context.Background(), append([]string{"compare", "-runs", runs}, folders...)...)
	if status != exitDone {
		t.Fatalf("compare: exit status %d: %s", status, stderr)
	}
	comparisons, err := filepath.Glob(filepath.Join(runs, "comparison", "2*"))
	if err != nil || len(comparisons) != 2 {
		t.Fatalf("comparisons: %v, %v", comparisons, err)
	}
	latest := filepath.Join(runs, "comparison", "latest")
	for _, file := range []string{"comparison.png", "comparison.csv", "report.html"} {
		if info, err := os.Stat(filepath.Join(latest, file)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", file, err)
		}
	}
	table, err := os.Open(filepath.Join(latest, "comparison.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	if rows, err := csv.NewReader(table).ReadAll(); err != nil || len(rows) != 3 {
		t.Errorf("comparison.csv has %d rows, want a head and two runs: %v", len(rows), err)
	}
}

func TestBadComparisons(t *testing.T) {
	dir, runs := t.TempDir(), t.TempDir()
	svm, _, _ := train(t, sampleArgs(runs, "-quiet")...)
	if status, _, stderr := call(context.Background(), "-config", "autoencoder", "-runs", runs, "-quiet",
		"-set", "data.source=sample", "-set", "train.epochs=1", "-set", "model.hidden=[16]", "-set", "model.latent=4"); status != exitDone {
		t.Fatal(stderr)
	}
	begun := filepath.Join(runs, "begun", "20260101T000000Z")
	if err := os.CopyFS(begun, os.DirFS(svm.Path)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(begun, runfolder.SummaryFile)); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		args   []string
		status int
		says   string
	}{
		{"one run", []string{"compare", dir}, exitUsage, "compare takes 2 to 32 run folders"},
		{"no runs", []string{"compare", dir, dir}, exitUsage, "is not a run folder"},
		{"another loss", []string{"compare", svm.Path, filepath.Join(runs, "autoencoder", "latest")}, exitUsage, "only runs with the same loss"},
		{"a run that has not ended", []string{"compare", svm.Path, begun}, exitUsage, "holds no finished run"},
		{"a flag it does not take", []string{"compare", "-seeds", "2", dir, dir}, exitUsage, "compare takes no -seeds"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, _, stderr := call(context.Background(), test.args...)
			if status != test.status || !strings.Contains(stderr, test.says) {
				t.Errorf("exit status %d: %s", status, stderr)
			}
		})
	}
}
