package reports

import (
	"bytes"
	"fmt"
	"time"

	"cifartrain/internal/shell"
	"cifartrain/metrics"
)

// waitingTemplate is the page of a run that has nothing to show yet.
var waitingTemplate = newPage(`<!DOCTYPE html>
<html lang="en">
<head>
{{template "head"}}
<title>{{.Path}}</title>
</head>
<body>
<main data-live="waiting">
<h1>{{.Path}}</h1>
<p class="lead">{{.Why}}</p>
<p class="soft">This page shows the run as soon as there is one.</p>
</main>
{{template "foot"}}
</body>
</html>
`).Lookup("page")

// Waiting returns the page of a run that cannot be shown yet. It says why.
func Waiting(path, why string) ([]byte, error) {
	var page bytes.Buffer
	err := waitingTemplate.Execute(&page, struct{ Path, Why string }{path, why})
	return page.Bytes(), err
}

// HowFar says how far a run in the folder at path is, which has added nothing for so
// long; 0 if that is no time.
func HowFar(path string, history metrics.History, epochs int, quiet time.Duration) string {
	if quiet > 0 {
		return fmt.Sprintf("%d of %d epochs are done, and for %s nothing has been added: the run may have been stopped. It can go on with: %s",
			len(history), epochs, Duration(quiet.Seconds()), shell.Command("-resume", path))
	}
	if len(history) == 0 {
		return fmt.Sprintf("No epoch of %d has ended yet.", epochs)
	}
	recent := history[max(0, len(history)-10):]
	seconds := 0.0
	for _, epoch := range recent {
		seconds += epoch.Seconds
	}
	left := seconds / float64(len(recent)) * float64(epochs-len(history))
	if left <= 0 {
		return fmt.Sprintf("All %s are done; what they gave is being scored and drawn.", Epochs(epochs))
	}
	return fmt.Sprintf("It is training: %d of %d epochs are done, about %s are left.", len(history), epochs, Duration(left))
}
