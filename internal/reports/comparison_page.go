package reports

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"html/template"
	"io"
	"path/filepath"
	"strconv"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
	"cifartrain/plots"
)

// A Measure is one figure of every run in a comparison.
type Measure struct {
	Name   string // in words
	Column string // in comparison.csv
	Of     func(*runfolder.Summary) float64
	form   form
}

// A form is how a measure is written for a reader.
type form int

const (
	share   form = iota // an accuracy, in percent
	amount              // a loss
	whole               // a count
	seconds             // a time
)

// Over returns the spread of the measure over a config's runs.
func (m Measure) Over(c Contender) metrics.Spread {
	var values []float64
	for _, run := range c.Runs {
		values = append(values, m.Of(run.Summary))
	}
	return metrics.NewSpread(values)
}

// Measures returns the figures by which the contenders are compared: accuracies
// if all classify, losses if all share their loss, and counts and times.
func Measures(contenders []Contender) []Measure {
	var measures []Measure
	if taskOf(contenders).Classifies() {
		measures = append(measures,
			Measure{"validation accuracy, last epoch", "val_accuracy", func(s *runfolder.Summary) float64 { return *s.Final.ValidationAccuracy }, share},
			Measure{"test accuracy, last epoch", "test_accuracy", func(s *runfolder.Summary) float64 { return *s.Final.TestAccuracy }, share},
			Measure{"validation accuracy, best epoch", "best_val_accuracy", func(s *runfolder.Summary) float64 { return *s.Best.ValidationAccuracy }, share},
			Measure{"test accuracy, best epoch", "best_test_accuracy", func(s *runfolder.Summary) float64 { return *s.Best.TestAccuracy }, share})
	}
	if sameLoss(contenders) {
		measures = append(measures,
			Measure{"training loss, last epoch", "train_loss", func(s *runfolder.Summary) float64 { return s.Final.TrainLoss }, amount},
			Measure{"validation loss, last epoch", "val_loss", func(s *runfolder.Summary) float64 { return s.Final.ValidationLoss }, amount},
			Measure{"test loss, last epoch", "test_loss", func(s *runfolder.Summary) float64 { return *s.Final.TestLoss }, amount},
			Measure{"training loss, best epoch", "best_train_loss", func(s *runfolder.Summary) float64 { return s.Best.TrainLoss }, amount},
			Measure{"validation loss, best epoch", "best_val_loss", func(s *runfolder.Summary) float64 { return s.Best.ValidationLoss }, amount},
			Measure{"test loss, best epoch", "best_test_loss", func(s *runfolder.Summary) float64 { return *s.Best.TestLoss }, amount})
	}
	return append(measures,
		Measure{"parameters", "parameters", func(s *runfolder.Summary) float64 { return float64(s.Parameters) }, whole},
		Measure{"epochs", "epochs", func(s *runfolder.Summary) float64 { return float64(s.Epochs) }, whole},
		Measure{"training time", "training_seconds", func(s *runfolder.Summary) float64 { return s.TrainingSeconds }, seconds})
}

// cell writes the measure for a reader, with its standard deviation if there are
// several runs.
func (m Measure) cell(spread metrics.Spread) string {
	switch m.form {
	case share:
		return percentSpread(spread)
	case amount:
		return lossSpread(spread)
	case seconds:
		return Duration(spread.Mean)
	}
	return Thousands(int(spread.Mean + 0.5))
}

// against writes how a figure compares with that of the first config: in
// percentage points for an accuracy, else as a ratio. It returns "" if the two are
// the same, and for times, which also depend on what else the machine did.
func (m Measure) against(spread, first metrics.Spread) string {
	switch {
	case spread.Mean == first.Mean, m.form == seconds:
		return ""
	case m.form == share:
		return fmt.Sprintf(" (%s)", signed(spread.Mean-first.Mean))
	case first.Mean == 0:
		return ""
	}
	return fmt.Sprintf(" (%s×)", ratioText(spread.Mean/first.Mean))
}

// WriteComparison writes the pictures of the curves, the other pictures,
// comparison.csv and report.html. comparison.csv has a row for each run, with each
// measure and its ratio to the mean of the first config's runs. report.html draws
// the curves itself and contains the other pictures.
func WriteComparison(f *runfolder.Folder, c *Comparison, pictures []DrawnPicture) error {
	var table bytes.Buffer
	if err := csv.NewWriter(&table).WriteAll(c.rows()); err != nil {
		return fmt.Errorf("making %s: %w", runfolder.ComparisonTable, err)
	}
	if err := f.Write(runfolder.ComparisonTable, table.Bytes()); err != nil {
		return err
	}
	page := struct {
		*Comparison
		Rows     [][]string
		Curves   []template.HTML
		Pictures []DrawnPicture
		RunTable runTable
	}{Comparison: c, Rows: c.Cells(), Pictures: pictures, RunTable: newRunTable(f, c.Contenders)}
	page.RunTable.addFailed(f, c.Failed)
	charts, err := Charts("", c.Contenders, len(c.Contenders))
	if err != nil {
		return fmt.Errorf("making %s: %w", runfolder.ReportFile, err)
	}
	for _, one := range charts {
		if err := f.WriteWith(one.File, one.Chart.WritePNG); err != nil {
			return err
		}
		curves, err := figure(one.Chart, nil)
		if err != nil {
			return fmt.Errorf("making %s: %w", runfolder.ReportFile, err)
		}
		page.Curves = append(page.Curves, curves)
	}
	for _, picture := range pictures {
		if err := f.Write(picture.File, picture.PNG); err != nil {
			return err
		}
	}
	return f.WriteWith(runfolder.ReportFile, func(w io.Writer) error { return comparisonTemplate.Execute(w, page) })
}

