package reports

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
)

// started and epochs are those of the runs that the tests report.
var (
	started = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	epochs  = metrics.History{
		{Number: 1, TrainLoss: 1.0 / 3, TrainLossAfter: 0.3, ValidationLoss: 0.25, TrainAccuracy: 0.8125, ValidationAccuracy: 0.75, LearningRate: 0.1, Seconds: 0.042},
		{Number: 2, TrainLoss: 1e-9, TrainLossAfter: 2e-9, ValidationLoss: 123456.789, TrainAccuracy: 1, ValidationAccuracy: 0, LearningRate: 3e-5, Seconds: 12},
	}
)

// create makes an empty run folder.
func create(t *testing.T) *runfolder.Folder {
	t.Helper()
	folder, err := runfolder.Create(t.TempDir(), "svm", started)
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// hostile is a name that would end any element, attribute or script into which it
// is put unescaped.
const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(1)></style>{{.}}`

// reported is a run folder with its report, of two epochs, a config and a
// picture.
func reported(t *testing.T, change func(*runfolder.Summary)) (folder *runfolder.Folder, page string) {
	t.Helper()
	folder = create(t)
	if err := folder.Write(runfolder.ConfigFile, []byte("name: svm # <&>\n")); err != nil {
		t.Fatal(err)
	}
	if err := folder.WriteHistory(epochs); err != nil {
		t.Fatal(err)
	}
	summary := &runfolder.Summary{
		Name: "svm", Status: runfolder.Finished, Task: metrics.Classify, Loss: "hinge, C = 1", Dataset: "built-in sample", Warning: "no network", Started: started, Seconds: 3, Epochs: 2,
		Classes: []string{"frog", "horse"}, Images: runfolder.ImageCounts{Training: 7000, Validation: 3000, Test: 2000},
		Final: runfolder.FiguresOf(metrics.Classify, epochs[1]), Best: runfolder.FiguresOf(metrics.Classify, epochs[0]), Verdict: &runfolder.Verdict{Fit: metrics.AboutRight, Reason: "a small gap"},
	}
	if change != nil {
		change(summary)
	}
	if err := WriteReport(folder, summary, []Picture{{File: "weights.png", Meaning: "Weights.", PNG: []byte("\x89PNG"), Dark: []byte("\x89PNG")}}); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(folder.File(runfolder.ReportFile))
	if err != nil {
		t.Fatal(err)
	}
	return folder, string(content)
}

func TestReportHoldsEverything(t *testing.T) {
	last, best := 0.5625, 0.7125
	_, page := reported(t, func(s *runfolder.Summary) {
		s.Final.TestAccuracy, s.Best.TestAccuracy = &last, &best
		s.Layers = []runfolder.Layer{{Name: "enc_fc1", In: 3072, Out: 8, Parameters: 24584, Latent: true}, {Name: "dec_fc1", In: 8, Out: 3072, Parameters: 3072, SharesWith: "enc_fc1"}}
	})
	for _, want := range []string{
		"data:image/png;base64,iVBORw==", "Not CIFAR-10.", "no network", "The fit is about right.", "a small gap",
		"name: svm # &lt;&amp;&gt;", "81.3%", "built-in sample",
		"3072 to 8, the latent", "24,584 parameters", "its weight is that of enc_fc1, transposed",
		"<td>accuracy, best epoch, 1</td><td>81.3%</td><td>75.0%</td><td>71.3%</td>", "<td>accuracy, last epoch, 2</td><td>100.0%</td><td>0.0%</td><td>56.3%</td>", "log scale", "best validation: 0.2500 (epoch 1)",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	for _, never := range []string{"http://", "https://", "<script src", "ZgotmplZ", "<link rel=\"stylesheet"} {
		if strings.Contains(page, never) {
			t.Errorf("the report holds %q: it must stand alone", never)
		}
	}
	if verdict, curves := strings.Index(page, "about right"), strings.Index(page, "<figure"); verdict > curves {
		t.Error("the verdict does not stand first")
	}
}

// TestReportEscapesNames puts a hostile text wherever a config, a file name or
// an error may bring one.
func TestReportEscapesNames(t *testing.T) {
	_, want := reported(t, nil)
	_, page := reported(t, func(s *runfolder.Summary) {
		s.Name, s.Model, s.Loss, s.Dataset, s.Warning, s.Error, s.InitialWeights = hostile, hostile, hostile, hostile, hostile, hostile, hostile
		s.Classes = []string{hostile, "horse"}
		s.Verdict.Reason = hostile
	})
	sameElements(t, want, page)

	folder := create(t)
	var pages []string
	for _, name := range []string{"svm", hostile} {
		a, b := finishedRun(t, "a", 1, func(s *runfolder.Summary) { s.Name = name }), finishedRun(t, "b", 1, func(s *runfolder.Summary) { s.Dataset = name })
		compared, err := Compare([]*runfolder.Folder{a, b})
		if err != nil {
			t.Fatal(err)
		}
		if err := compared.Write(folder, nil); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(folder.File(runfolder.ReportFile))
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, string(content))
	}
	sameElements(t, pages[0], pages[1])
}

// sameElements checks that a page with hostile names has as many scripts, images and
// styles as one with harmless names, and contains no hostile name unescaped.
func sameElements(t *testing.T, harmless, page string) {
	t.Helper()
	for _, element := range []string{"<script", "</script", "<img", "</style", "<svg"} {
		if got, want := strings.Count(page, element), strings.Count(harmless, element); got != want {
			t.Errorf("%d of %q, want %d", got, element, want)
		}
	}
	if strings.Contains(page, "<img src=x") || strings.Contains(page, "alert(1)</script>") {
		t.Error("a hostile name stands in the page as it is")
	}
}

// TestReportOfNoEpoch writes the report of a run that failed in its first epoch.
func TestReportOfNoEpoch(t *testing.T) {
	folder, _ := reported(t, nil)
	if err := os.Remove(folder.File(runfolder.MetricsFile)); err != nil {
		t.Fatal(err)
	}
	if err := WriteReport(folder, &runfolder.Summary{Name: "svm", Status: runfolder.Failed, Error: "the loss became NaN", Dataset: "CIFAR-10"}, nil); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(folder.File(runfolder.ReportFile))
	if err != nil || !strings.Contains(string(page), "the loss became NaN") || strings.Contains(string(page), `class="curves"`) {
		t.Errorf("the page of no epoch: %v", err)
	}
}

var curveValues = regexp.MustCompile(`(?s)<script type="application/json">(.*?)</script>`)

// TestCurvesHoldTheFigures reads what the page's script reads.
func TestCurvesHoldTheFigures(t *testing.T) {
	_, page := reported(t, nil)
	found := curveValues.FindAllStringSubmatch(page, -1)
	if len(found) != 2 {
		t.Fatalf("%d figures, want accuracy and loss", len(found))
	}
	for i, want := range []struct {
		log, percent bool
		series       [][]float64
	}{
		{false, true, [][]float64{{81.25, 100}, {75, 0}}},
		{true, false, [][]float64{{0.3, 2e-9}, {0.25, 123460}, {0.33333, 1e-9}}},
	} {
		var got struct {
			First, Last  int
			Log, Percent bool
			Panels       [][]struct{ Values []float64 }
		}
		if err := json.Unmarshal([]byte(found[i][1]), &got); err != nil {
			t.Fatal(err)
		}
		if got.First != 1 || got.Last != 2 || got.Log != want.log || got.Percent != want.percent || len(got.Panels) != 1 {
			t.Errorf("figure %d: %+v", i, got)
		}
		for s, values := range want.series {
			for e, value := range values {
				if got.Panels[0][s].Values[e] != value {
					t.Errorf("figure %d, series %d, epoch %d: %g, want %g", i, s, e+1, got.Panels[0][s].Values[e], value)
				}
			}
		}
	}
}
