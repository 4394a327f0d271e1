package reports

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cifartrain/internal/shell"
	"cifartrain/metrics"
)

// BarOnly returns a display like d that shows only the live bar, for one run among
// many.
func (d *Display) BarOnly() *Display {
	return &Display{out: d.out, live: d.live, quiet: d.quiet || !d.live}
}

// Run shows in one line how a run of a sweep has ended.
func (d *Display) Run(ended, all int, run Contender, seconds float64) {
	if d.quiet {
		return
	}
	text := run.Missing
	if text == "" {
		text = fmt.Sprintf("validation %s (epoch %d)", bestText(run.Summary()), run.Summary().Best.Epoch)
	}
	fmt.Fprintf(d.out, "%*d/%d  %s: %s, %s\n", len(fmt.Sprint(all)), ended, all, run.Label, text, Duration(seconds))
}

// SweepProgress says how far a sweep is.
type SweepProgress struct {
	Done, All       int      // runs of the round
	Round, Rounds   int      // of successive halving; any other sweep has one round
	Running         []string // for each run in training, the process that trains it; "" if that is not known
	EpochsLeft      int      // of all runs and rounds
	SecondsPerEpoch float64  // 0 if no epoch has ended
}

// Sweep shows in one line how far a sweep is.
func (d *Display) Sweep(p SweepProgress) {
	if !d.quiet {
		fmt.Fprintln(d.out, p)
	}
}

// String says in a sentence how many runs are done, how many are in training and by
// which process, how many are waiting, and when the sweep will be over.
func (p SweepProgress) String() string {
	counts := make(map[string]int)
	for _, who := range p.Running {
		if who != "" {
			counts[who]++
		}
	}
	var by []string
	for _, who := range slices.Sorted(maps.Keys(counts)) {
		by = append(by, fmt.Sprintf("%d by %s", counts[who], who))
	}
	text := fmt.Sprintf("%d of %d runs are done", p.Done, p.All)
	if p.Rounds > 1 {
		text = fmt.Sprintf("Round %d of %d: %s", p.Round, p.Rounds, text)
	}
	text += fmt.Sprintf(", %d in training", len(p.Running))
	if len(by) > 0 {
		text += fmt.Sprintf(" (%s)", strings.Join(by, ", "))
	}
	text += fmt.Sprintf(", %d waiting", p.All-p.Done-len(p.Running))
	switch {
	case len(p.Running) == 0:
		return text + "; no process is working on it at the moment."
	case p.SecondsPerEpoch == 0:
		return text + "."
	}
	return fmt.Sprintf("%s; about %s left.", text, Duration(p.SecondsPerEpoch*float64(p.EpochsLeft)/float64(len(p.Running))))
}

// Waiting returns the page of a run that cannot be shown yet. It says why.
func Waiting(path, why string) ([]byte, error) {
	var page bytes.Buffer
	err := resultsTemplate.Execute(&page, resultsPage{Title: path, Answers: []string{why, "This page shows the run as soon as there is one."}})
	return page.Bytes(), err
}

// HowFar says how far a run in the folder at path is, which has added nothing for so
// long; 0 if that is no time.
func HowFar(path string, history metrics.History, epochs int, quiet time.Duration) string {
	done := fmt.Sprintf("%d of %d epochs are done", len(history), epochs)
	switch {
	case quiet > 0:
		return fmt.Sprintf("%s. Nothing was added for %s, so the run may have been stopped. Go on with it: %s", done, Duration(quiet.Seconds()), shell.Command("-resume", path))
	case len(history) == 0:
		return fmt.Sprintf("None of the %d epochs has ended yet.", epochs)
	case len(history) >= epochs:
		return fmt.Sprintf("All %s are done; the test images are scored and the pictures drawn.", Epochs(epochs))
	}
	recent := history[max(0, len(history)-10):]
	seconds := 0.0
	for _, epoch := range recent {
		seconds += epoch.Seconds
	}
	return fmt.Sprintf("%s, about %s left.", done, Duration(seconds/float64(len(recent))*float64(epochs-len(history))))
}
