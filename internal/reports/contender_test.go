package reports

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cifartrain/internal/runfolder"
	"cifartrain/internal/shell"
	"cifartrain/metrics"
)

// finishedRun is a run folder with two epochs, a summary and test figures.
func finishedRun(t *testing.T, name string, seed uint64, change func(*runfolder.Summary)) *runfolder.Folder {
	t.Helper()
	folder := create(t)
	for _, e := range epochs {
		if err := folder.AppendEpoch(e); err != nil {
			t.Fatal(err)
		}
	}
	loss := 0.5
	summary := &runfolder.Summary{
		Name: name, Status: runfolder.Finished, Model: "autoencoder", Task: metrics.Reconstruct, Loss: "mean squared error", Seed: seed, Dataset: "CIFAR-10", Classes: []string{"frog"},
		Parameters: 800, Epochs: 2, Final: runfolder.FiguresOf(metrics.Classify, epochs[1]), Best: runfolder.FiguresOf(metrics.Classify, epochs[0]), TrainingSeconds: 4,
	}
	summary.Final.TestLoss, summary.Best.TestLoss = &loss, &loss
	if change != nil {
		change(summary)
	}
	if err := folder.WriteSummary(summary); err != nil {
		t.Fatal(err)
	}
	if err := folder.Write(runfolder.ConfigFile, fmt.Appendf(nil, "name: %q\nseed: %d\nmodel:\n  latent: %d\n", name, seed, summary.Parameters)); err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestComparisonGroupsSeeds wants runs that differ in the seed alone, or in keys
// that cannot change a figure, to be one contender, and repeated or otherwise
// different runs to be others.
func TestComparisonGroupsSeeds(t *testing.T) {
	larger := func(s *runfolder.Summary) { s.Parameters = 900 }
	batches := finishedRun(t, "a", 3, nil)
	config, err := os.ReadFile(batches.File(runfolder.ConfigFile))
	if err == nil {
		err = batches.Write(runfolder.ConfigFile, append(config, "data:\n  eval_batch_size: 7\n"...))
	}
	if err != nil {
		t.Fatal(err)
	}
	compared, err := Compare([]*runfolder.Folder{
		finishedRun(t, "a", 1, nil), finishedRun(t, "b", 1, nil), finishedRun(t, "a", 2, nil), batches, finishedRun(t, "b", 3, larger),
		finishedRun(t, "c", 1, nil), finishedRun(t, "c", 1, nil), finishedRun(t, "c", 2, nil), finishedRun(t, "b", 4, larger),
	})
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string][]uint64)
	for _, c := range compared.Contenders {
		got[c.Label] = c.seeds()
	}
	want := map[string][]uint64{"a": {1, 2, 3}, "b, latent=800": {1}, "b, latent=900": {3, 4}, "c, seed 1, 2": {1, 2}, "c, seed 1": {1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("seeds by label (-want +got):\n%s", diff)
	}
	if keys := compared.whatDiffers(); len(keys) != 3 || keys[1][0] != "seed" || keys[1][1] != "1–3" || keys[2][0] != "model.latent" {
		t.Errorf("what differs is %q", keys)
	}
}

// TestSample reads the figures that are compared of two runs, and one that there is not.
func TestSample(t *testing.T) {
	results, err := Compare([]*runfolder.Folder{finishedRun(t, "a", 1, nil), finishedRun(t, "a", 2, nil)})
	if err != nil {
		t.Fatal(err)
	}
	runs, e := results.Contenders[0], epochs[0]
	for name, want := range map[string]float64{
		"best_test": 0.5, "best_train": e.TrainLoss, "best_val": e.ValidationLoss, "gap": e.ValidationLoss / e.TrainLoss, "best_vall": math.NaN(),
	} {
		if got := runs.Sample(name).Values; !cmp.Equal(got, []float64{want, want}, cmpopts.EquateNaNs()) {
			t.Errorf("%s of two runs is %v, want %v twice", name, got, want)
		}
	}
}

