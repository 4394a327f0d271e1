// Package reports writes everything that people read: the pages, the texts on the
// terminal, their sentences and the numbers in them.
package reports

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"cifartrain/metrics"
	"cifartrain/plots"
)

// A Display shows on the terminal how far the work is. A quiet one shows nothing.
type Display struct {
	out   io.Writer
	live  bool // whether out is a terminal, on which a bar can be redrawn in place
	quiet bool
	bar   *progressbar.ProgressBar
	began time.Time // when the bar was first shown
	first int       // the step that it showed first
	tenth int64     // of a download: the last tenth that was announced
}

// NewDisplay returns a display on out. It draws a live bar if out is a terminal, and
// writes lines otherwise.
func NewDisplay(out io.Writer, quiet bool) *Display {
	return &Display{out: out, live: isTerminal(out), quiet: quiet}
}

func isTerminal(out io.Writer) bool {
	file, isFile := out.(interface{ Fd() uintptr })
	return isFile && term.IsTerminal(int(file.Fd()))
}

// Step shows the progress of training: how many of all the run's steps are done,
// which of the epochs is running, its loss so far, and the figures of the last
// finished epoch, which is nil during the first. A narrow terminal shows fewer
// figures.
func (d *Display) Step(task metrics.Task, done, all, epoch, epochs int, loss float64, last *metrics.Epoch) {
	if d.quiet || !d.live {
		return
	}
	if d.bar == nil {
		d.began, d.first = time.Now(), done
	}
	parts := []string{fmt.Sprintf("epoch %d/%d", epoch, epochs)}
	if last != nil && done > d.first { // earlier, starting up would distort the estimate
		left := time.Since(d.began).Seconds() * float64(all-done) / float64(done-d.first)
		parts = append(parts, Duration(left)+" left")
	}
	measured := "loss " + plots.Loss(loss)
	if last != nil {
		measured += fmt.Sprintf(" (val %s)", plots.Loss(last.ValidationLoss))
	}
	parts = append(parts, measured)
	if last != nil && task.Classifies() {
		parts = append(parts, fmt.Sprintf("acc %s (val %s)", plots.Percent(last.TrainAccuracy), plots.Percent(last.ValidationAccuracy)))
	}
	d.draw(int64(done), int64(all), fit(parts, columns(d.out)-len(" 100% []  ")-d.barWidth()))
}

// fit joins as many of the first parts as fit into a width.
func fit(parts []string, width int) string {
	text := parts[0]
	for _, part := range parts[1:] {
		if len(text)+2+len(part) > width {
			break
		}
		text += "  " + part
	}
	return text
}

// Epoch shows a finished epoch in one line, if there is no live bar.
func (d *Display) Epoch(task metrics.Task, e metrics.Epoch, epochs int) {
	if d.quiet || d.live {
		return
	}
	fmt.Fprintf(d.out, "epoch %*d/%d  loss %s (val %s)", len(fmt.Sprint(epochs)), e.Number, epochs, plots.Loss(e.Training()), plots.Loss(e.ValidationLoss))
	if task.Classifies() {
		fmt.Fprintf(d.out, "  accuracy %s (val %s)", plots.Percent(e.TrainAccuracy), plots.Percent(e.ValidationAccuracy))
	}
	fmt.Fprintf(d.out, "  learning rate %.3g  %s\n", e.LearningRate, Duration(e.Seconds))
}

// Download shows the progress of a dataset's download: done of total bytes. total
// is -1 if it is not known.
func (d *Display) Download(dataset string, done, total int64) {
	switch {
	case d.quiet:
	case d.live:
		d.draw(done, total, "fetching "+dataset, progressbar.OptionShowBytes(true))
	case total > 0:
		if tenth := 10 * done / total; tenth > d.tenth {
			d.tenth = tenth
			fmt.Fprintf(d.out, "fetching %s: %d of %d MB\n", dataset, done/1e6, total/1e6)
		}
	}
}

// Pictures shows that done of all pictures of a dataset have been read.
func (d *Display) Pictures(done, all int) {
	switch {
	case d.quiet:
	case d.live:
		d.draw(int64(done), int64(all), "reading pictures")
	case done == all:
		fmt.Fprintf(d.out, "read %d pictures\n", all)
	}
}

// Clear removes the live bar.
func (d *Display) Clear() {
	if d.bar != nil {
		d.bar.Clear()
		d.bar = nil
	}
}

// barWidth returns the width of the bar itself, which leaves most of a narrow
// terminal to the figures.
func (d *Display) barWidth() int { return min(16, max(4, columns(d.out)/5)) }

// draw draws the live bar with a text beside it.
func (d *Display) draw(done, all int64, text string, options ...progressbar.Option) {
	if d.bar == nil {
		d.bar = progressbar.NewOptions64(all, append(options,
			progressbar.OptionSetWriter(d.out),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetWidth(d.barWidth()),
			progressbar.OptionClearOnFinish(),
			progressbar.OptionSetElapsedTime(false),
			progressbar.OptionSetPredictTime(false),
			progressbar.OptionSetTheme(progressbar.ThemeASCII), // every terminal can show it
		)...)
	}
	d.bar.Describe(text)
	d.bar.Set64(done)
}
