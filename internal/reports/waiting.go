package reports

import (
	"bytes"
	"fmt"
	"time"

	"cifartrain/internal/shell"
	"cifartrain/metrics"
)

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