func TestCompareRefuses(t *testing.T) {
	good := finishedRun(t, "a", 1, nil)
	for _, test := range []struct {
		name   string
		change func(*runfolder.Summary)
		says   string
	}{
		{"another loss", func(s *runfolder.Summary) { s.Loss = "hinge, C = 1" }, "only runs with the same loss, or with accuracies, can be compared"},
		{"no test figures of the best epoch", func(s *runfolder.Summary) { s.Best.TestLoss = nil }, "the figures of a finished run"},
		{"half the accuracies", func(s *runfolder.Summary) {
			a := 0.5
			s.Task, s.Best.TestAccuracy, s.Best.TrainAccuracy = metrics.Classify, &a, nil
		}, "the figures of a finished run"},
		{"an interrupted run", func(s *runfolder.Summary) { s.Status, s.Final = runfolder.Interrupted, nil }, "holds no finished run: it is interrupted; go on with it"},
		{"a failed run", func(s *runfolder.Summary) { s.Status, s.Final, s.Error = runfolder.Failed, nil, "the loss became NaN" }, "it failed: the loss became NaN"},
		{"a run made longer", func(s *runfolder.Summary) { s.Epochs = 1 }, "2 epochs, but the summary counts 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Compare([]*runfolder.Folder{good, finishedRun(t, "b", 1, test.change)}); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error is %v, want it to say %q", err, test.says)
			}
		})
	}
}

// TestCompareAfterAKill meets a run that was killed before its summary, and a
// row that was killed halfway.
func TestCompareAfterAKill(t *testing.T) {
	killed, torn := finishedRun(t, "a", 1, nil), finishedRun(t, "b", 1, nil)
	if err := os.Remove(killed.File(runfolder.SummaryFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := Compare([]*runfolder.Folder{torn, killed}); err == nil || !strings.Contains(err.Error(), shell.Command("-resume", killed.Path)) {
		t.Errorf("error is %v, want how to go on", err)
	}
	rows, err := os.ReadFile(torn.File(runfolder.MetricsFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(torn.File(runfolder.MetricsFile), append(rows, "3,0.25,0."...), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Compare([]*runfolder.Folder{torn, finishedRun(t, "c", 1, nil)}); err != nil {
		t.Errorf("a torn row: %v", err)
	}
}

// TestWriteComparison reads back the table, and wants the page to hold the same.
func TestWriteComparison(t *testing.T) {
	test := func(loss float64) func(*runfolder.Summary) {
		return func(s *runfolder.Summary) { s.Best.TestLoss = &loss }
	}
	runs, err := Compare([]*runfolder.Folder{finishedRun(t, "a", 1, nil), finishedRun(t, "b", 1, test(0.25)), finishedRun(t, "b", 2, test(0.5))})
	if err != nil {
		t.Fatal(err)
	}
	folder := create(t)
	if err := runs.Write(folder, nil); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(folder.File(runfolder.ComparisonTable))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	// Of 0.25 and 0.5 Student's t with one degree of freedom, 12.706, gives 0.375 ± 12.706*0.125.
	for name, want := range map[string]string{"seed": "1", "config": "b", "n": "2", "status": "finished", "best_test_loss": "0.25", "best_test_loss_mean": "0.375",
		"best_test_loss_sd": "0.1767766", "best_test_loss_low": "-1.213275", "best_test_loss_high": "1.963275", "best_train_accuracy": "0.8125"} {
		if place := slices.Index(rows[0], name); place < 0 || !strings.HasPrefix(rows[2][place], want) {
			t.Errorf("%s of the second run is not %s: %q", name, want, rows[2])
		}
	}
	page, err := os.ReadFile(folder.File(runfolder.ReportFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<td>0.3750 ± 0.1768</td><td>0 to 1.963</td>", `class="curves"`, `<span class="name">a</span>: best 0.2500 (epoch 1)`, "--line:", "<h2>Runs</h2>"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	var out bytes.Buffer
	seeds := &Results{Contenders: runs.Contenders[1:]}
	seeds.Show(&out, "there")
	if lines := strings.Split(out.String(), "\n"); !strings.HasPrefix(lines[0], "b over 2 seeds") || !strings.HasPrefix(lines[5], "  mean ± standard deviation  1, 2") {
		t.Errorf("the terminal shows:\n%s", out.String())
	}
	if r := readBest(folder); r.text("best_test") != "0.5000" {
		t.Errorf("the table's best row is %+v", r)
	}
}

// FuzzSummary wants an error or a summary that a comparison can take.
func FuzzSummary(f *testing.F) {
	f.Add([]byte(`{"name":"svm","epochs":2,"classes":["frog","horse"],"final":{"epoch":2,"train_loss":1,"val_loss":2,"test_loss":3},"best":{"epoch":1,"test_loss":1e308},"pca":{}}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		folder := &runfolder.Folder{Path: t.TempDir()}
		for name, content := range map[string][]byte{runfolder.SummaryFile: content, runfolder.ConfigFile: nil} {
			if err := os.WriteFile(folder.File(name), content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := folder.WriteHistory(epochs); err != nil {
			t.Fatal(err)
		}
		compared, err := Compare([]*runfolder.Folder{folder, folder})
		if err != nil {
			return
		}
		newTable(nil, compared.runs(folder))
		compared.Answers()
		compared.Warnings()
	})
}
