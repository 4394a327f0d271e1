package reports

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"cifartrain/internal/runfolder"
	"cifartrain/plots"
)

// Results are those of several configs: of a comparison, of a config's seeds, or of a
// sweep.
type Results struct {
	Name       string      // of the sweep; empty for a comparison
	Contenders []Contender // of a sweep the best first; those without figures last

	// Of a sweep:
	Keys       []string       // the swept ones, dotted
	OneAtATime bool           // each setting has the first value of every key except, at most, one
	Progress   *SweepProgress // nil if the sweep has ended
	Running    []Contender    // runs in training, with their epochs so far

	differing [][]string // of a comparison: the keys in which the configs differ, with their values
}

// Finished returns the contenders that have figures to compare.
func (r *Results) Finished() []Contender {
	return slices.DeleteFunc(slices.Clone(r.Contenders), func(c Contender) bool { return c.Missing != "" })
}

// Sort puts the best settings first, by the validation figure of the best epoch as a
// mean over seeds. After them come the settings that were left behind, the ones that
// were trained longest first, and then those without figures.
func (r *Results) Sort() {
	rank := func(c Contender) int {
		switch {
		case c.Missing == "":
			return math.MaxInt
		case c.LeftBehind():
			return c.Summary().Epochs
		}
		return 0
	}
	slices.SortStableFunc(r.Contenders, func(a, b Contender) int {
		if order := rank(b) - rank(a); order != 0 || rank(a) == 0 {
			return order
		}
		switch x, y := a.row(), b.row(); {
		case x.before(y):
			return -1
		case y.before(x):
			return 1
		}
		return 0
	})
}

// Classifies reports whether the contenders are compared by their accuracies.
func (r *Results) Classifies() bool {
	all := slices.Concat(r.Contenders, r.Running)
	i := slices.IndexFunc(all, func(c Contender) bool { return len(c.Runs) > 0 })
	return i >= 0 && all[i].Summary().Task.Classifies()
}

// LearningCurves returns what the finished settings reached against the number of
// images that they were trained on: a curve for each combination of the other keys'
// values. limit is the index of the key that sets the number.
func (r *Results) LearningCurves(limit int) (curves []plots.LearningCurve) {
	for _, c := range r.Finished() {
		others := slices.Clone(c.Values)
		others[limit] = ""
		name, row := SettingLabel(r.Keys, others), c.row()
		i := slices.IndexFunc(curves, func(c plots.LearningCurve) bool { return c.Name == name })
		if i < 0 {
			i, curves = len(curves), append(curves, plots.LearningCurve{Name: name})
		}
		training, _ := row.spread("best_train")
		validation, _ := row.spread("best_val")
		curves[i].Points = append(curves[i].Points, plots.LearningPoint{Images: c.Summary().Images.Training, Training: training, Validation: validation})
	}
	return curves
}

// table returns the table of all contenders, with links that start from the folder f.
// Settings are numbered in their order, unless they are named by what they change.
func (r *Results) table(f *runfolder.Folder) table {
	keys, byKeys := ShortKeys(r.Keys), r.Keys != nil && !r.OneAtATime
	if !byKeys {
		keys = nil
	}
	var rows []result
	for i, c := range r.Contenders {
		row := c.row()
		if row.link = pageOf(f.Path, c.page); byKeys {
			row.name = fmt.Sprint(i + 1)
		} else {
			row.values = nil
		}
		rows = append(rows, row)
	}
	return newTable(keys, rows)
}

// runs returns a row for each run.
func (r *Results) runs(f *runfolder.Folder) (rows []result) {
	for _, c := range r.Contenders {
		for _, run := range c.Runs {
			row := newResult(run.Summary)
			row.name, row.link = c.Label, pageOf(f.Path, run.Path)
			rows = append(rows, row)
		}
	}
	return rows
}

// whatDiffers returns a table of the keys in which the configs of a comparison differ.
// It is empty if there are none.
func (r *Results) whatDiffers() [][]string {
	if len(r.differing) == 0 {
		return nil
	}
	head := []string{"key"}
	for _, c := range r.Finished() {
		head = append(head, c.Label)
	}
	return slices.Insert(slices.Clone(r.differing), 0, head)
}

// A resultsPage is a page with the table of results: of a comparison, a sweep or all
// runs, or of a run that has none yet.
type resultsPage struct {
	Title, Under      string
	Warnings, Answers []string
	Note              string // on the results
	Results, Runs     table
	Differing         table
	Curves            []template.HTML
	Pictures          []Picture
	Files             []string // that the page names with a link
	Command           string   // that compares finished runs
}

//go:embed results.html
var resultsText string

var resultsTemplate = newPage(resultsText)

