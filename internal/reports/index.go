package reports

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"cifartrain/internal/runfolder"
	"cifartrain/plots"
)

// IndexFile is the page of all runs, in the folder that holds them.
const IndexFile = "index.html"

//go:embed index.html
var indexPage string

var indexTemplate = newPage(indexPage)

// WriteIndex writes the page of all runs in root, with links to their pages. It
// writes none where there are no runs, and never replaces a page that this
// program has not written.
func WriteIndex(root string) error {
	folder, table := &runfolder.Folder{Path: root}, listRuns(root)
	if len(table.Rows) == 0 {
		return nil
	}
	page, err := os.ReadFile(folder.File(IndexFile))
	if err == nil && !bytes.Contains(page, []byte(generator)) && !bytes.Contains(page, []byte(earlierMark)) {
		return fmt.Errorf("%s was not written by this program and stays as it is: rename it to have a list of runs there", folder.File(IndexFile))
	}
	return folder.WriteWith(IndexFile, func(w io.Writer) error {
		return indexTemplate.Execute(w, struct{ Table runTable }{table})
	})
}

// What marks a page as this program's, and what it says in those of versions
// that did not write the mark.
const (
	generator   = `<meta name="generator" content="cifartrain">`
	earlierMark = "<code>go run . compare RUN RUN</code>"
)

// ShowRuns shows all runs in root with their figures, and where the same is a
// page, unless that could not be written.
func ShowRuns(out io.Writer, root string, written bool) {
	table := listRuns(root)
	if len(table.Rows) == 0 {
		fmt.Fprintf(out, "there are no runs in %s\n", root)
		return
	}
	rows := [][]string{table.Head}
	for _, row := range table.Rows {
		rows = append(rows, append([]string{row.Name}, row.Cells...))
	}
	Table(out, rows)
	fmt.Fprintf(out, "\n%s in %s\n", counted(len(table.Rows), "folder"), root)
	if written {
		fmt.Fprintf(out, "This list as a page: %s\n", filepath.Join(root, IndexFile))
	}
}

// listRuns lists the runs, sweeps and comparisons in root, the newest first. One
// that cannot be read has dashes instead of figures.
func listRuns(root string) runTable {
	table := runTable{Head: []string{"run", "status", "validation", "test", "test, last epoch", "best epoch", "epochs", "time"}}
	for _, folder := range runfolder.List(root) {
		name, err := filepath.Rel(root, folder.Path)
		if err != nil {
			name = folder.Path
		}
		link := ""
		if _, err := os.Stat(folder.File(runfolder.ReportFile)); err == nil {
			link = pageOf(root, folder.Path)
		}
		table.Rows = append(table.Rows, linkedRow{filepath.ToSlash(name), link, listed(folder)})
	}
	return table
}

// listed returns a folder's cells in the list of runs.
func listed(folder *runfolder.Folder) []string {
	const none = "–"
	status, cells := "", []string{none, none, none, none, none, none}
	summary, err := folder.Summary()
	switch _, _, sweep := runfolder.OpenSweep(folder.Path); {
	case sweep:
		status = "sweep"
	case runfolder.IsComparison(folder.Path):
		status = "comparison"
	case err != nil:
		status = "not finished"
	default:
		status, cells = summary.Status, listedFigures(summary)
		if status == runfolder.Training && !folder.Locked() {
			status = "cut off"
		}
	}
	return append([]string{status}, cells...)
}

func listedFigures(s *runfolder.Summary) []string {
	text := func(f *runfolder.Figures, loss, accuracy func(*runfolder.Figures) *float64) string {
		switch {
		case f == nil:
			return "–"
		case s.Task.Classifies():
			return optional(accuracy(f), plots.Percent)
		}
		return optional(loss(f), plots.Loss)
	}
	validation := func(f *runfolder.Figures) string {
		return text(f, func(f *runfolder.Figures) *float64 { return &f.ValidationLoss }, func(f *runfolder.Figures) *float64 { return f.ValidationAccuracy })
	}
	test := func(f *runfolder.Figures) string {
		return text(f, func(f *runfolder.Figures) *float64 { return f.TestLoss }, func(f *runfolder.Figures) *float64 { return f.TestAccuracy })
	}
	best := "–"
	if s.Best != nil {
		best = strconv.Itoa(s.Best.Epoch)
	}
	return []string{validation(s.Best), test(s.Best), test(s.Final), best, strconv.Itoa(s.Epochs), Duration(s.Seconds)}
}
