package reports

import "bytes"

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