//go:embed comparison.html
var comparisonPage string

var comparisonTemplate = newPage(comparisonPage)

// rows returns the rows of comparison.csv.
func (c *Comparison) rows() [][]string {
	measures := Measures(c.Contenders)
	head := []string{"run", "name", "model", "seed", "dataset"}
	for _, m := range measures {
		head = append(head, m.Column, m.Column+"_ratio")
	}
	rows := [][]string{head}
	for _, contender := range c.Contenders {
		for _, run := range contender.Runs {
			s := run.Summary
			row := []string{run.Path, s.Name, s.Model, strconv.FormatUint(s.Seed, 10), s.Dataset}
			for _, m := range measures {
				ratio := ""
				if first := m.Over(c.Contenders[0]).Mean; first != 0 {
					ratio = exact(m.Of(s) / first)
				}
				row = append(row, exact(m.Of(s)), ratio)
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// Cells returns the table of a comparison for a reader: a row for each measure
// and a column for each config. How a figure compares with that of the first config
// is in brackets after it. Figures over several seeds are means with their standard
// deviation.
func (c *Comparison) Cells() [][]string {
	rows := [][]string{c.head("")}
	for _, m := range Measures(c.Contenders) {
		row := []string{m.Name}
		first := m.Over(c.Contenders[0])
		for i, contender := range c.Contenders {
			spread := m.Over(contender)
			cell := m.cell(spread)
			if i > 0 {
				cell += m.against(spread, first)
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	return rows
}

// head returns the first row of a table that has a column for each config.
func (c *Comparison) head(corner string) []string {
	head := []string{corner}
	for _, contender := range c.Contenders {
		head = append(head, contender.Label)
	}
	return head
}

// Keys returns a table of the keys in which the configs differ, with their
// values. It is empty if they differ in none.
func (c *Comparison) Keys() [][]string {
	if len(c.Differing) == 0 {
		return nil
	}
	rows := [][]string{c.head("key")}
	for _, d := range c.Differing {
		rows = append(rows, append([]string{d.Key}, d.texts()...))
	}
	return rows
}

// A runTable lists runs with links to their pages.
type runTable struct {
	Head []string
	Rows []linkedRow
}

// A linkedRow is a row of a table whose first cell is a link to a page.
type linkedRow struct {
	Name, Link string // there is no link if Link is empty
	Cells      []string
}

// newRunTable lists all runs of the contenders, each with its seed and what it
// reached. f is the folder of the page, from which the links start.
func newRunTable(f *runfolder.Folder, contenders []Contender) runTable {
	task, measure := metrics.Restore, "loss"
	if len(contenders) > 0 && taskOf(contenders).Classifies() {
		task, measure = metrics.Classify, "accuracy"
	}
	text := func(f *runfolder.Figures, of func(*runfolder.Figures) *float64) string {
		if task.Classifies() {
			return optional(of(f), plots.Percent)
		}
		return optional(of(f), plots.Loss)
	}
	validation := func(f *runfolder.Figures) *float64 {
		if task.Classifies() {
			return f.ValidationAccuracy
		}
		return &f.ValidationLoss
	}
	test := func(f *runfolder.Figures) *float64 {
		if task.Classifies() {
			return f.TestAccuracy
		}
		return f.TestLoss
	}
	table := runTable{Head: []string{"run", "seed", "validation " + measure + ", best epoch", "test " + measure + ", best epoch", "test " + measure + ", last epoch", "best epoch", "epochs"}}
	for _, contender := range contenders {
		for _, run := range contender.Runs {
			s := run.Summary
			table.Rows = append(table.Rows, linkedRow{contender.Label, pageOf(f.Path, run.Path), []string{
				strconv.FormatUint(s.Seed, 10), text(s.Best, validation), text(s.Best, test), text(s.Final, test), strconv.Itoa(s.Best.Epoch), strconv.Itoa(s.Epochs)}})
		}
	}
	return table
}

// addFailed adds a row for each run that failed.
func (t *runTable) addFailed(f *runfolder.Folder, failed []FailedRun) {
	for _, run := range failed {
		t.Rows = append(t.Rows, linkedRow{run.Summary.Name, pageOf(f.Path, run.Path), []string{
			strconv.FormatUint(run.Summary.Seed, 10), "failed", "", "", "", "", strconv.Itoa(run.Summary.Epochs)}})
	}
}

// pageOf returns the address of the report in a folder, relative to the folder
// from. The links keep working if both folders are moved together.
func pageOf(from, folder string) string {
	path, err := filepath.Rel(from, filepath.Join(folder, runfolder.ReportFile))
	if err != nil {
		return ""
	}
	return filepath.ToSlash(path)
}
