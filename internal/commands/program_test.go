package commands

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cifartrain/configs"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
	"cifartrain/plots"
)

// call runs the program as the command line would and returns its exit status
// and what it wrote.
func call(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, err bytes.Buffer
	status = run(ctx, args, &out, &err)
	return status, out.String(), err.String()
}

// sampleArgs train on the built-in sample for two epochs into runs.
func sampleArgs(folders string, more ...string) []string {
	return append([]string{
		"-config", "svm", "-runs", folders, "-data", filepath.Join(folders, "no-data"),
		"-set", "data.source=sample", "-set", "train.epochs=2",
	}, more...)
}

// train runs the program, which must succeed, and returns the new run's folder.
func train(t *testing.T, args ...string) (folder *runfolder.Folder, stdout, stderr string) {
	t.Helper()
	status, stdout, stderr := call(context.Background(), args...)
	if status != exitDone {
		t.Fatalf("exit status %d\n%s%s", status, stdout, stderr)
	}
	for i, arg := range args {
		if arg == "-runs" {
			path, err := filepath.EvalSymlinks(filepath.Join(args[i+1], "svm", "latest"))
			if err != nil {
				t.Fatal(err)
			}
			return &runfolder.Folder{Path: path}, stdout, stderr
		}
	}
	t.Fatal("no -runs among the arguments")
	return nil, "", ""
}

// withoutSeconds is metrics.csv but for its last column.
func withoutSeconds(t *testing.T, folder *runfolder.Folder) [][]string {
	t.Helper()
	rows := table(t, folder, runfolder.MetricsFile)
	for i, row := range rows {
		rows[i] = row[:len(row)-1]
	}
	return rows
}

