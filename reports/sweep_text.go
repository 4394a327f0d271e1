package reports

import (
	"fmt"
	"io"
	"path/filepath"

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
		text = "validation loss " + loss(best.ValidationLoss)
		if best.ValidationAccuracy != nil {
			text = "validation accuracy " + percent(*best.ValidationAccuracy)
		}
		text += fmt.Sprintf(" (epoch %d)", best.Epoch)
	}
	fmt.Fprintf(d.out, "%*d/%d  %s: %s, %s\n", len(fmt.Sprint(all)), ended, all, label, text, Duration(seconds))
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
		fmt.Fprintln(out, wrap(text, width))
	}
	fmt.Fprintf(out, "\nPictures, table and report: %s\n", filepath.Join(folder, runfolder.ReportFile))
}