// Page writes the page of results, which are those in a folder. A sweep may still be
// going on.
func (r *Results) Page(w io.Writer, f *runfolder.Folder, pictures []Picture) error {
	title, under, order := r.heading()
	p := resultsPage{Title: title, Under: under, Warnings: r.Warnings(), Answers: r.Answers(), Differing: table{Rows: r.whatDiffers()},
		Note: order + " Each run scored the test images once, at its end; they had no influence on training or on any choice.", Results: r.table(f), Pictures: pictures}
	if runs := r.runs(f); len(runs) > len(r.Contenders) {
		p.Runs = newTable(nil, runs)
		p.Note += " After a ± is the standard deviation over the seeds."
	}
	curves, err := figuresOf(r.charts())
	if p.Curves = curves; err == nil && r.Progress == nil {
		p.Files, err = f.Files()
	}
	if err != nil {
		return fmt.Errorf("making %s: %w", runfolder.ReportFile, err)
	}
	return resultsTemplate.Execute(w, p)
}

// Write writes the pictures of a comparison's curves, the other pictures,
// comparison.csv, and report.html, which draws curves itself and contains the other
// pictures.
func (r *Results) Write(f *runfolder.Folder, pictures []Picture) error {
	if r.Name == "" {
		charts, err := r.charts()
		if err != nil {
			return err
		}
		for i, file := range []string{runfolder.ComparisonPicture, runfolder.ComparisonLossPicture}[:len(charts)] {
			if err := f.WriteWith(file, charts[i].WritePNG); err != nil {
				return err
			}
		}
	}
	for _, picture := range pictures {
		if err := f.Write(picture.File, picture.PNG); err != nil {
			return err
		}
	}
	if err := f.WriteWith(runfolder.ComparisonTable, func(w io.Writer) error { return WriteCSV(w, r.csv()) }); err != nil {
		return err
	}
	return f.WriteWith(runfolder.ReportFile, func(w io.Writer) error { return r.Page(w, f, pictures) })
}

// charts returns the curves: first accuracies, if all classify, then losses, if all
// share their loss. Of a sweep it is the first of these, of the best settings and
// those in training, the best in color.
func (r *Results) charts() (charts []*plots.Chart, err error) {
	all := r.Finished()
	colored := len(all)
	if r.Name != "" {
		const most, best = 8, 3
		all = append(all[:min(len(all), max(1, most-len(r.Running)))], r.Running...)
		all, colored = all[:min(most, len(all))], best
	}
	if len(all) == 0 {
		return nil, nil
	}
	var drawn []plots.Contender
	var datasets []string
	for i, c := range all {
		one := plots.Contender{Name: c.Label, Yardstick: c.PCA(), Rest: i >= colored}
		for _, run := range c.Runs {
			one.Histories = append(one.Histories, run.History)
		}
		drawn = append(drawn, one)
		if dataset := c.Summary().Dataset + ": " + ClassList(c.Summary().Classes); !slices.Contains(datasets, dataset) {
			datasets = append(datasets, dataset)
		}
	}
	caption := plots.Caption{Run: r.Name, Dataset: strings.Join(datasets, "; ")}
	add := func(chart *plots.Chart, failed error) {
		charts, err = append(charts, chart), cmp.Or(err, failed)
	}
	if r.Classifies() {
		add(plots.AccuracyComparison(caption, drawn))
	}
	if sameLoss(all) && (r.Name == "" || charts == nil) {
		add(plots.LossComparison(caption, all[0].Summary().Loss, drawn))
	}
	return charts, err
}

// sameLoss reports whether all contenders share their loss, so that losses can be
// compared too.
func sameLoss(contenders []Contender) bool {
	return !slices.ContainsFunc(contenders, func(c Contender) bool { return c.Summary().Loss != contenders[0].Summary().Loss })
}

// Show shows the results on the terminal, of a sweep the best settings. A single
// config's runs stand above its mean.
func (r *Results) Show(out io.Writer, folder string) {
	if r.Name != "" { // below the lines of its runs
		fmt.Fprintln(out)
	}
	title, under, order := r.heading()
	fmt.Fprintf(out, "%s\n%s\n", title, under)
	if differing := r.whatDiffers(); differing != nil {
		Table(out, differing)
		fmt.Fprintln(out)
	}
	rows := r.table(&runfolder.Folder{Path: folder}).Rows
	if r.Name == "" && len(r.Contenders) == 1 {
		mean := r.Contenders[0].row()
		mean.name = "mean ± standard deviation"
		rows = newTable(nil, append(r.runs(new(runfolder.Folder)), mean)).Rows
	}
	const most = 15
	if more := len(rows) - 1 - most; r.Name != "" && more > 0 {
		Table(out, rows[:1+most])
		fmt.Fprintf(out, "and %d more in %s\n", more, filepath.Join(folder, runfolder.ComparisonTable))
	} else {
		Table(out, rows)
	}
	fmt.Fprintln(out)
	for _, text := range slices.Concat([]string{order}, r.Warnings(), r.Answers()) {
		if text != "" {
			say(out, "%s", text)
		}
	}
	fmt.Fprintf(out, "\nPictures, table and report: %s\n", filepath.Join(folder, runfolder.ReportFile))
}
