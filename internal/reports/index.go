package reports

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"cifartrain/internal/runfolder"
	"cifartrain/internal/shell"
)

// IndexFile is the page of all runs, in the folder that holds them.
const IndexFile = "index.html"

// WriteIndex writes the page of all runs in root, with links to their pages. It
// writes none where there are no runs, and never replaces a page that this
// program has not written.
func WriteIndex(root string) error {
	folder, runs := &runfolder.Folder{Path: root}, listRuns(root)
	if len(runs.Rows) == 1 {
		return nil
	}
	page, err := folder.Read(IndexFile)
	if !errors.Is(err, fs.ErrNotExist) && !bytes.Contains(page, []byte(generator)) {
		return fmt.Errorf("%s was not written by this program and stays as it is: rename it to have a list of runs there", folder.File(IndexFile))
	}
	return folder.WriteWith(IndexFile, func(w io.Writer) error {
		return resultsTemplate.Execute(w, resultsPage{Title: "Runs", Results: runs, Command: shell.Command("compare", "RUN", "RUN"),
			Note: "Each run is named by its config and the time at which it began, in UTC; the newest is first. A comparison or a sweep has the figures of its best config."})
	})
}

// generator marks a page as this program's.
const generator = `<meta name="generator" content="cifartrain">`

// ShowRuns shows all runs in root with their figures, and where the same is a
// page, unless that could not be written.
func ShowRuns(out io.Writer, root string, written bool) {
	runs := listRuns(root)
	if len(runs.Rows) == 1 {
		fmt.Fprintf(out, "there are no runs in %s\n", root)
		return
	}
	Table(out, runs.Rows)
	fmt.Fprintf(out, "\n%s in %s\n", Counted(len(runs.Rows)-1, "folder"), root)
	if written {
		fmt.Fprintf(out, "This list as a page: %s\n", filepath.Join(root, IndexFile))
	}
}

// listRuns lists the runs, sweeps and comparisons in root, the newest first. One
// that cannot be read has dashes instead of figures.
func listRuns(root string) table {
	var all []result
	for _, folder := range runfolder.List(root) {
		name, err := filepath.Rel(root, folder.Path)
		if err != nil {
			name = folder.Path
		}
		r := listed(folder)
		r.name = filepath.ToSlash(name)
		if folder.Has(runfolder.ReportFile) {
			r.link = pageOf(root, folder.Path)
		}
		all = append(all, r)
	}
	return newTable(nil, all)
}

// listed returns a folder's row in the list of runs.
func listed(folder *runfolder.Folder) (r result) {
	sweep := folder.Has(runfolder.SweepFile)
	if sweep || folder.Has(runfolder.ComparisonTable) {
		r = readBest(folder)
		r.status = "comparison"
		if sweep {
			r.status = "sweep"
		}
		return r
	}
	summary, err := folder.Summary()
	if err != nil {
		return result{status: notFinished}
	}
	r = newResult(summary)
	if r.status == runfolder.Training && !folder.Locked() {
		r.status = "cut off"
	}
	return r
}