// table is what a CSV file of a folder holds.
func table(t *testing.T, folder *runfolder.Folder, name string) [][]string {
	t.Helper()
	file, err := os.Open(folder.File(name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func sameRun(t *testing.T, a, b *runfolder.Folder) {
	t.Helper()
	if diff := cmp.Diff(withoutSeconds(t, a), withoutSeconds(t, b)); diff != "" {
		t.Errorf("metrics differ:\n%s", diff)
	}
	for _, name := range []string{runfolder.LastWeightsFile, runfolder.BestWeightsFile, runfolder.GraphFile} {
		first, errA := os.ReadFile(a.File(name))
		second, errB := os.ReadFile(b.File(name))
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("%s differs", name)
		}
	}
}

// TestTheMainJob walks a user's path on the built-in sample: train, look at
// what is there, train again from the run's own config, evaluate.
func TestTheMainJob(t *testing.T) {
	folders := t.TempDir()
	first, stdout, stderr := train(t, sampleArgs(folders, "-tensorboard")...)

	for _, name := range []string{
		"config.yaml", "metrics.csv", "summary.json", "loss.png", "accuracy.png", "weights.png",
		"confusion.png", "model.safetensors", "best.safetensors", "graph.dot", "report.html", "checkpoint",
	} {
		if info, err := os.Stat(first.File(name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, want := range []string{"built-in sample (not CIFAR-10)", "epoch 1/2", "epoch 2/2", "accuracy, best epoch", "figures are of the built-in sample", "report.html"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the terminal does not show %q:\n%s", want, stdout)
		}
	}
	if !strings.Contains(stderr, "not CIFAR-10 but a sample") || !strings.Contains(stderr, "set data.source") {
		t.Errorf("no warning about the sample:\n%s", stderr)
	}
	summary, err := first.Summary()
	if err != nil {
		t.Fatal(err)
	}
	if summary.Parameters != 3073 || summary.Status != runfolder.Finished || summary.Epochs != 2 || !strings.Contains(summary.Dataset, "sample") || summary.Warning == "" {
		t.Errorf("summary: %+v", summary)
	}
	if want := (runfolder.Images{Training: 7000, Validation: 3000, Test: 2000}); summary.Images != want {
		t.Errorf("images: %+v, want %+v", summary.Images, want)
	}

	again, _, _ := train(t, "-config", first.File(runfolder.ConfigFile), "-runs", folders, "-quiet")
	if again.Path == first.Path {
		t.Fatal("the second run went into the first one's folder")
	}
	sameRun(t, first, again)
	for folder, want := range map[*runfolder.Folder]int{first: 2, again: 0} { // one of figures, one of pictures
		if files, _ := filepath.Glob(folder.File("tensorboard/events.out.tfevents.*")); len(files) != want {
			t.Errorf("%s holds %d event files, want %d", folder.Path, len(files), want)
		}
	}

	status, stdout, _ := call(context.Background(), "evaluate", first.Path)
	if status != exitDone {
		t.Errorf("evaluate: exit status %d", status)
	}
	if want := "accuracy: " + plots.Percent(*summary.Best.TestAccuracy); !strings.Contains(stdout, want) {
		t.Errorf("evaluate does not repeat %q:\n%s", want, stdout)
	}
}

// TestExport exports a run in every format, each once.
func TestExport(t *testing.T) {
	folders, out := t.TempDir(), t.TempDir()
	run, _, _ := train(t, sampleArgs(folders, "-quiet", "-set", "train.epochs=1", "-set", "data.center=true")...)
	for _, format := range []string{"onnx", "npz", "safetensors"} {
		file := filepath.Join(out, "svm."+format)
		args := []string{"export", run.Path, "-o", file} // the ending decides
		status, stdout, stderr := call(context.Background(), args...)
		if status != exitDone {
			t.Fatalf("%s: exit status %d\n%s", format, status, stderr)
		}
		first, err := os.ReadFile(file)
		if err != nil || len(first) < 4*3073 {
			t.Errorf("%s: %d bytes: %v", format, len(first), err)
		}
		for _, want := range []string{"wrote " + file, "the best weights", "epoch 1 of 1", "fc.weight"} {
			if !strings.Contains(stdout, want) {
				t.Errorf("%s: the terminal does not show %q:\n%s", format, want, stdout)
			}
		}
		status, _, stderr = call(context.Background(), args...)
		if again, _ := os.ReadFile(file); status != exitUsage || !strings.Contains(stderr, "name another file with -o") || !bytes.Equal(first, again) {
			t.Errorf("%s a second time: exit status %d, %s", format, status, stderr)
		}
	}
	own, err := runfolder.ReadWeights(run.File(runfolder.BestWeightsFile), 0)
	if err != nil {
		t.Fatal(err)
	}
	folded, err := runfolder.ReadWeights(filepath.Join(out, "svm.safetensors"), 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range own["fc.weight"].Float32s() {
		if got := folded["fc.weight"].Float32s()[i]; got != w/0.25 { // the config's std
			t.Fatalf("weight %d is %g and folded %g, want it divided by 0.25", i, w, got)
		}
	}
	if own["fc.bias"].Float32s()[0] == folded["fc.bias"].Float32s()[0] {
		t.Error("the mean image is not folded into the bias")
	}
	if status, stdout, _ := call(context.Background(), "export", run.Path, "-o", "-", "-format", "npz"); status != exitDone || !strings.HasPrefix(stdout, "PK") {
		t.Errorf("on the standard output: exit status %d, it begins with %.10q", status, stdout)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"export"}, "export takes one run folder"},
		{[]string{"export", run.Path, "-format", "pt"}, "it must be one of onnx, npz, safetensors"},
		{[]string{"export", run.Path, "-weights", "first"}, "it must be best or last"},
		{[]string{"export", run.Path, "-o", ""}, "-o is empty"},
		{[]string{"export", run.Path, "-format", "npz", "-o", filepath.Join(out, "svm.onnx")}, "leave one of them out"},
		{[]string{"export", run.Path, "-o", filepath.Join(out, "svm.pt")}, "name the format with -format"},
		{[]string{"export", out}, "is not a run folder"},
	} {
		if status, _, stderr := call(context.Background(), c.args...); status != exitUsage || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: exit status %d, %s, want %q", c.args, status, stderr, c.want)
		}
	}
}

func TestSeedsAndInitialWeights(t *testing.T) {
	folders := t.TempDir()
	last, stdout, _ := train(t, sampleArgs(folders, "-seeds", "2", "-quiet")...)
	for _, want := range []string{"svm over 2 seeds, test accuracy", "mean", "standard deviation"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the terminal does not show %q:\n%s", want, stdout)
		}
	}
	if strings.Contains(stdout, "epoch 1/2") {
		t.Error("-quiet shows progress")
	}
	config, err := configs.Load(last.File(runfolder.ConfigFile), nil, runs.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	if config.Seed != 2 {
		t.Errorf("the second run's config has seed %d, want 2", config.Seed)
	}
	from, _, _ := train(t, sampleArgs(folders, "-init", last.File(runfolder.BestWeightsFile), "-set", "optimizer.learning_rate=1e-30", "-set", "seed=2")...)
	want, errWant := runfolder.ReadWeights(last.File(runfolder.BestWeightsFile), 0)
	got, errGot := runfolder.ReadWeights(from.File(runfolder.LastWeightsFile), 0)
	if errWant != nil || errGot != nil {
		t.Fatal(errWant, errGot)
	}
	again, _, _ := train(t, "-config", from.File(runfolder.ConfigFile), "-init", from.File(runfolder.InitialWeightsFile), "-runs", folders)
	sameRun(t, from, again)
	for name := range want {
		if diff := cmp.Diff(want[name].Float32s(), got[name].Float32s()); diff != "" {
			t.Errorf("%s is not what -init gave:\n%s", name, diff)
		}
	}
}

// A cancelAt cancels when it is written text.
type cancelAt struct {
	text   string
	cancel context.CancelFunc
}

func (c cancelAt) Write(p []byte) (int, error) {
	if strings.Contains(string(p), c.text) {
		c.cancel()
	}
	return len(p), nil
}

func TestInterruptKeepsFinishedEpochs(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	folders := t.TempDir()
	var stderr bytes.Buffer
	status := run(ctx, sampleArgs(folders, "-set", "train.epochs=1000"), cancelAt{"epoch    3/1000", cancel}, &stderr)
	if status != exitInterrupted {
		t.Errorf("exit status %d, want %d", status, exitInterrupted)
	}
	folder := &runfolder.Folder{Path: filepath.Join(folders, "svm", "latest")}
	if !strings.Contains(stderr.String(), "interrupted after 3 finished epochs") || !strings.Contains(stderr.String(), "go run . -resume "+folders) {
		t.Errorf("stderr: %s", stderr.String())
	}
	history, err := folder.History()
	if err != nil || len(history) != 3 {
		t.Errorf("metrics.csv holds %d epochs, want 3: %v", len(history), err)
	}
	summary, err := folder.Summary()
	if err != nil || summary.Status != runfolder.Interrupted || summary.Epochs != 3 {
		t.Errorf("summary: %+v, %v", summary, err)
	}
	for _, name := range []string{"loss.png", "model.safetensors", "best.safetensors", "report.html"} {
		if _, err := os.Stat(folder.File(name)); err != nil {
			t.Error(err)
		}
	}
}

func TestDivergenceKeepsTheBestWeights(t *testing.T) {
	folders := t.TempDir()
	status, _, stderr := call(context.Background(), sampleArgs(folders, "-set", "optimizer.learning_rate=1e6")...)
	for _, want := range []string{"epoch 1, step ", "the learning rate 1e+06", "optimizer.learning_rate lower"} {
		if status != exitFailed || !strings.Contains(stderr, want) {
			t.Errorf("exit status %d, want %q: %s", status, want, stderr)
		}
	}
	summary, err := (&runfolder.Folder{Path: filepath.Join(folders, "svm", "latest")}).Summary()
	if err != nil || summary.Status != runfolder.Failed {
		t.Errorf("summary: %+v, %v", summary, err)
	}
}

func TestBadCommandLines(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	config := write("typo.yaml", "model: {kind: linear_svm}\ndata:\n  classes: [frog, horse]\n  batch_sise: 64\n")
	one := write("one.yaml", "data: {classes: [frog]}\n")
	file := write("file", "x")
	weights := write("weights.safetensors", "nonsense")
	damaged := filepath.Join(dir, "damaged")
	if err := os.Mkdir(damaged, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(damaged, "data_batch_1.bin"), []byte{6, 1, 2}, 0o644); err != nil {
		t.Fatal(err)
	}
	folders := filepath.Join(dir, "runs")
	for _, test := range []struct {
		name   string
		args   []string
		status int
		says   []string
	}{
		{"nothing", nil, exitUsage, []string{"name a config"}},
		{"no such flag", []string{"-epochs", "3"}, exitUsage, []string{"there is no flag -epochs", "-set train.epochs=2"}},
		{"a word for a number", []string{"-config", "svm", "-seeds", "x"}, exitUsage, []string{`"x" for flag -seeds: it is not a whole number`}},
		{"a config for a command", []string{"svm"}, exitUsage, []string{`there is no command "svm"`, "put -config before it"}},
		{"a run that is not there", []string{"evaluate", filepath.Join(dir, "none")}, exitUsage, []string{"there is no such folder", "runs/NAME/latest"}},
		{"help of what", []string{"help", "watch"}, exitUsage, []string{`there is no command "help"`}},
		{"no dry resuming", []string{"-resume", dir, "-dry-run"}, exitUsage, []string{"-resume takes no -dry-run"}},
		{"no such command", []string{"trian"}, exitUsage, []string{`there is no command "trian"`}},
		{"no such command behind flags", []string{"-config", "svm", "train"}, exitUsage, []string{`there is no command "train"`}},
		{"a flag the command does not take", []string{"-seeds", "2", "evaluate", dir}, exitUsage, []string{"evaluate takes no -seeds"}},
		{"an empty folder name", []string{"-config", "svm", "-runs", ""}, exitUsage, []string{"-runs is empty"}},
		{"too many seeds", []string{"-config", "svm", "-seeds", "2", "-set", "seed=18446744073709551615"}, exitUsage, []string{"not that many seeds"}},
		{"a bad config behind a good one", []string{"-config", "svm", "-config", one}, exitUsage, []string{"one.yaml"}},
		{"no such config", []string{"-config", "swm"}, exitUsage, []string{"swm", "svm"}},
		{"misspelled key", []string{"-config", config}, exitUsage, []string{"typo.yaml:4", "batch_sise", "batch_size"}},
		{"misspelled override", []string{"-config", "svm", "-set", "train.epoch=3"}, exitUsage, []string{"train.epoch", "epochs"}},
		{"wrong type", []string{"-config", "svm", "-set", "data.batch_size=64.5"}, exitUsage, []string{"64.5", "whole number"}},
		{"one class", []string{"-config", one}, exitUsage, []string{"one.yaml:1", "two"}},
		{"no seeds", []string{"-config", "svm", "-seeds", "0"}, exitUsage, []string{"-seeds 0"}},
		{"batch too large", sampleArgs(folders, "-set", "data.batch_size=7001"), exitUsage, []string{"data.batch_size", "7001", "7000 training images"}},
		{"warm-up too long", sampleArgs(folders, "-set", "optimizer.warmup_steps=221"), exitUsage, []string{"optimizer.warmup_steps", "221 steps", "2 epochs of 110 steps", "220"}},
		{"runs is a file", sampleArgs(file), exitFailed, []string{file, "-runs"}},
		{"no weights", sampleArgs(folders, "-init", filepath.Join(dir, "none")), exitUsage, []string{"none"}},
		{"unsound weights", sampleArgs(folders, "-init", weights), exitUsage, []string{"weights.safetensors", "not a sound safetensors file"}},
		{"damaged data", []string{"-config", "svm", "-data", damaged, "-runs", folders}, exitFailed, []string{"data_batch_1.bin", "byte 3"}},
		{"data is a file", []string{"-config", "svm", "-data", file, "-runs", folders}, exitFailed, []string{"is a file, not a folder"}},
		{"resume nothing", []string{"-resume", ""}, exitUsage, []string{"-resume is empty"}},
		{"resume no run", []string{"-resume", dir}, exitUsage, []string{"is not a run folder"}},
		{"resume seeds", []string{"-resume", dir, "-seeds", "2"}, exitUsage, []string{"-resume takes no -seeds"}},
		{"resume from weights", []string{"-resume", dir, "-init", weights}, exitUsage, []string{"-resume takes no -init"}},
		{"resume elsewhere", []string{"-resume", dir, "-runs", folders}, exitUsage, []string{"-resume takes no -runs"}},
		{"resume several", []string{"-resume", dir, "-config", "svm", "-config", "svm_best"}, exitUsage, []string{"at most one -config"}},
		{"resume and compare", []string{"-resume", dir, "compare"}, exitUsage, []string{`-resume takes no "compare"`}},
		{"evaluate nothing", []string{"evaluate"}, exitUsage, []string{"one run folder"}},
		{"evaluate no run", []string{"evaluate", dir}, exitUsage, []string{"is not a run folder"}},
		{"watch nothing", []string{"watch"}, exitUsage, []string{"watch takes one run folder"}},
		{"watch no run", []string{"watch", dir}, exitUsage, []string{"is not a run folder"}},
		{"watch at no port", []string{"watch", dir, "-port", "70000"}, exitUsage, []string{"ports are 0 to 65535"}},
		{"a split of pictures", []string{"predict", dir, "a.png", "-split", "train"}, exitUsage, []string{"-split chooses among the run's own images"}},
		{"show nothing", []string{"show"}, exitUsage, []string{"takes one config"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, stdout, stderr := call(context.Background(), test.args...)
			if status != test.status {
				t.Errorf("exit status %d, want %d\n%s%s", status, test.status, stdout, stderr)
			}
			for _, want := range test.says {
				if !strings.Contains(stderr, want) {
					t.Errorf("the error does not say %q:\n%s", want, stderr)
				}
			}
			if strings.Contains(stderr, "panic") || strings.Contains(stderr, "goroutine") {
				t.Errorf("a panic reached the user:\n%s", stderr)
			}
		})
	}
	if entries, err := os.ReadDir(folders); err == nil {
		for _, entry := range entries {
			t.Errorf("a refused command left %s in the run folders", entry.Name())
		}
	}
}

func TestListAndShow(t *testing.T) {
	status, stdout, _ := call(context.Background(), "list")
	if status != exitDone {
		t.Errorf("list: exit status %d", status)
	}
	for _, shipped := range configs.Shipped() {
		if !strings.Contains(stdout, shipped.Name) || !strings.Contains(stdout, shipped.Summary) {
			t.Errorf("list does not show %s", shipped.Name)
		}
		status, text, stderr := call(context.Background(), "show", shipped.Name)
		if status != exitDone {
			t.Errorf("show %s: exit status %d: %s", shipped.Name, status, stderr)
		}
		path := filepath.Join(t.TempDir(), shipped.Name+".yaml")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		shown, err := configs.Load(path, nil, runs.Kinds())
		if err != nil {
			t.Fatal(err)
		}
		want, err := configs.Load(shipped.Name, nil, runs.Kinds())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, shown); diff != "" {
			t.Errorf("show %s is another config:\n%s", shipped.Name, diff)
		}
	}
}

// TestInterruptBeforeTheEnd interrupts as the last epoch's line is written, so
// that the test images are never scored; all the rest is written.
func TestInterruptBeforeTheEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	folders := t.TempDir()
	var stderr strings.Builder
	status := run(ctx, sampleArgs(folders), cancelAt{"epoch 2/2", cancel}, &stderr)
	if status != exitInterrupted || !strings.Contains(stderr.String(), "after 2 finished epochs") {
		t.Errorf("exit status %d: %s", status, stderr.String())
	}
	summary, err := (&runfolder.Folder{Path: folders + "/svm/latest"}).Summary()
	if err != nil || summary.Status != runfolder.Interrupted || summary.Final == nil || summary.Final.TestLoss != nil {
		t.Errorf("summary: %+v, %v", summary, err)
	}
}

// TestInterruptWhileLoading leaves no run folder behind.
func TestInterruptWhileLoading(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	folders := t.TempDir()
	status, _, stderr := call(ctx, sampleArgs(folders)...)
	if status != exitInterrupted || !strings.Contains(stderr, "interrupted") {
		t.Errorf("exit status %d: %s", status, stderr)
	}
	if folder, err := (&runfolder.Folder{Path: folders + "/svm/latest"}).Summary(); err == nil {
		t.Errorf("a run was begun: %+v", folder)
	}
}
