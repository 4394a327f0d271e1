package runfolder

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cifartrain/internal/shell"
	"cifartrain/metrics"
)

var started = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func create(t *testing.T) *Folder {
	t.Helper()
	folder, err := Create(t.TempDir(), "svm", started)
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestCreateNeverSharesAFolder also lists what was created, in a folder whose name would
// be a pattern.
func TestCreateNeverSharesAFolder(t *testing.T) {
	root := filepath.Join(t.TempDir(), "all [runs]*?")
	for i, want := range []string{"20260304T050607Z", "20260304T050607Z-2", "20260304T050607Z-3"} {
		folder, err := Create(root, "svm", started)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(folder.Write(ConfigFile, nil), folder.PointLatest()); err != nil {
			t.Fatal(err)
		}
		newest, err := filepath.EvalSymlinks(filepath.Join(root, "svm", Latest))
		if err != nil || filepath.Base(folder.Path) != want || filepath.Base(newest) != want {
			t.Errorf("created %s, and latest points at %s, want %s: %v", folder.Path, newest, want, err)
		}
		if all := List(root); len(all) != i+1 || all[0].Path != folder.Path {
			t.Errorf("the runs listed are %v", all)
		}
	}
	_, err := Create(filepath.Join(root, "svm", "20260304T050607Z", ConfigFile), "svm", started)
	if err == nil || !strings.Contains(err.Error(), "choose another place with -runs") {
		t.Errorf("where a file stands: error %v, want the remedy", err)
	}
}

func TestLatestThatIsAFolder(t *testing.T) {
	folder := create(t)
	link := filepath.Join(filepath.Dir(folder.Path), Latest)
	if err := os.Mkdir(link, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := folder.PointLatest(); err == nil || !strings.Contains(err.Error(), "latest") {
		t.Errorf("error is %v", err)
	}
	if info, err := os.Stat(link); err != nil || !info.IsDir() {
		t.Errorf("the folder that stood there is gone: %v", err)
	}
}

// TestOpenSaysWhatIsMissing opens what is no run, and what may become one later.
func TestOpenSaysWhatIsMissing(t *testing.T) {
	folder := create(t)
	parent := filepath.Dir(folder.Path)
	link := filepath.Join(parent, Latest)
	expect := func(path, says string, later bool) {
		t.Helper()
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), says) || errors.Is(err, fs.ErrNotExist) != later {
			t.Errorf("the error is %v, want it to say %q; whether a run may still come: %t", err, says, later)
		}
	}
	expect(folder.Path, "is not a run folder: it holds no config.yaml", true)
	expect(filepath.Join(parent, "none"), "is not a run folder: there is no such folder", true)
	if err := errors.Join(folder.Write(ConfigFile, nil), folder.Write(ReportFile, nil), folder.PointLatest()); err != nil {
		t.Fatal(err)
	}
	expect(folder.Path, "write into it the config that its report.html shows", false)
	var cause *fs.PathError
	if _, err := Open(filepath.Join(folder.File(ReportFile), "x")); !errors.As(err, &cause) {
		t.Errorf("the error %v does not wrap its cause", err)
	}
	expect(parent, "holds runs; name one of them, such as "+link, false)
	folder.Write(SweepFile, nil)
	expect(folder.Path, "do it again with: "+shell.Command("-config", folder.File(SweepFile)), false)
	os.RemoveAll(folder.Path)
	expect(link, "it points at 20260304T050607Z, which is gone", false)
}

func TestWriteNew(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "svm.onnx")
	if err := WriteNew(path, []byte("first")); err != nil {
		t.Fatal(err)
	}
	if err := WriteNew(path, []byte("second")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error is %v, want that the file exists", err)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "first" {
		t.Errorf("the file holds %q: %v", content, err)
	}
	if err := WriteNew(filepath.Join(folder, "none", "svm.onnx"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v, want that the folder is missing", err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("%d files are left: %v", len(entries), err)
	}
}

var epochs = metrics.History{
	{Number: 1, TrainLoss: 1.0 / 3, ValidationLoss: 0.25, TrainAccuracy: 0.8125, ValidationAccuracy: 0.75, LearningRate: 0.1, Seconds: 0.042, TrainLossAfter: 0.3,
		Layers: []metrics.Layer{{Name: "fc", Dead: 0.25, Mean: 0.5, Deviation: 2, Gradient: 1.0 / 3, Update: 1e-3}}},
	{Number: 2, TrainLoss: 1e-9, ValidationLoss: 123456.789, TrainAccuracy: 1, ValidationAccuracy: 0, LearningRate: 3e-5, Seconds: 12, TrainLossAfter: 2e-9, Layers: []metrics.Layer{{Name: "fc"}}},
}

