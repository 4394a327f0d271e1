package series

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
)

// A job is what a process that a test starts has to do.
type job struct {
	Runs, Data string   // folders
	Resume     string   // the folder to go on with; empty to begin
	Join       string   // the name of the sweep to join; empty for none
	Seeds      int      // 0 means 1
	Overrides  []string // of the SVM's config
}

const jobVariable = "CIFARTRAIN_TEST_JOB"

// TestMain does a job if the environment holds one.
func TestMain(m *testing.M) {
	text, isChild := os.LookupEnv(jobVariable)
	if !isChild {
		os.Exit(m.Run())
	}
	var j job
	err := json.Unmarshal([]byte(text), &j)
	if err == nil {
		err = j.do(context.Background(), os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// do trains with a checkpoint after every step.
func (j job) do(ctx context.Context, out io.Writer) error {
	s := &runs.Session{Out: out, Err: out, Display: reports.NewDisplay(out, false), Runs: j.Runs, SaveEvery: 1}
	if j.Resume != "" {
		return Resume(ctx, s, j.Resume, "", j.Overrides)
	}
	config, err := runs.Load("svm", append([]string{"data.source=folder", "data.classes=null", "data.size=8", "data.dir=" + j.Data, "data.batch_size=8",
		"data.validation=0.2", "train.epochs=3"}, j.Overrides...))
	if err != nil {
		return err
	}
	return Train(ctx, s, []configs.Config{config}, max(1, j.Seeds), j.Join)
}

// pictures is a folder with two classes of 60 pictures of noise each, the second of
// which is a little brighter.
var pictures = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "pictures")
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 120 {
		picture := image.NewNRGBA(image.Rect(0, 0, 8, 8))
		for p := range 64 {
			shade := func() uint8 { return uint8(random.IntN(200) + i%2*40) }
			picture.Set(p%8, p/8, color.NRGBA{shade(), shade(), shade(), 255})
		}
		var content bytes.Buffer
		class := filepath.Join(dir, []string{"dark", "light"}[i%2])
		err = errors.Join(err, os.MkdirAll(class, 0o755), png.Encode(&content, picture),
			os.WriteFile(filepath.Join(class, fmt.Sprintf("%03d.png", i)), content.Bytes(), 0o644))
	}
	if err != nil {
		panic(err)
	}
	return dir
})

// newJob is a job that trains in a folder of its own.
func newJob(t *testing.T, overrides ...string) job {
	t.Helper()
	return job{Runs: t.TempDir(), Data: pictures(), Overrides: overrides}
}

// did does the job and returns what it printed.
func (j job) did(t *testing.T) (out string, err error) {
	t.Helper()
	var text bytes.Buffer
	err = j.do(t.Context(), &text)
	return text.String(), err
}

// planAt is the plan in a folder.
func planAt(t *testing.T, path ...string) *plan {
	t.Helper()
	p, found, err := open(new(runs.Session), filepath.Join(path...))
	if err != nil || !found {
		t.Fatalf("%v holds no plan: %v", path, err)
	}
	return p
}

// sameRuns wants two plans' runs to have the same weights and, but for their times,
// the same metrics.
func sameRuns(t *testing.T, got, want *plan) {
	t.Helper()
	if len(got.runs) != len(want.runs) {
		t.Fatalf("there are %d runs, want %d", len(got.runs), len(want.runs))
	}
	for i := range want.runs {
		for _, name := range []string{runfolder.MetricsFile, runfolder.LastWeightsFile, runfolder.BestWeightsFile} {
			read := func(p *plan) string {
				content, err := os.ReadFile(p.runs[i].File(name))
				if err != nil {
					t.Fatal(err)
				}
				if name != runfolder.MetricsFile {
					return string(content)
				}
				return regexp.MustCompile(`(?m),[^,\n]*(,[^,\n]*)$`).ReplaceAllString(string(content), "$1") // without the seconds
			}
			if read(got) != read(want) {
				t.Errorf("%s differs from that of %s", got.runs[i].File(name), want.runs[i].Path)
			}
		}
		if !got.runs[i].Has(runfolder.ReportFile) {
			t.Errorf("there is no %s", got.runs[i].File(runfolder.ReportFile))
		}
	}
	for _, name := range []string{runfolder.ReportFile, runfolder.ComparisonTable} {
		if !got.folder.Has(name) {
			t.Errorf("there is no %s", got.folder.File(name))
		}
	}
}

