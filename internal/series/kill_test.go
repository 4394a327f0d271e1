package series

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// killsVariable names an environment variable that asks for more kills than go test
// has time for.
const killsVariable = "CIFARTRAIN_KILLS"

// A joiner is a process that works on a sweep with others.
type joiner struct {
	*exec.Cmd
	told, warned *bytes.Buffer
	done         chan struct{}
}

// joiner starts a process for the job.
func (j job) joiner(t *testing.T) *joiner {
	t.Helper()
	text, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	one := &joiner{exec.Command(os.Args[0]), new(bytes.Buffer), new(bytes.Buffer), make(chan struct{})}
	one.Env = append(os.Environ(), jobVariable+"="+string(text))
	one.Stdout, one.Stderr = one.told, one.warned
	if err := one.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		one.Wait()
		close(one.done)
	}()
	return one
}

// disturbed has two processes do the job. It kills so many of them at random
// moments, and starts another one in the place of each. It returns all processes
// once they have ended; if the work was done sooner, fewer were killed.
func (j job) disturbed(t *testing.T, random *rand.Rand, kills int) (all []*joiner, killed int) {
	t.Helper()
	all = []*joiner{j.joiner(t), j.joiner(t)}
	for working := all; len(working) > 0; working = atWork(all) {
		victim := working[random.IntN(len(working))]
		select {
		case <-victim.done:
			continue
		case <-time.After(time.Duration(random.Int64N(int64(500 * time.Millisecond)))):
		}
		if killed < kills && victim.Process.Kill() == nil {
			<-victim.done
			killed++
			all = append(all, j.joiner(t))
		}
	}
	return all, killed
}

// atWork returns the processes that have not ended.
func atWork(all []*joiner) (working []*joiner) {
	for _, one := range all {
		select {
		case <-one.done:
		default:
			working = append(working, one)
		}
	}
	return working
}

// trainedOnce checks that no process failed by itself, and that no run was trained
// to its end twice.
func trainedOnce(t *testing.T, all []*joiner) {
	t.Helper()
	times := make(map[string]int)
	for _, one := range all {
		if one.ProcessState.ExitCode() > 0 {
			t.Fatalf("a process failed by itself: %s", one.warned)
		}
		for _, told := range ended.FindAllStringSubmatch(one.told.String(), -1) {
			if times[told[1]]++; times[told[1]] > 1 {
				t.Errorf("%s was trained to its end again", told[1])
			}
		}
	}
}

// ended matches what a process prints about a run that it has trained to its end.
var ended = regexp.MustCompile(`(?m)^ *\d+/\d+  (.*?): `)

// TestKillJoined kills processes that work together on small sweeps, at random
// moments, and puts others in their place. It wants every run to have the bytes
// of one process that trains the sweep alone, and none to be trained to its end
// twice.
func TestKillJoined(t *testing.T) {
	kills := 3
	if text := os.Getenv(killsVariable); text != "" {
		var err error
		if kills, err = strconv.Atoi(text); err != nil {
			t.Fatalf("%s=%s is not a number", killsVariable, text)
		}
	} else if testing.Short() {
		t.Skip("-short leaves out what starts and kills many processes for seconds")
	}
	alone := newJob(t, "train.epochs=6", "sweep.optimizer.learning_rate=[1e-4, 1e-3]", "sweep.loss.c=[0.1, 1]")
	if out, err := alone.did(t); err != nil {
		t.Fatal(out, err)
	}
	random := rand.New(rand.NewPCG(1, uint64(kills)))
	sweeps, again := 0, 0
	for left := kills; left > 0; sweeps++ {
		together := alone
		together.Runs, together.Join = t.TempDir(), "night"
		all, killed := together.disturbed(t, random, left)
		left -= killed
		trainedOnce(t, all)
		p := planAt(t, together.Runs, "svm", "night")
		sameRuns(t, p, planAt(t, alone.Runs, "svm", "latest"))
		for _, run := range p.runs {
			claims, err := filepath.Glob(run.File(".claim-*"))
			if err != nil {
				t.Fatal(err)
			}
			again += len(claims) - 1
		}
	}
	t.Logf("%d kills in %d sweeps; runs were taken up again %d times", kills, sweeps, again)
}