// TestTables wants metrics.csv and layers.csv as they are promised, and all tables to
// read back as they were written.
func TestTables(t *testing.T) {
	folder := create(t)
	regression := metrics.Epoch{Number: 3, TrainLoss: 0.02, ValidationLoss: 0.03, TrainLossAfter: math.NaN(), TrainAccuracy: math.NaN(), ValidationAccuracy: math.NaN(), LearningRate: 1e-3, Seconds: 1.5}
	regression.Layers = []metrics.Layer{{Name: "fc", Dead: math.NaN(), Mean: -1}}
	all := append(slices.Clone(epochs), regression)
	for _, e := range all {
		if err := folder.AppendEpoch(e); err != nil {
			t.Fatal(err)
		}
	}
	content, err := os.ReadFile(folder.File("metrics.csv"))
	if err != nil {
		t.Fatal(err)
	}
	want := `epoch,train_loss,val_loss,train_accuracy,val_accuracy,learning_rate,seconds,train_loss_after
1,0.3333333333333333,0.25,0.8125,0.75,0.1,0.042,0.3
2,1e-09,123456.789,1,0,3e-05,12.000,2e-09
3,0.02,0.03,,,0.001,1.500,
`
	if diff := cmp.Diff(want, string(content)); diff != "" {
		t.Errorf("metrics.csv (-want +got):\n%s", diff)
	}
	layers, err := os.ReadFile(folder.File("layers.csv"))
	if want := "epoch,layer,dead,mean,deviation,gradient,update\n1,fc,0.25,0.5,2,0.3333333333333333,0.001\n2,fc,0,0,0,0,0\n3,fc,,-1,0,0,0\n"; string(layers) != want || err != nil {
		t.Errorf("layers.csv: %s (%v), want %s", layers, err, want)
	}
	got, err := folder.History()
	if err := errors.Join(err, folder.ReadLayers(got)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(all, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	right := []bool{true, false, false, true}
	if err := folder.WriteCorrect(right); err != nil {
		t.Fatal(err)
	}
	if got, err := folder.Correct(); err != nil || !slices.Equal(got, right) {
		t.Errorf("correct.csv reads as %v, want %v: %v", got, right, err)
	}
}

// TestDamagedTables reads tables that are damaged.
func TestDamagedTables(t *testing.T) {
	metricsHead, layersHead := strings.Join(metricsColumns, ",")+"\n", strings.Join(layersColumns, ",")+"\n"
	for _, test := range []struct{ name, file, content, says string }{
		{"empty", MetricsFile, "", "line 1: the columns are not"},
		{"other columns", MetricsFile, "a,b\n1,2\n", "line 1: the columns are not"},
		{"no number", MetricsFile, metricsHead + "1,2,3,4,5,6,7,8\n2,x,3,4,5,6,7,8\n", `line 3: train_loss "x" is not a finite number`},
		{"no epoch", MetricsFile, metricsHead + "one,2,3,4,5,6,7,8\n", `line 2: epoch "one" is not a whole number`},
		{"half a row", MetricsFile, metricsHead + "1,2,3\n", "line 2: has 3 fields, not 8"},
		{"infinite", MetricsFile, metricsHead + "1,2,Inf,4,5,6,7,8\n", `line 2: val_loss "Inf" is not a finite number`},
		{"not a number", MetricsFile, metricsHead + "1,NaN,3,4,5,6,7,8\n", `line 2: train_loss "NaN" is not a finite number`},
		{"no loss", MetricsFile, metricsHead + "1,,3,4,5,6,7,8\n", `line 2: train_loss "" is not a finite number`},
		{"an epoch is missing", MetricsFile, metricsHead + "1,2,3,4,5,6,7,8\n3,2,3,4,5,6,7,8\n", "line 3: the epoch is 3 and should be 2"},
		{"a layer without a number", LayersFile, layersHead + "1,fc,2,x,0,0,0\n", `line 2: mean "x" is not a finite number`},
		{"a layer of no epoch", LayersFile, layersHead + "0,fc,2,1,0,0,0\n", `line 2: epoch "0" is not a whole number above 0`},
		{"an epoch without layers", LayersFile, layersHead + "1,fc,0,1,0,0,0\n", "epoch 2 has 0 layers, and the first epoch 1"},
		{"without its name", CorrectFile, "1\n0\n", "line 1: the columns are not"},
		{"neither right nor wrong", CorrectFile, "correct\n1\n2\n", `line 3: "2" is neither 0 nor 1`},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := create(t)
			if err := os.WriteFile(folder.File(test.file), []byte(test.content), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := folder.History()
			switch test.file {
			case LayersFile:
				err = folder.ReadLayers(metrics.History{{Number: 1}, {Number: 2}})
			case CorrectFile:
				_, err = folder.Correct()
			}
			if err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), folder.File(test.file)) {
				t.Errorf("error is %v, want one of %s that says %q", err, test.file, test.says)
			}
		})
	}
}

// TestTornMetricsFile cuts metrics.csv off at every byte, as a killed program
// may, and reads the whole rows.
func TestTornMetricsFile(t *testing.T) {
	whole := historyTable(epochs)
	head := bytes.IndexByte(whole, '\n') + 1
	folder := create(t)
	for length := head; length <= len(whole); length++ {
		if err := os.WriteFile(folder.File(MetricsFile), whole[:length], 0o644); err != nil {
			t.Fatal(err)
		}
		history, err := folder.History()
		if want := bytes.Count(whole[head:length], []byte("\n")); err != nil || len(history) != want {
			t.Fatalf("%d epochs in %q, want %d: %v", len(history), whole[:length], want, err)
		}
	}
}

func TestOpenFollowsLatest(t *testing.T) {
	folder := create(t)
	if err := folder.Write(ConfigFile, []byte("name: svm\n")); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(filepath.Dir(folder.Path), "latest")
	want, err := filepath.EvalSymlinks(folder.Path)
	if err != nil {
		t.Fatal(err)
	}
	for name, point := range map[string]func() error{
		"link": folder.PointLatest,
		"file": func() error { // where the system grants no links
			return os.WriteFile(link, []byte(filepath.Base(folder.Path)+"\n"), 0o644)
		},
	} {
		os.Remove(link)
		if err := point(); err != nil {
			t.Fatal(err)
		}
		opened, err := Open(link)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := filepath.EvalSymlinks(opened.Path); got != want {
			t.Errorf("latest as a %s leads to %s, want %s", name, got, want)
		}
	}
}
