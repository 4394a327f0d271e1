package runs

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/shell"
	"cifartrain/loaders"
)

// An onText calls a function when it is written text.
type onText struct {
	text string
	call func()
}

func (o onText) Write(p []byte) (int, error) {
	if strings.Contains(string(p), o.text) {
		o.call()
	}
	return len(p), nil
}

// trainFew trains the SVM on noise for four epochs, unless overrides say
// otherwise, and returns its folder. at is called after the second epoch.
func trainFew(t *testing.T, s *Session, ctx context.Context, at func(), overrides ...string) (*runfolder.Folder, error) {
	t.Helper()
	config, err := Load("svm", append([]string{"data.source=sample", "data.batch_size=8", "optimizer.momentum=0.9", "train.epochs=4"}, overrides...))
	if err != nil {
		t.Fatal(err)
	}
	s.Display = reports.NewDisplay(onText{"epoch 2/", func() {
		for { // the checkpoint of the epoch's last step, the seventh, may still be on its way to the disk
			if saved, _, err := newestRun(t, s.Runs).Checkpoint(); err == nil && len(saved.History) == 1 && saved.Partial.Steps == 7 {
				break
			}
			time.Sleep(time.Millisecond)
		}
		at()
	}}, false)
	s.SaveEvery = 1
	err = s.Train(ctx, config)
	return newestRun(t, s.Runs), err
}

// undisturbed is the folder of a run that a session trains to its end.
func undisturbed(t *testing.T, s *Session, overrides ...string) *runfolder.Folder {
	t.Helper()
	folder, err := trainFew(t, s, context.Background(), func() {}, overrides...)
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// whole is the folder of a run that nothing disturbed.
func whole(t *testing.T, overrides ...string) *runfolder.Folder {
	return undisturbed(t, onFewImages(t.TempDir(), 1), overrides...)
}

// interrupted is the folder of a run that was interrupted after two epochs.
func interrupted(t *testing.T, s *Session, overrides ...string) *runfolder.Folder {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	folder, err := trainFew(t, s, ctx, cancel, overrides...)
	if want := "go run . -resume "; !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), want) {
		t.Fatalf("error is %v, want one that says %q", err, want)
	}
	return folder
}

// resume goes on with the run in folder and returns what was written.
func resume(s *Session, folder *runfolder.Folder, overrides ...string) (out, warnings string, err error) {
	var stdout, stderr bytes.Buffer
	s.Out, s.Err = &stdout, &stderr
	err = s.Resume(context.Background(), folder.Path, "", overrides)
	return stdout.String(), stderr.String(), err
}

func TestResumeStoppedEarly(t *testing.T) {
	s := onFewImages(t.TempDir(), 1)
	folder := undisturbed(t, s, "train.epochs=50", "train.early_stopping=1", "optimizer.learning_rate=1")
	if out, _, err := resume(s, folder); err != nil || !strings.Contains(out, "stopped early") || !strings.Contains(out, "train.early_stopping=0") {
		t.Errorf("it says %q: %v", out, err)
	}
	var wrong RequestError
	if _, _, err := resume(s, folder, "train.epochs=60"); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "more epochs alone change nothing") {
		t.Errorf("with more epochs: %v", err)
	}
	if _, _, err := resume(s, folder, "train.early_stopping=0", "train.epochs=12"); err != nil {
		t.Fatal(err)
	}
	sameFiles(t, folder, whole(t, "train.epochs=12", "optimizer.learning_rate=1"))
}

// TestLengthened wants only a run whose learning rates follow its length to be
// told from one that was as long from the start.
func TestLengthened(t *testing.T) {
	for schedule, want := range map[string]bool{"constant": false, "cosine": true} {
		s := onFewImages(t.TempDir(), 1)
		folder := undisturbed(t, s, "train.epochs=2", "optimizer.schedule="+schedule)
		for range 2 { // and once more, without a change
			if _, _, err := resume(s, folder, "train.epochs=3"); err != nil {
				t.Fatal(err)
			}
			if summary, err := folder.Summary(); err != nil || summary.Lengthened != want {
				t.Errorf("%s: lengthened is %t, want %t: %v", schedule, summary.Lengthened, want, err)
			}
		}
	}
}

