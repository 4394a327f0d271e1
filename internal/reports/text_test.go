package reports

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
)

func TestDuration(t *testing.T) {
	for seconds, want := range map[float64]string{
		0.042: "0.04 s", 1: "1.0 s", 12.34: "12.3 s", 59.94: "59.9 s", 59.96: "1 min 0 s", 119.6: "2 min 0 s", 3599.4: "59 min 59 s", 3599.6: "1 h 0 min", 7260: "2 h 1 min",
	} {
		if got := Duration(seconds); got != want {
			t.Errorf("Duration(%g) is %q, want %q", seconds, got, want)
		}
	}
}

func TestTable(t *testing.T) {
	var out bytes.Buffer
	Table(&out, [][]string{{"", "training", "test"}, {"loss, épreuve", "0.5", "0.25"}, {"accuracy", "81.00%", "9.00%"}})
	want := "" +
		"                 training   test\n" +
		"  loss, épreuve       0.5   0.25\n" +
		"  accuracy         81.00%  9.00%\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}

func TestWarningIsWrappedAndWhole(t *testing.T) {
	text := strings.Repeat("these are not the images you are looking for ", 5)
	var out bytes.Buffer
	Warning(&out, text)
	for _, line := range strings.Split(out.String(), "\n") {
		if len(line) > widest {
			t.Errorf("a line of %d characters: %q", len(line), line)
		}
	}
	if got := strings.Fields(strings.ReplaceAll(out.String(), "!", "")); len(got) != len(strings.Fields(text)) {
		t.Errorf("%d words, want %d", len(got), len(strings.Fields(text)))
	}
}

// epoch is one of a classifier's.
var epoch = metrics.Epoch{Number: 7, TrainLoss: 0.75, TrainLossAfter: 0.5, ValidationLoss: 0.625, TrainAccuracy: 0.875, ValidationAccuracy: 0.75, LearningRate: 0.1, Seconds: 0.25}

func TestEpochLines(t *testing.T) {
	for _, test := range []struct {
		name  string
		quiet bool
		task  metrics.Task
		want  string
	}{
		{"classifier", false, metrics.Classify, "epoch   7/100  loss 0.5000 (val 0.6250)  accuracy 87.5% (val 75.0%)  learning rate 0.1  0.25 s\n"},
		{"autoencoder", false, metrics.Reconstruct, "epoch   7/100  loss 0.5000 (val 0.6250)  learning rate 0.1  0.25 s\n"},
		{"quiet", true, metrics.Classify, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			display := NewDisplay(&out, test.quiet)
			display.Step(metrics.Classify, 3, 10, 7, 100, 0.5, &epoch) // no terminal: nothing to draw over
			display.Epoch(test.task, epoch, 100)
			display.Clear()
			if diff := cmp.Diff(test.want, out.String()); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDownloadLines(t *testing.T) {
	var out bytes.Buffer
	display := NewDisplay(&out, false)
	const total = 170_000_000
	for done := int64(0); done <= total; done += total / 1000 {
		display.Download("CIFAR-10", done, total)
	}
	display.Download("CIFAR-10", 5, -1)
	if lines := strings.Count(out.String(), "\n"); lines != 10 {
		t.Errorf("%d lines, want one a tenth:\n%s", lines, out.String())
	}
	if !strings.HasSuffix(out.String(), "fetching CIFAR-10: 170 of 170 MB\n") {
		t.Errorf("the last line is not the whole:\n%s", out.String())
	}
}

// TestLiveBar draws as on a terminal.
func TestLiveBar(t *testing.T) {
	var out bytes.Buffer
	display := NewDisplay(&out, false)
	display.live = true
	display.Step(metrics.Classify, 1, 10, 1, 10, 0.5, nil)
	display.Step(metrics.Classify, 9, 10, 9, 10, 0.25, &epoch)
	for _, want := range []string{"epoch 1/10", "loss 0.5"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the bar does not show %q: %q", want, out.String())
		}
	}
	display.Epoch(metrics.Classify, epoch, 10)
	if strings.Contains(out.String(), "learning rate") {
		t.Error("an epoch's line was written into the bar")
	}
	display.Clear()
	if display.bar != nil {
		t.Error("the bar is still there")
	}
}

func TestFit(t *testing.T) {
	parts := []string{"epoch 1/2", "loss 0.5", "acc 80%"}
	for width, want := range map[int]string{
		100: "epoch 1/2  loss 0.5  acc 80%", 28: "epoch 1/2  loss 0.5  acc 80%", 27: "epoch 1/2  loss 0.5", 18: "epoch 1/2", 3: "epoch 1/2",
	} {
		if got := fit(parts, width); got != want {
			t.Errorf("in %d columns: %q, want %q", width, got, want)
		}
	}
}

// summary is a finished classifier's.
func summary(seed uint64, accuracy float64) *runfolder.Summary {
	loss := 0.5
	final, best := runfolder.FiguresOf(metrics.Classify, epoch), runfolder.FiguresOf(metrics.Classify, epoch)
	for _, f := range []*runfolder.Figures{final, best} {
		f.TestLoss, f.TestAccuracy = &loss, &accuracy
	}
	return &runfolder.Summary{
		Name: "svm", Model: "linear_svm", Task: metrics.Classify, Seed: seed, Dataset: "CIFAR-10", Classes: []string{"frog", "horse"},
		Images: runfolder.ImageCounts{Training: 7000, Validation: 3000, Test: 2000}, Parameters: 3073, Epochs: 7,
		Final: final, Best: best, Verdict: &runfolder.Verdict{Fit: metrics.AboutRight, Reason: "So it is."},
		TrainingSeconds: 2, ImagesPerSecond: 24500, Seconds: 3,
	}
}

func TestSummary(t *testing.T) {
	var out bytes.Buffer
	ShowHead(&out, summary(1, 0.8), "runs/svm/now")
	ShowSummary(&out, summary(1, 0.8), "runs/svm/now")
	want := `svm: linear_svm, 3,073 parameters, seed 1
CIFAR-10: frog, horse; 7,000 training, 3,000 validation, 2,000 test images
writing to runs/svm/now


                                    training  validation    test
  accuracy, best and last epoch, 7     87.5%       75.0%   80.0%
  loss, best and last epoch, 7        0.5000      0.6250  0.5000
The best epoch is the one with the lowest validation loss.

The fit is about right. So it is.

7 epochs in 2.0 s, 24,500 images/s; 3.0 s in all.
Pictures, weights and report: runs/svm/now/report.html

`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

func TestShowPlan(t *testing.T) {
	var out bytes.Buffer
	planned := summary(3, 0.8)
	planned.Layers = []runfolder.Layer{{Name: "fc", In: 3072, Out: 1, Parameters: 3073}}
	ShowPlan(&out, Plan{
		Summary: planned,
		Steps:   110, Batch: 64, Epochs: 50, MayStop: true, Seeds: 2, Folder: "runs/svm", Files: []string{"report.html", "metrics.csv"},
		Step: 0.00025, Epoch: 0.05, Seconds: 2.5, Memory: 50_000_000,
	})
	DryRunEnd(&out, 2, "runs/comparison", 5)
	want := `svm: linear_svm, seeds 3 to 4

  layer     values    weight  parameters  activation
  fc     3072 to 1  1 × 3072       3,073            
  total                            3,073            

CIFAR-10: frog, horse
7,000 training, 3,000 validation, 2,000 test images
110 steps an epoch, 64 images each; at most 5,500 steps in 50 epochs
would write to runs/svm/<UTC time>: report.html, metrics.csv
would train for at most about 2.5 s (0.25 ms a step, 0.05 s an epoch), and 5.0
s for 2 seeds
would take about 50 MB of memory a run

2 runs would take about 5.0 s in all, and a comparison would go to
runs/comparison/<UTC time>
This was a dry run: nothing was trained or written. Loading the data, pictures
and the principal components of an autoencoder take more time.
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}
