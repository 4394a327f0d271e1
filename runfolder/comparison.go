package runfolder

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
)

// The files of a comparison's folder.
const (
	ComparisonPicture = "comparison.png"
	ComparisonTable   = "comparison.csv"
)

// A Compared is a finished run in a comparison.
type Compared struct {
	Label   string // its name, made unique among the runs compared
	Path    string
	Summary *Summary
	History metrics.History
}

// Compare reads finished runs for a comparison. Runs must have ended with test
// figures and share their loss; the error names the one that does not.
func Compare(folders []*Folder) ([]Compared, error) {
	var runs []Compared
	for _, folder := range folders {
		summary, err := folder.Summary()
		if err != nil {
			return nil, err
		}
		if !summary.comparable() {
			return nil, fmt.Errorf("runfolder: %s holds no finished run: it is %s", folder.Path, summary.Status)
		}
		if len(runs) > 0 && summary.Loss != runs[0].Summary.Loss {
			return nil, fmt.Errorf("runfolder: %s measures another loss (%s) than %s (%s); only runs of the same loss compare",
				folder.Path, summary.Loss, runs[0].Path, runs[0].Summary.Loss)
		}
		history, err := folder.History()
		if err != nil {
			return nil, err
		}
		if len(history) == 0 {
			return nil, fmt.Errorf("runfolder: %s: no epoch", folder.File(MetricsFile))
		}
		runs = append(runs, Compared{Path: folder.Path, Summary: summary, History: history})
	}
	label(runs)
	return runs, nil
}

// comparable reports whether the summary holds every figure of a comparison.
func (s *Summary) comparable() bool {
	complete := func(f *Figures) bool {
		return f != nil && f.TestLoss != nil && (f.TestAccuracy == nil || f.TrainAccuracy != nil && f.ValidationAccuracy != nil)
	}
	return complete(s.Final) && complete(s.Best) && (s.Final.TestAccuracy == nil) == (s.Best.TestAccuracy == nil)
}

// label names runs after their configs, with the seed, and the place among the
// runs, where that is needed to tell them apart.
func label(runs []Compared) {
	names := []func(int) string{
		func(i int) string { return runs[i].Summary.Name },
		func(i int) string { return fmt.Sprintf("%s, seed %d", runs[i].Summary.Name, runs[i].Summary.Seed) },
		func(i int) string {
			return fmt.Sprintf("%s, seed %d (%d)", runs[i].Summary.Name, runs[i].Summary.Seed, i+1)
		},
	}
	for i := range runs {
		for _, name := range names {
			shared := 0
			for j := range runs {
				if name(j) == name(i) {
					shared++
				}
			}
			if runs[i].Label = name(i); shared == 1 {
				break
			}
		}
	}
}

// Contender is what metrics.Compare takes of the run.
func (c Compared) Contender() metrics.Contender {
	s, best := c.Summary, c.Summary.Best
	contender := metrics.Contender{
		Name: c.Label, Measure: "loss", Train: best.TrainLoss, Validation: best.ValidationLoss, Test: *best.TestLoss,
		SecondsPerEpoch: c.epochSeconds(), Parameters: s.Parameters,
	}
	if best.TestAccuracy != nil {
		contender.Measure = "error rate"
		contender.Train, contender.Validation, contender.Test = 1-*best.TrainAccuracy, 1-*best.ValidationAccuracy, 1-*best.TestAccuracy
	}
	return contender
}

// epochSeconds is the median time of the run's epochs: the first ones may have
// shared the processor with the principal components.
func (c Compared) epochSeconds() float64 {
	var seconds []float64
	for _, e := range c.History {
		seconds = append(seconds, e.Seconds)
	}
	slices.Sort(seconds)
	return seconds[len(seconds)/2]
}

// A Measure is one figure of all runs in a comparison.
type Measure struct {
	Name   string // in words
	Column string // in comparison.csv
	Of     func(*Summary) float64
}

