package runs

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"cifartrain/internal/runfolder"
	"cifartrain/loaders"
	"cifartrain/loaders/cifar"
	"cifartrain/loaders/sources"
)

// A job is what a child of the test has to do.
type job struct {
	Runs      string
	Resume    string // the run folder to go on with; empty to begin
	Config    string
	Overrides []string
}

const jobVariable = "CIFARTRAIN_TEST_JOB"

// TestMain is the child's program where the environment holds a job.
func TestMain(m *testing.M) {
	text, isChild := os.LookupEnv(jobVariable)
	if !isChild {
		os.Exit(m.Run())
	}
	var j job
	err := json.Unmarshal([]byte(text), &j)
	if err == nil {
		err = j.do(os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// do trains with a checkpoint after every step.
func (j job) do(out io.Writer) error {
	s := onFewImages(j.Runs, 1)
	s.SaveEvery, s.Out = 1, out
	if j.Resume != "" {
		return s.Resume(context.Background(), j.Resume, "", nil)
	}
	config, err := Load(j.Config, j.Overrides)
	if err != nil {
		return err
	}
	return s.Train(context.Background(), config)
}

// onFewImages is a session on 400 training and 100 test images of noise, drawn
// by seed, that stand in for the built-in sample.
func onFewImages(runs string, seed uint64) *Session {
	stream := rand.New(rand.NewPCG(seed, 2))
	draw := func(count int) loaders.Images {
		record := cifar.Shape.RecordSize()
		records := make([]byte, count*record)
		for i := range records {
			if records[i] = byte(stream.Uint32()); i%record == 0 {
				records[i] = byte(i / record % 10)
			}
		}
		return loaders.NewImages(cifar.Shape, records)
	}
	dataset := &loaders.Dataset{Name: "noise", Shape: cifar.Shape, Classes: cifar.Classes, Train: draw(400), Test: draw(100), Checksum: fmt.Sprint(seed)}
	return sessionOn(runs, sources.Sample, dataset)
}

// TestKill kills runs at random moments, most of them while a checkpoint is
// written, goes on with each, and wants the bytes of a run left in peace.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out what starts and kills many processes for seconds")
	}
	for _, test := range []struct {
		config    string
		kills     int
		overrides []string
	}{
		{"svm", 40, []string{"data.source=sample", "data.batch_size=8", "data.flip=true", "data.validation=0.2",
			"optimizer.momentum=0.9", "train.epochs=12"}},
		{"autoencoder", 10, []string{"data.source=sample", "data.batch_size=30", "data.flip=true", "data.validation=0.2", "data.noise=0.1",
			"model.activation=gelu", "model.dropout=0.2", "model.batch_norm=true", "train.average_decay=0.9",
			"model.hidden=[8]", "model.latent=3", "train.epochs=8", "plots.reconstructions=1"}},
	} {
		t.Run(test.config, func(t *testing.T) {
			undisturbed := job{Runs: t.TempDir(), Config: test.config, Overrides: test.overrides}
			if err := undisturbed.do(io.Discard); err != nil {
				t.Fatal(err)
			}
			want := newestRun(t, undisturbed.Runs)
			random := rand.New(rand.NewPCG(1, uint64(test.kills)))
			killed, finished := 0, 0
			for killed < test.kills {
				disturbed := undisturbed
				disturbed.Runs = t.TempDir()
				for {
					delay := time.Duration(random.Int64N(int64(60 * time.Millisecond)))
					if killed == test.kills {
						delay = time.Hour
					}
					if disturbed.runAndKill(t, delay, random.IntN(5) > 0) {
						break
					}
					killed++
					if folder := newestRun(t, disturbed.Runs); folder != nil {
						disturbed.Resume = folder.Path
						checkPrefix(t, folder, want)
					}
				}
				sameFiles(t, newestRun(t, disturbed.Runs), want)
				finished++
			}
			t.Logf("%d kills of %d runs", killed, finished)
		})
	}
}

// runAndKill does the job in a process of its own that it kills after a delay,
// counted from the first line that tells of training or from the start, and
// reports whether the job was done before.
func (j job) runAndKill(t *testing.T, delay time.Duration, whileTraining bool) (done bool) {
	t.Helper()
	text, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), jobVariable+"="+string(text))
	var stderr bytes.Buffer
	child.Stderr = &stderr
	stdout, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stdout)
	if whileTraining {
		lines.ReadString('\n')
	}
	timer := time.AfterFunc(delay, func() { child.Process.Kill() })
	io.Copy(io.Discard, lines)
	err = child.Wait()
	timer.Stop()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() >= 0 {
		t.Fatalf("the child failed by itself: %s", stderr.String())
	}
	return err == nil
}

// newestRun is the one run folder in runs, nil where there is none yet that
// holds a config.
func newestRun(t *testing.T, runs string) *runfolder.Folder {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(runs, "*", "2*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range slices.Backward(paths) {
		if folder, err := runfolder.Open(path); err == nil {
			return folder
		}
	}
	return nil
}

// checkPrefix wants a killed run's folder to be sound and its rows to be the
// first of the whole run's.
func checkPrefix(t *testing.T, killed, whole *runfolder.Folder) {
	t.Helper()
	if _, damage, err := killed.Checkpoint(); damage != nil || err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the checkpoint is damaged: %v, %v", damage, err)
	}
	history, err := killed.History()
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	want, errWant := whole.History()
	if err != nil || errWant != nil {
		t.Fatal(err, errWant)
	}
	for i, epoch := range history {
		if epoch.TrainLoss != want[i].TrainLoss || epoch.ValidationLoss != want[i].ValidationLoss {
			t.Errorf("epoch %d is %+v, want %+v", i+1, epoch, want[i])
		}
	}
}

// seconds matches the end of a row of metrics.csv, of which the last but one cell is the
// time.
var seconds = regexp.MustCompile(`(?m),[^,\n]*(,[^,\n]*)$`)

// sameFiles wants the same weights and, but for their times, the same metrics.
func sameFiles(t *testing.T, got, want *runfolder.Folder) {
	t.Helper()
	read := func(folder *runfolder.Folder, name string) []byte {
		content, err := os.ReadFile(folder.File(name))
		if err != nil {
			t.Fatal(err)
		}
		if name != runfolder.MetricsFile {
			return content
		}
		return seconds.ReplaceAll(content, []byte("$1"))
	}
	for _, name := range []string{runfolder.MetricsFile, runfolder.LastWeightsFile, runfolder.BestWeightsFile, runfolder.GraphFile} {
		if !bytes.Equal(read(got, name), read(want, name)) {
			t.Errorf("%s differs from that of the run left in peace", name)
		}
	}
}
