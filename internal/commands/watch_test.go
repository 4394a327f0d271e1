package commands

import (
	"bytes"
	"context"
	"errors"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cifartrain/configs"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
	"cifartrain/internal/shell"
	"cifartrain/metrics"
)

// startedRun is a run's folder as it stands before the first epoch has ended.
func startedRun(t *testing.T, root string, now time.Time, overrides ...string) *runfolder.Folder {
	t.Helper()
	config := must(configs.Load("svm", append([]string{"data.source=sample", "train.epochs=4"}, overrides...), runs.Kinds()))
	folder := must(runfolder.Create(root, "svm", now))
	summary := &runfolder.Summary{Name: "svm", Status: runfolder.Training, Task: metrics.Classify, Model: "linear_svm", Dataset: "built-in sample", Classes: config.Data.Classes, Parameters: 3073}
	if err := errors.Join(folder.Write(runfolder.ConfigFile, must(config.YAML())), folder.WriteSummary(summary), folder.PointLatest()); err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestLivePage follows a run that another program trains, from its first file
// to its end, and on to the next run of the name.
func TestLivePage(t *testing.T) {
	root, now := t.TempDir(), time.Now()
	folder := startedRun(t, root, now)
	page := &livePage{session: new(runs.Session), path: filepath.Join(root, "svm", "latest")}
	wants := func(when string, texts ...string) {
		t.Helper()
		page.looks = time.Time{} // after a slow look it would wait before the next
		content := must(page.render(""))
		for _, text := range texts {
			if !strings.Contains(string(content), text) {
				t.Errorf("%s the page lacks %q", when, text)
			}
		}
	}
	wants("before the first epoch", "None of the 4 epochs has ended yet.", "built-in sample", "frog, horse", "3,073 parameters")
	epoch := metrics.Epoch{Number: 1, TrainLoss: 0.5, TrainLossAfter: 0.4, ValidationLoss: 0.25, TrainAccuracy: 0.75, ValidationAccuracy: 0.625, LearningRate: 0.1, Seconds: 2}
	if err := folder.AppendEpoch(epoch); err != nil {
		t.Fatal(err)
	}
	wants("after an epoch", "1 of 4 epochs are done, about 6.0 s left", "62.5%", `class="curves"`)

	long := now.Add(-time.Hour)
	for _, name := range []string{runfolder.ConfigFile, runfolder.MetricsFile} {
		if err := os.Chtimes(folder.File(name), long, long); err != nil {
			t.Fatal(err)
		}
	}
	wants("after an hour", "Nothing was added for 1 h 0 min", html.EscapeString(shell.Command("-resume", folder.Path)))

	interrupted := &runfolder.Summary{Name: "svm", Status: runfolder.Interrupted, Task: metrics.Classify, Epochs: 1}
	if err := errors.Join(folder.WriteSummary(interrupted), folder.Write(runfolder.ReportFile, []byte("<body>the report</body>"))); err != nil {
		t.Fatal(err)
	}
	wants("at the end", "the report")
	summary := &runfolder.Summary{Name: "svm", Status: runfolder.Training, Task: metrics.Classify, Dataset: "built-in sample", Epochs: 1}
	epoch.Number = 2
	if err := errors.Join(folder.WriteSummary(summary), folder.AppendEpoch(epoch)); err != nil {
		t.Fatal(err)
	}
	wants("when it goes on", "2 of 4 epochs are done")
	startedRun(t, root, now.Add(time.Second), "train.epochs=9")
	wants("in the next run", "None of the 9 epochs has ended yet.")
}

// TestWatchTooEarly names a run that is not there yet, and one that may never be:
// whoever waits is told so.
func TestWatchTooEarly(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p, out := onSample(t), new(bytes.Buffer)
	p.stdout.Writer = out
	path := filepath.Join(t.TempDir(), "later", "latest")
	if err := p.watch(ctx, []string{path}); err != nil {
		t.Fatal(err)
	}
	if want := "Waiting for the run to begin: so far, " + path + " is not a run folder"; !strings.Contains(out.String(), want) {
		t.Errorf("it does not say %q:\n%s", want, out)
	}
	if err := p.watch(ctx, []string{filepath.Dir(path)}); err == nil || !strings.Contains(err.Error(), "there is no such folder") {
		t.Errorf("it waits for a folder that is no run's latest: %v", err)
	}
}

// TestWatchStaysInside puts links to what is none of the run's into its folder.
func TestWatchStaysInside(t *testing.T) {
	folder := startedRun(t, t.TempDir(), time.Now())
	if err := folder.WriteSummary(&runfolder.Summary{Name: "svm", Status: runfolder.Interrupted, Task: metrics.Classify}); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("secret: 1"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{secret, os.DevNull, "."} {
		for _, name := range []string{runfolder.ReportFile, runfolder.ConfigFile} {
			if err := errors.Join(os.RemoveAll(folder.File(name)), os.Symlink(target, folder.File(name))); err != nil {
				t.Fatal(err)
			}
			page, err := (&livePage{session: new(runs.Session), path: folder.Path}).render("")
			if err == nil && !strings.Contains(string(page), "not a run folder") || err != nil && strings.Contains(err.Error(), "secret:") {
				t.Errorf("%s as a link to %s: the page is served: %v", name, target, err)
			}
		}
	}
}