// cancelAt cancels when a text is written.
type cancelAt struct {
	text   string // a regular expression
	cancel func()
}

func (c cancelAt) Write(p []byte) (int, error) {
	if regexp.MustCompile(c.text).Match(p) {
		c.cancel()
	}
	return len(p), nil
}

// TestInterrupted stops seeds, a sweep, a sweep that is joined and one that halves its
// settings, goes on with each, and wants the bytes of one that nothing disturbed.
func TestInterrupted(t *testing.T) {
	sweep := "sweep.optimizer.learning_rate=[1e-4, 1e-3, 1e-2]"
	// So many that some are left to train when the first one has ended.
	many := "sweep.optimizer.learning_rate=[1e-6, 2e-6, 5e-6, 1e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 1e-2]"
	for name, test := range map[string]struct {
		folder, at string
		job        job
	}{
		"seeds":   {"comparison/latest", "epoch 2/3", job{Seeds: 3}},
		"sweep":   {"svm/latest", "[1-8]/10  ", job{Overrides: []string{many}}},
		"joined":  {"svm/night", "[1-8]/10  ", job{Overrides: []string{many}, Join: "night"}},
		"halving": {"svm/latest", "2/3  ", job{Overrides: []string{sweep, "sweep.method=halving", "sweep.factor=3", "train.epochs=4"}}},
	} {
		t.Run(name, func(t *testing.T) {
			peaceful := newJob(t)
			stopped := newJob(t)
			for _, j := range []*job{&peaceful, &stopped} {
				j.Seeds, j.Join, j.Overrides = test.job.Seeds, test.job.Join, test.job.Overrides
			}
			if out, err := peaceful.did(t); err != nil {
				t.Fatal(out, err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			err := stopped.do(ctx, cancelAt{test.at, cancel})
			folder := filepath.Join(stopped.Runs, filepath.FromSlash(test.folder))
			if name == "seeds" { // latest is there only once the runs are compared
				found, _ := filepath.Glob(filepath.Join(stopped.Runs, "comparison", "2*"))
				folder = found[0]
			}
			if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "go on with: go run . -resume ") {
				t.Fatalf("the error is %v", err)
			}
			if out, err := (job{Resume: folder}).did(t); err != nil {
				t.Fatal(out, err)
			}
			sameRuns(t, planAt(t, folder), planAt(t, peaceful.Runs, filepath.FromSlash(test.folder)))
		})
	}
}

// TestHalvingFails halves settings of which one fails: the error gives that one's
// reason and not that of a setting that was left behind.
func TestHalvingFails(t *testing.T) {
	j := newJob(t, "sweep.optimizer.learning_rate=[1e-4, 1e-3, 1e6, 1e-2]", "sweep.method=halving", "sweep.factor=2", "train.epochs=8")
	out, err := j.did(t)
	if err == nil || !strings.Contains(err.Error(), "1 of 4 runs failed:\nlearning_rate=1e+06: the loss became") || strings.Contains(err.Error(), "left behind") {
		t.Errorf("the error is %v", err)
	}
	if !strings.Contains(out, "left behind after 1 epoch") {
		t.Errorf("it does not say what was left behind:\n%s", out)
	}
}

// TestWaitsFor has a process wait for one on another machine, and wants to be told
// for whom.
func TestWaitsFor(t *testing.T) {
	j := newJob(t, "sweep.optimizer.learning_rate=[1e-4, 1e-3]")
	j.Join = "night"
	if out, err := j.did(t); err != nil {
		t.Fatal(out, err)
	}
	p := planAt(t, j.Runs, "svm", "night")
	if err := os.Remove(p.runs[1].File(runfolder.SummaryFile)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.runs[1].File(".claim-9"), []byte(`{"host":"far","process":7,"machine":"another"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := j.do(ctx, cancelAt{"waiting for process 7 on far, which trains learning_rate=0.001", cancel}); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}