// Measures are the figures of a comparison, those of accuracy only where the
// runs classify.
func Measures(runs []Compared) []Measure {
	measures := []Measure{
		{"training loss, last epoch", "train_loss", func(s *Summary) float64 { return s.Final.TrainLoss }},
		{"validation loss, last epoch", "val_loss", func(s *Summary) float64 { return s.Final.ValidationLoss }},
		{"test loss, last epoch", "test_loss", func(s *Summary) float64 { return *s.Final.TestLoss }},
		{"training loss, best epoch", "best_train_loss", func(s *Summary) float64 { return s.Best.TrainLoss }},
		{"validation loss, best epoch", "best_val_loss", func(s *Summary) float64 { return s.Best.ValidationLoss }},
		{"test loss, best epoch", "best_test_loss", func(s *Summary) float64 { return *s.Best.TestLoss }},
		{"parameters", "parameters", func(s *Summary) float64 { return float64(s.Parameters) }},
		{"epochs", "epochs", func(s *Summary) float64 { return float64(s.Epochs) }},
		{"training time, seconds", "training_seconds", func(s *Summary) float64 { return s.TrainingSeconds }},
	}
	for _, run := range runs {
		if run.Summary.Final.TestAccuracy == nil {
			return measures
		}
	}
	return append(measures,
		Measure{"test accuracy, last epoch", "test_accuracy", func(s *Summary) float64 { return *s.Final.TestAccuracy }},
		Measure{"test accuracy, best epoch", "best_test_accuracy", func(s *Summary) float64 { return *s.Best.TestAccuracy }})
}

// Answers are the sentences that hold each run against the first.
func Answers(runs []Compared) []string {
	var answers []string
	for _, run := range runs[1:] {
		answers = append(answers, metrics.Compare(runs[0].Contender(), run.Contender())...)
	}
	return answers
}

// WriteComparison writes comparison.csv, a row a run with each measure and its
// ratio to the first run's, and report.html, which holds the picture too.
func (f *Folder) WriteComparison(runs []Compared) error {
	var table bytes.Buffer
	if err := csv.NewWriter(&table).WriteAll(comparisonRows(runs)); err != nil {
		return fmt.Errorf("runfolder: making %s: %w", ComparisonTable, err)
	}
	if err := f.Write(ComparisonTable, table.Bytes()); err != nil {
		return err
	}
	picture, err := f.source(ComparisonPicture)
	if err != nil {
		return err
	}
	page := struct {
		Runs     []Compared
		Loss     string
		Rows     [][]string
		Answers  []string
		Warnings []string
		Picture  template.URL
	}{runs, runs[0].Summary.Loss, ComparisonCells(runs), Answers(runs), Warnings(runs), picture}
	return f.WriteWith(ReportFile, func(w io.Writer) error { return comparisonTemplate.Execute(w, page) })
}

//go:embed comparison.html
var comparisonPage string

var comparisonTemplate = newPage(comparisonPage, nil).Lookup("page")

// comparisonRows are the rows of comparison.csv.
func comparisonRows(runs []Compared) [][]string {
	measures := Measures(runs)
	head := []string{"run", "name", "model", "seed", "dataset"}
	for _, m := range measures {
		head = append(head, m.Column, m.Column+"_ratio")
	}
	rows := [][]string{head}
	for _, run := range runs {
		s := run.Summary
		row := []string{run.Path, s.Name, s.Model, strconv.FormatUint(s.Seed, 10), s.Dataset}
		for _, m := range measures {
			row = append(row, number(m.Of(s)), number(m.Of(s)/m.Of(runs[0].Summary)))
		}
		rows = append(rows, row)
	}
	return rows
}

// ComparisonCells is the table of a comparison for a reader: a row a measure, a
// column a run, the ratio to the first run behind each figure.
func ComparisonCells(runs []Compared) [][]string {
	head := []string{""}
	for _, run := range runs {
		head = append(head, run.Label)
	}
	rows := [][]string{head}
	for _, m := range Measures(runs) {
		row := []string{m.Name}
		for i, run := range runs {
			cell := strconv.FormatFloat(m.Of(run.Summary), 'g', 6, 64)
			if i > 0 {
				cell += fmt.Sprintf(" (%.2fx)", m.Of(run.Summary)/m.Of(runs[0].Summary))
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	return rows
}

// Warnings name what makes a comparison of the runs unfair.
func Warnings(runs []Compared) []string {
	var warnings []string
	for _, run := range runs[1:] {
		if s, first := run.Summary, runs[0].Summary; s.Dataset != first.Dataset || fmt.Sprint(s.Classes) != fmt.Sprint(first.Classes) {
			warnings = append(warnings, fmt.Sprintf("%s was trained on other images than %s: the %s.", run.Label, runs[0].Label, s.Dataset))
		}
	}
	return warnings
}
