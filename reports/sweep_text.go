package reports

import (
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"cifartrain/plots"
	"cifartrain/runfolder"
)

// BarOnly returns a display like d that shows its live bar and nothing else:
// for runs that are many.
func (d *Display) BarOnly() *Display {
	return &Display{out: d.out, live: d.live, quiet: d.quiet || !d.live}
}

// Run tells of a run of a sweep that has ended, one line.
func (d *Display) Run(ended, all int, label string, outcome Setting, seconds float64) {
	if d.quiet {
		return
	}
	text := outcome.Missing
	if text == "" {
		best := outcome.Summary().Best
		text = "validation loss " + plots.Loss(best.ValidationLoss)
		if best.ValidationAccuracy != nil {
			text = "validation accuracy " + plots.Percent(*best.ValidationAccuracy)
		}
		text += fmt.Sprintf(" (epoch %d)", best.Epoch)
	}
	fmt.Fprintf(d.out, "%*d/%d  %s: %s, %s\n", len(fmt.Sprint(all)), ended, all, label, text, Duration(seconds))
}

// SweepProgress says how far a sweep is that many processes work on.
type SweepProgress struct {
	Done, All     int      // runs
	Running       []string // by whom, one entry a run
	SecondsPerRun float64
}

// Sweep tells how far a sweep is, one line.
func (d *Display) Sweep(p SweepProgress) {
	if d.quiet || p.Done == p.All {
		return
	}
	counts := make(map[string]int)
	for _, who := range p.Running {
		counts[who]++
	}
	var by []string
	for _, who := range slices.Sorted(maps.Keys(counts)) {
		by = append(by, fmt.Sprintf("%d by %s", counts[who], who))
	}
	text := fmt.Sprintf("%d of %d runs are done", p.Done, p.All)
	if len(by) > 0 {
		text += fmt.Sprintf(", %d being trained (%s)", len(p.Running), strings.Join(by, ", "))
	}
	left := p.SecondsPerRun * float64(p.All-p.Done) / float64(max(1, len(p.Running)))
	fmt.Fprintf(d.out, "%s, %d wait; about %s are left\n", text, p.All-p.Done-len(p.Running), Duration(left))
}

// ShowSweep shows the best settings of a sweep and what they answer.
func ShowSweep(out io.Writer, s *Sweep, folder string) {
	const most = 15
	fmt.Fprintln(out)
	Table(out, s.Cells(most))
	if more := len(s.Settings) - most; more > 0 {
		fmt.Fprintf(out, "and %d more in %s\n", more, filepath.Join(folder, runfolder.ComparisonTable))
	}
	fmt.Fprintln(out, "\nOrdered by validation figures of the best epoch; test figures choose nothing.")
	for _, text := range append(s.Warnings(), s.Answers()...) {
		fmt.Fprintln(out, wrap(text, widthOf(out)))
	}
	fmt.Fprintf(out, "\nPictures, table and report: %s\n", filepath.Join(folder, runfolder.ReportFile))
}
