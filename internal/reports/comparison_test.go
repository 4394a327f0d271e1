package reports

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cifartrain/internal/runfolder"
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
		Name: name, Status: runfolder.Finished, Model: "autoencoder", Task: metrics.Restore, Loss: "mean squared error", Seed: seed, Dataset: "CIFAR-10", Classes: []string{"frog"},
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

// TestComparisonGroupsSeeds wants runs that differ in the seed alone to be one
// contender, and repeated or otherwise different runs to be others.
func TestComparisonGroupsSeeds(t *testing.T) {
	larger := func(s *runfolder.Summary) { s.Parameters = 900 }
	compared, err := Compare([]*runfolder.Folder{
		finishedRun(t, "a", 1, nil), finishedRun(t, "b", 1, nil), finishedRun(t, "a", 2, nil), finishedRun(t, "b", 3, larger),
		finishedRun(t, "c", 1, nil), finishedRun(t, "c", 1, nil), finishedRun(t, "c", 2, nil), finishedRun(t, "b", 4, larger),
	})
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string][]uint64)
	for _, c := range compared.Contenders {
		for _, run := range c.Runs {
			got[c.Label] = append(got[c.Label], run.Summary.Seed)
		}
	}
	want := map[string][]uint64{"a": {1, 2}, "b, latent 800": {1}, "b, latent 900": {3, 4}, "c, seed 1": {1}, "c, seed 1 (5)": {1, 2}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("seeds by label (-want +got):\n%s", diff)
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
		{"no test figures of the best epoch", func(s *runfolder.Summary) { s.Best.TestLoss = nil }, "holds no finished run"},
		{"half the accuracies", func(s *runfolder.Summary) {
			a := 0.5
			s.Task, s.Best.TestAccuracy, s.Best.TrainAccuracy = metrics.Classify, &a, nil
		}, "holds no finished run"},
		{"an interrupted run", func(s *runfolder.Summary) { s.Status, s.Final = runfolder.Interrupted, nil }, "holds no finished run: it is interrupted; go on with it"},
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
	if _, err := Compare([]*runfolder.Folder{torn, killed}); err == nil || !strings.Contains(err.Error(), "go run . -resume "+killed.Path) {
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

func TestContenderFigures(t *testing.T) {
	accuracy := 0.75
	runs, err := Compare([]*runfolder.Folder{finishedRun(t, "a", 1, nil), finishedRun(t, "b", 1, func(s *runfolder.Summary) {
		s.Task, s.Final.TestAccuracy, s.Best.TestAccuracy = metrics.Classify, &accuracy, &accuracy
	})})
	if err != nil {
		t.Fatal(err)
	}
	want := metrics.Contender{Task: metrics.Restore, Train: []float64{1.0 / 3}, Validation: []float64{0.25}, Test: []float64{0.5}, EpochSeconds: []float64{0.042, 12}}
	if diff := cmp.Diff(want, runs.Contenders[0].figures(metrics.Restore)); diff != "" {
		t.Errorf("losses (-want +got):\n%s", diff)
	}
	want = metrics.Contender{Task: metrics.Classify, Train: []float64{0.8125}, Validation: []float64{0.75}, Test: []float64{0.75}, EpochSeconds: []float64{0.042, 12}}
	if diff := cmp.Diff(want, runs.Contenders[1].figures(metrics.Classify)); diff != "" {
		t.Errorf("accuracies (-want +got):\n%s", diff)
	}
}

func TestWriteComparison(t *testing.T) {
	runs, err := Compare([]*runfolder.Folder{
		finishedRun(t, "a", 1, nil),
		finishedRun(t, "b", 1, func(s *runfolder.Summary) {
			half := 0.25
			s.Parameters, s.TrainingSeconds, s.Best.TestLoss, s.Dataset = 400, 2, &half, "built-in sample"
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	folder := create(t)
	if err := WriteComparison(folder, runs, nil); err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(folder.File(runfolder.ComparisonTable))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(table), "\n")
	if !strings.HasPrefix(lines[0], "run,name,model,seed,dataset,train_loss,train_loss_ratio,") {
		t.Errorf("the head is %s", lines[0])
	}
	if !strings.Contains(lines[2], ",b,autoencoder,1,built-in sample,") || !strings.Contains(lines[2], ",400,0.5,") || !strings.Contains(lines[2], ",0.25,0.5,") {
		t.Errorf("the second run's row is %s", lines[2])
	}
	page, err := os.ReadFile(folder.File(runfolder.ReportFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"These figures cannot say which is better, because the images differ: the loss on test images is 0.2500 for b and 0.5000 for a.", "b was trained on other images than a: built-in sample against CIFAR-10.", "0.2500 (0.50×)", `class="curves"`, `<span class="name">a</span>: best 0.2500 (epoch 1)`, "--line:"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// TestSeedsOfOneConfig wants the page of one config's seeds to say what they
// reach on the whole.
func TestSeedsOfOneConfig(t *testing.T) {
	tested := func(accuracy float64) func(*runfolder.Summary) {
		return func(s *runfolder.Summary) {
			s.Task, s.Final.TestAccuracy, s.Best.TestAccuracy = metrics.Classify, &accuracy, &accuracy
		}
	}
	for _, test := range []struct {
		folders []*runfolder.Folder
		want    string
	}{
		{[]*runfolder.Folder{finishedRun(t, "a", 1, tested(0.7)), finishedRun(t, "a", 2, tested(0.8))}, "Over 2 seeds it classifies 75.0 ± 7.1% of the test images correctly"},
		{[]*runfolder.Folder{finishedRun(t, "a", 1, nil), finishedRun(t, "a", 2, nil)}, "Over 2 seeds its loss on the test images is 0.5000 ± 0"},
	} {
		compared, err := Compare(test.folders)
		if err != nil {
			t.Fatal(err)
		}
		if answers := compared.Answers(); len(answers) != 1 || !strings.Contains(answers[0], test.want) {
			t.Errorf("answers %q, want %q", answers, test.want)
		}
	}
}

// TestNoVerdictOverOtherImages compares runs that were tested on other classes
// and on another dataset.
func TestNoVerdictOverOtherImages(t *testing.T) {
	tested := func(accuracy float64, dataset string, classes ...string) func(*runfolder.Summary) {
		return func(s *runfolder.Summary) {
			s.Task, s.Final.TestAccuracy, s.Best.TestAccuracy = metrics.Classify, &accuracy, &accuracy
			s.Dataset, s.Classes, s.Images.Test = dataset, classes, 2000
		}
	}
	for name, other := range map[string]func(*runfolder.Summary){
		"other classes":   tested(0.4, "CIFAR-10", "frog", "horse", "ship", "truck"),
		"another dataset": tested(0.9, "CIFAR-100", "frog", "horse"),
	} {
		compared, err := Compare([]*runfolder.Folder{finishedRun(t, "a", 1, tested(0.75, "CIFAR-10", "frog", "horse")), finishedRun(t, "b", 1, other)})
		if err != nil {
			t.Fatal(err)
		}
		answers := strings.Join(compared.Answers(), "\n")
		if !strings.HasPrefix(answers, "These figures cannot say which is better, because the images differ: b") || !strings.Contains(answers, "75.0% correctly, where guessing reaches 50.0%") {
			t.Errorf("%s: answers %s", name, answers)
		}
		for _, verdict := range []string{"better than", "worse than", "told apart", "overfits"} {
			if strings.Contains(answers, verdict) {
				t.Errorf("%s: the answers judge: %s", name, answers)
			}
		}
	}
}

func TestCompareSaysWhyARunFailed(t *testing.T) {
	failed := finishedRun(t, "b", 1, func(s *runfolder.Summary) { s.Status, s.Final, s.Error = runfolder.Failed, nil, "the loss became NaN" })
	if _, err := Compare([]*runfolder.Folder{finishedRun(t, "a", 1, nil), failed}); err == nil || !strings.Contains(err.Error(), "it failed: the loss became NaN") || strings.Contains(err.Error(), "-resume") {
		t.Errorf("error is %v", err)
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
		compared.rows()
		compared.Cells()
		compared.Answers()
		compared.Warnings()
	})
}
