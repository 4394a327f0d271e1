package reports

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"

	"cifartrain/metrics"
	"cifartrain/runfolder"
)

// A Measure is one figure of every run in a comparison.
type Measure struct {
	Name   string // in words
	Column string // in comparison.csv
	Of     func(*runfolder.Summary) float64
	Share  bool // of 1, written in percent for a reader
}

// Over is the measure's spread over a config's runs.
func (m Measure) Over(c Compared) metrics.Spread {
	var values []float64
	for _, run := range c.Runs {
		values = append(values, m.Of(run.Summary))
	}
	return metrics.NewSpread(values)
}

// Measures are the figures that compare: losses where all share their loss,
// accuracies where all classify.
func Measures(compared []Compared) []Measure {
	var measures []Measure
	if SameLoss(compared) {
		measures = append(measures,
			Measure{"training loss, last epoch", "train_loss", func(s *runfolder.Summary) float64 { return s.Final.TrainLoss }, false},
			Measure{"validation loss, last epoch", "val_loss", func(s *runfolder.Summary) float64 { return s.Final.ValidationLoss }, false},
			Measure{"test loss, last epoch", "test_loss", func(s *runfolder.Summary) float64 { return *s.Final.TestLoss }, false},
			Measure{"training loss, best epoch", "best_train_loss", func(s *runfolder.Summary) float64 { return s.Best.TrainLoss }, false},
			Measure{"validation loss, best epoch", "best_val_loss", func(s *runfolder.Summary) float64 { return s.Best.ValidationLoss }, false},
			Measure{"test loss, best epoch", "best_test_loss", func(s *runfolder.Summary) float64 { return *s.Best.TestLoss }, false})
	}
	if !slices.ContainsFunc(compared, func(c Compared) bool { return c.Summary().Final.TestAccuracy == nil }) {
		measures = append(measures,
			Measure{"validation accuracy, last epoch", "val_accuracy", func(s *runfolder.Summary) float64 { return *s.Final.ValidationAccuracy }, true},
			Measure{"test accuracy, last epoch", "test_accuracy", func(s *runfolder.Summary) float64 { return *s.Final.TestAccuracy }, true},
			Measure{"validation accuracy, best epoch", "best_val_accuracy", func(s *runfolder.Summary) float64 { return *s.Best.ValidationAccuracy }, true},
			Measure{"test accuracy, best epoch", "best_test_accuracy", func(s *runfolder.Summary) float64 { return *s.Best.TestAccuracy }, true})
	}
	return append(measures,
		Measure{"parameters", "parameters", func(s *runfolder.Summary) float64 { return float64(s.Parameters) }, false},
		Measure{"epochs", "epochs", func(s *runfolder.Summary) float64 { return float64(s.Epochs) }, false},
		Measure{"training time, seconds", "training_seconds", func(s *runfolder.Summary) float64 { return s.TrainingSeconds }, false})
}

// Answers are the sentences that hold each config against the first, or that say
// what a single one reaches over its seeds.
func Answers(compared []Compared) []string {
	if len(compared) == 1 {
		return []string{compared[0].overSeeds()}
	}
	var answers []string
	for _, other := range compared[1:] {
		answers = append(answers, metrics.Compare(compared[0].Contender(), other.Contender())...)
	}
	return answers
}

// WriteComparison writes comparison.csv, a row a run with each measure and its
// ratio to the mean of the first config's runs, and report.html, which draws
// the curves itself.
func WriteComparison(f *runfolder.Folder, compared []Compared) error {
	var table bytes.Buffer
	if err := csv.NewWriter(&table).WriteAll(comparisonRows(compared)); err != nil {
		return fmt.Errorf("making %s: %w", runfolder.ComparisonTable, err)
	}
	if err := f.Write(runfolder.ComparisonTable, table.Bytes()); err != nil {
		return err
	}
	curves, err := figure(Chart(compared))
	if err != nil {
		return fmt.Errorf("making %s: %w", runfolder.ReportFile, err)
	}
	page := struct {
		Title    string
		Compared []Compared
		Loss     string
		Rows     [][]string
		Answers  []string
		Warnings []string
		Curves   template.HTML
	}{ComparisonTitle(compared), compared, LossCompared(compared), ComparisonCells(compared), Answers(compared), Warnings(compared), curves}
	return f.WriteWith(runfolder.ReportFile, func(w io.Writer) error { return comparisonTemplate.Execute(w, page) })
}

//go:embed comparison.html
var comparisonPage string

var comparisonTemplate = newPage(comparisonPage)

// ComparisonTitle says what is compared.
func ComparisonTitle(compared []Compared) string {
	if len(compared) == 1 {
		return fmt.Sprintf("%s over %d seeds", compared[0].Label, len(compared[0].Runs))
	}
	return fmt.Sprintf("Comparison of %d configs", len(compared))
}

// LossCompared names the loss that all share, or says that they do not.
func LossCompared(compared []Compared) string {
	if SameLoss(compared) {
		return compared[0].Summary().Loss
	}
	return "losses of different units, so accuracies only"
}

// comparisonRows are the rows of comparison.csv.
func comparisonRows(compared []Compared) [][]string {
	measures := Measures(compared)
	head := []string{"run", "name", "model", "seed", "dataset"}
	for _, m := range measures {
		head = append(head, m.Column, m.Column+"_ratio")
	}
	rows := [][]string{head}
	for _, c := range compared {
		for _, run := range c.Runs {
			s := run.Summary
			row := []string{run.Path, s.Name, s.Model, strconv.FormatUint(s.Seed, 10), s.Dataset}
			for _, m := range measures {
				row = append(row, exact(m.Of(s)), exact(m.Of(s)/m.Over(compared[0]).Mean))
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// ComparisonCells is the table of a comparison for a reader: a row a measure, a
// column a config, the ratio to the first config behind each figure. Figures
// over several seeds are means with their standard deviation.
func ComparisonCells(compared []Compared) [][]string {
	head := []string{""}
	for _, c := range compared {
		head = append(head, c.Label)
	}
	rows := [][]string{head}
	for _, m := range Measures(compared) {
		row := []string{m.Name}
		first := m.Over(compared[0]).Mean
		for i, c := range compared {
			spread := m.Over(c)
			cell := m.cell(spread)
			if i > 0 {
				cell += fmt.Sprintf(" (%.2fx)", spread.Mean/first)
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	return rows
}

// cell writes the measure for a reader, with its standard deviation where it
// has one.
func (m Measure) cell(spread metrics.Spread) string {
	switch {
	case m.Share && spread.Deviation > 0:
		return fmt.Sprintf("%.2f±%.2f%%", 100*spread.Mean, 100*spread.Deviation)
	case m.Share:
		return fmt.Sprintf("%.2f%%", 100*spread.Mean)
	case spread.Deviation > 0:
		return fmt.Sprintf("%.5g±%.2g", spread.Mean, spread.Deviation)
	default:
		return strconv.FormatFloat(spread.Mean, 'g', 6, 64)
	}
}

// Warnings name what makes a comparison unfair.
func Warnings(compared []Compared) []string {
	var warnings []string
	first := compared[0].Summary()
	for _, c := range compared[1:] {
		if s := c.Summary(); s.Dataset != first.Dataset || fmt.Sprint(s.Classes) != fmt.Sprint(first.Classes) {
			warnings = append(warnings, fmt.Sprintf("%s was trained on other images than %s: the %s.", c.Label, compared[0].Label, s.Dataset))
		}
	}
	return warnings
}