// TestResumeRefuses what would not be the same run.
func TestResumeRefuses(t *testing.T) {
	s := onFewImages(t.TempDir(), 1)
	folder := interrupted(t, s)
	var usage RequestError
	for override, says := range map[string]string{"seed=2": "differs in seed", "data.classes=[cat, dog]": "differs in data.classes", "train.epochs=1": "is too few"} {
		if _, _, err := resume(s, folder, override); !errors.As(err, &usage) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: error is %v, want it to say %q", override, err, says)
		}
	}
	if err := s.Resume(context.Background(), folder.Path, "svm_best", nil); !errors.As(err, &usage) || !strings.Contains(err.Error(), "data.batch_size, ") {
		t.Errorf("another config: %v", err)
	}
	var setting *loaders.SettingError
	if _, _, err := resume(onFewImages(s.Runs, 7), folder); !errors.As(err, &setting) || !strings.Contains(err.Error(), "-data") {
		t.Errorf("another dataset: %v", err)
	}

	claim, holder, _, err := new(runfolder.Claims).Take(folder, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := resume(s, folder); err == nil || !strings.Contains(err.Error(), "is being trained by "+holder.String()) {
		t.Errorf("a running run: %v", err)
	}
	if err := claim.Release(); err != nil {
		t.Fatal(err)
	}

	text, err := os.ReadFile(folder.File(runfolder.ConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	edited := bytes.Replace(text, []byte("momentum: 0.9"), []byte("momentum: 0.8"), 1)
	if err := os.WriteFile(folder.File(runfolder.ConfigFile), edited, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := resume(s, folder); !errors.As(err, &usage) || !strings.Contains(err.Error(), "differs in optimizer.momentum") {
		t.Errorf("a config that was edited: %v", err)
	}

	if err := os.WriteFile(folder.File(runfolder.ConfigFile), text, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := resume(s, folder, "data.dir=elsewhere"); err == nil || strings.Contains(err.Error(), "differs") {
		t.Errorf("another place of the data: %v", err) // onFewImages knows of one place only
	}
}

// TestResumeDamaged flips a bit of the checkpoint, then of the previous one.
func TestResumeDamaged(t *testing.T) {
	want := whole(t)
	flip := func(folder *runfolder.Folder, name string) {
		content, err := os.ReadFile(folder.File(name))
		if err != nil {
			t.Fatal(err)
		}
		content[len(content)/2] ^= 1
		if err := os.WriteFile(folder.File(name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := onFewImages(t.TempDir(), 1)
	folder := interrupted(t, s)
	flip(folder, runfolder.CheckpointFile)
	_, warnings, err := resume(s, folder)
	if err != nil || !strings.Contains(warnings, "the file is damaged") || !strings.Contains(warnings, "going on from the checkpoint before it") {
		t.Fatalf("warnings %q, error %v", warnings, err)
	}
	sameFiles(t, folder, want)

	s = onFewImages(t.TempDir(), 1)
	folder = interrupted(t, s)
	flip(folder, runfolder.CheckpointFile)
	flip(folder, runfolder.PreviousCheckpointFile)
	if _, _, err := resume(s, folder); err == nil || !strings.Contains(err.Error(), "do the run again with: "+shell.Command("-config", folder.File(runfolder.ConfigFile))) {
		t.Errorf("both damaged: %v", err)
	}
	for _, name := range []string{runfolder.CheckpointFile, runfolder.PreviousCheckpointFile} {
		if err := os.Remove(folder.File(name)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := resume(s, folder); err == nil || !strings.Contains(err.Error(), "has lost its checkpoint") {
		t.Errorf("both gone: %v", err)
	}
}

// TestResumeWithInitialWeights goes on from a checkpoint and, where none had
// been written yet, from the initial weights in the folder.
func TestResumeWithInitialWeights(t *testing.T) {
	initial := whole(t, "seed=5").File(runfolder.LastWeightsFile)
	session := onFewImages(t.TempDir(), 1)
	session.Init = initial
	want := undisturbed(t, session)
	for _, begun := range []bool{true, false} {
		s := onFewImages(t.TempDir(), 1)
		s.Init = initial
		folder := interrupted(t, s)
		if !begun {
			for _, name := range []string{runfolder.CheckpointFile, runfolder.PreviousCheckpointFile, runfolder.MetricsFile} {
				if err := os.Remove(folder.File(name)); err != nil {
					t.Fatal(err)
				}
			}
		}
		s = onFewImages(s.Runs, 1)
		if _, _, err := resume(s, folder); err != nil {
			t.Fatal(err)
		}
		sameFiles(t, folder, want)
		if summary, err := folder.Summary(); err != nil || summary.InitialWeights != runfolder.InitialWeightsFile {
			t.Errorf("summary %+v: %v", summary, err)
		}
	}
}

// TestResumeDamagedRun damages each of a run's files in turn, and follows the remedy
// that drawing the run names.
func TestResumeDamagedRun(t *testing.T) {
	want := whole(t)
	for name, harm := range map[string]func(*runfolder.Summary){
		runfolder.BestWeightsFile: nil, runfolder.LastWeightsFile: nil, runfolder.MetricsFile: nil, runfolder.LayersFile: nil,
		"summary without figures":    func(s *runfolder.Summary) { s.Best, s.Final = nil, nil },
		"summary without checksum":   func(s *runfolder.Summary) { s.Checksum = "" },
		"summary with half a matrix": func(s *runfolder.Summary) { s.Confusion.Counts = s.Confusion.Counts[:1] },
	} {
		s := onFewImages(t.TempDir(), 1)
		folder := undisturbed(t, s)
		summary, err := folder.Summary()
		if harm == nil {
			err = os.Truncate(folder.File(name), 200)
		} else if err == nil {
			harm(summary)
			err = folder.WriteSummary(summary)
		}
		if err != nil {
			t.Fatal(err)
		}
		goOn := "have it written again with: " + shell.Command("-resume", folder.Path)
		if err := s.Redraw(context.Background(), folder.Path, nil); name != runfolder.LastWeightsFile && (err == nil || !strings.Contains(err.Error(), goOn)) {
			t.Errorf("drawing a run with a damaged %s: %v, want %q", name, err, goOn)
		}
		if _, _, err := resume(onFewImages(s.Runs, 1), folder); err != nil {
			t.Fatal(err)
		}
		if err := s.Redraw(context.Background(), folder.Path, nil); err != nil {
			t.Errorf("%s, drawn after the remedy: %v", name, err)
		}
		sameFiles(t, folder, want)
	}
}

// TestRunFolderVanishes removes it while the run trains.
func TestRunFolderVanishes(t *testing.T) {
	s := onFewImages(t.TempDir(), 1)
	_, err := trainFew(t, s, context.Background(), func() {
		if err := os.RemoveAll(filepath.Join(s.Runs, "svm")); err != nil {
			t.Error(err)
		}
	})
	for _, want := range []string{"svm", "the file or its folder is missing", "no checkpoint is left"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want it to say %q", err, want)
		}
	}
}

// TestDivergenceLater blows up after some good epochs, whose best weights and
// checkpoint must stay.
func TestDivergenceLater(t *testing.T) {
	s := onFewImages(t.TempDir(), 1)
	folder, err := trainFew(t, s, context.Background(), func() {}, "train.epochs=100",
		"optimizer.momentum=0", "optimizer.learning_rate=1e6", "optimizer.weight_decay=2.2e-6") // each step makes the weights 1.2 times as large
	if err == nil || !strings.Contains(err.Error(), "optimizer.learning_rate lower") {
		t.Fatalf("error is %v", err)
	}
	history, err := folder.History()
	if err != nil || len(history) < 2 {
		t.Fatalf("%d epochs were finished, this does not test what it should: %v", len(history), err)
	}
	if _, err := runfolder.ReadWeights(folder.File(runfolder.BestWeightsFile), 0); err != nil {
		t.Error(err)
	}
	saved, damage, err := folder.Checkpoint()
	if err != nil || damage != nil || len(saved.History) != len(history) {
		t.Errorf("the checkpoint: %v, %v", damage, err)
	}
	for name, weights := range saved.Tensors["weights"] {
		for i, x := range weights.Float32s() {
			if x-x != 0 {
				t.Fatalf("%s[%d] is %g", name, i, x)
			}
		}
	}
}

// TestResumeThatCannotGoOn leaves every file of the run as it was.
func TestResumeThatCannotGoOn(t *testing.T) {
	for _, test := range []struct {
		name, says string
		spoil      func(*testing.T, *Session, *runfolder.Folder)
	}{
		{"weights of other names", `tensors of "weights": the weights lack "fc.bias"`, forged(func(c *runfolder.Checkpoint) {
			c.Tensors["weights"]["fc2.bias"] = c.Tensors["weights"]["fc.bias"]
			delete(c.Tensors["weights"], "fc.bias")
		})},
		{"a negative number of steps", "-1 steps are done", forged(func(c *runfolder.Checkpoint) { c.Partial.Steps = -1 })},
		{"a huge number of steps", "steps are done", forged(func(c *runfolder.Checkpoint) { c.Partial.Steps = math.MaxInt })},
		{"weights that are no numbers", "are not all finite numbers", forged(func(c *runfolder.Checkpoint) {
			c.Tensors["weights"]["fc.bias"].Float32s()[0] = float32(math.NaN())
		})},
		{"a config that is none", "checkpoint:1: nonsense: unknown key", forged(func(c *runfolder.Checkpoint) { c.Config = "nonsense: 1\n" })},
		{"the dataset is gone", "does not hold CIFAR-10", func(t *testing.T, s *Session, folder *runfolder.Folder) {
			s.datasets = nil
			forged(func(c *runfolder.Checkpoint) {
				c.Config = strings.Replace(strings.Replace(c.Config, "source: sample", "source: cifar10", 1), "download: true", "download: false", 1)
				if err := os.WriteFile(folder.File(runfolder.ConfigFile), []byte(c.Config), 0o644); err != nil {
					t.Fatal(err)
				}
			})(t, s, folder)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := onFewImages(t.TempDir(), 1)
			folder := interrupted(t, s)
			test.spoil(t, s, folder)
			before := contents(t, folder)
			_, _, err := resume(s, folder)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error is %v, want it to say %q", err, test.says)
			}
			if !maps.Equal(before, contents(t, folder)) {
				t.Error("the folder's files have changed")
			}
		})
	}
}

// forged returns a function that changes a run's checkpoint and makes its
// checksum fit.
func forged(change func(*runfolder.Checkpoint)) func(*testing.T, *Session, *runfolder.Folder) {
	return func(t *testing.T, _ *Session, folder *runfolder.Folder) {
		t.Helper()
		saved, _, err := folder.Checkpoint()
		if err != nil {
			t.Fatal(err)
		}
		change(saved)
		if err := folder.WriteCheckpoint(saved)(); err != nil {
			t.Fatal(err)
		}
	}
}

// contents are a run folder's files by name, but for those of who worked in it.
func contents(t *testing.T, folder *runfolder.Folder) map[string]string {
	t.Helper()
	names, err := filepath.Glob(folder.File("[^.]*"))
	all := make(map[string]string)
	for _, name := range names {
		content, failed := os.ReadFile(name)
		all[name], err = string(content), errors.Join(err, failed)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestResumeMakesWhatIsMissing takes each file that a finished run leaves away,
// once as if the run had been killed before it wrote that file and the summary,
// and once from a run that says it is finished.
func TestResumeMakesWhatIsMissing(t *testing.T) {
	s := onFewImages(t.TempDir(), 1)
	folder := undisturbed(t, s, "train.epochs=2")
	want := whole(t, "train.epochs=2")
	finished, err := folder.Summary()
	if err != nil || len(finished.Files) < 9 {
		t.Fatalf("the summary lists %v: %v", finished.Files, err)
	}
	for _, file := range finished.Files {
		for _, killed := range []bool{true, false} {
			if file == runfolder.ConfigFile || file == runfolder.SummaryFile && !killed {
				continue // without a config there is no run, and without a summary none that is finished
			}
			summary := *finished
			if summary.Status = runfolder.Training; !killed {
				summary.Status = runfolder.Finished
			}
			if err := folder.WriteSummary(&summary); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(folder.File(file)); err != nil {
				t.Fatal(err)
			}
			if _, _, err := resume(s, folder); err != nil {
				t.Fatalf("without %s: %v", file, err)
			}
			if now, err := folder.Summary(); err != nil || now.Status != runfolder.Finished || len(folder.Missing(finished)) > 0 {
				t.Errorf("without %s, resuming leaves %+v without %v: %v", file, now, folder.Missing(finished), err)
			}
		}
	}
	sameFiles(t, folder, want)
}
