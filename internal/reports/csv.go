package reports

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
)

// csv returns comparison.csv, which has a row for each run: each figure, and after it
// the mean, the sample standard deviation and the 95% interval over the n runs of its
// config. A contender without any run has a row that says why.
func (r *Results) csv() [][]string {
	head := append(append([]string{"run"}, r.Keys...), "model", "seed", "dataset", "status", "config", "n")
	for _, one := range measurements(new(runfolder.Summary)) {
		head = append(head, one.column)
		for _, of := range []string{"_mean", "_sd", "_low", "_high"} {
			head = append(head, one.column+of)
		}
	}
	rows := [][]string{head}
	for _, c := range r.Contenders {
		config := c.row()
		for _, run := range c.Runs {
			s := run.Summary
			row := append(append([]string{run.Path}, c.Values...), s.Model, strconv.FormatUint(s.Seed, 10), s.Dataset, s.Status, c.Label, strconv.Itoa(len(c.Runs)))
			for _, own := range measurements(s) {
				spread, known := config.figures[own.column]
				if !known {
					spread.Mean = math.NaN()
				}
				if spread.Runs < 2 {
					spread.Deviation = math.NaN()
				}
				low, high := spread.Interval()
				for _, x := range []float64{own.value, spread.Mean, spread.Deviation, low, high} {
					cell := ""
					if !math.IsNaN(x) {
						cell = strconv.FormatFloat(x, 'g', -1, 64)
					}
					row = append(row, cell)
				}
			}
			rows = append(rows, row)
		}
		if c.Missing != "" && !c.LeftBehind() {
			row := append(append([]string{""}, c.Values...), "", "", "", c.Missing, c.Label)
			rows = append(rows, append(row, make([]string, len(head)-len(row))...))
		}
	}
	return rows
}

// readBest reads from comparison.csv the row of the config with the best validation
// figure. It returns a row without figures if there is none.
func readBest(f *runfolder.Folder) (best result) {
	table, _ := f.Read(runfolder.ComparisonTable) // without it there are no rows
	rows, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil || len(rows) == 0 {
		return result{}
	}
	for _, row := range rows[1:] {
		cells := make(map[string]string)
		for i, name := range rows[0] {
			cells[name] = row[i]
		}
		if cells["n"] == "" || cells["status"] == runfolder.Paused {
			continue // it has no figures, or figures of its first epochs
		}
		r := result{seeds: cells["seed"], classifies: cells["best_test_accuracy"] != "", figures: make(map[string]metrics.Spread)}
		if n := cells["n"]; n != "1" {
			r.seeds = n + " seeds"
		}
		number := func(name string) float64 { x, _ := strconv.ParseFloat(cells[name], 64); return x }
		for _, one := range measurements(new(runfolder.Summary)) {
			if cells[one.column+"_mean"] != "" {
				r.figures[one.column] = metrics.Spread{Mean: number(one.column + "_mean"), Deviation: number(one.column + "_sd"), Runs: int(number("n"))}
			}
		}
		if best.figures == nil || r.before(best) {
			best = r
		}
	}
	return best
}

// WriteCSV writes rows as CSV. A text that a spreadsheet would take for a formula
// gets an apostrophe in front.
func WriteCSV(out io.Writer, rows [][]string) error {
	writer := csv.NewWriter(out)
	for _, row := range rows {
		guarded := slices.Clone(row)
		for i, cell := range row {
			if _, err := strconv.ParseFloat(cell, 64); err != nil && cell != "" && strings.Contains("=+-@\t\r", cell[:1]) {
				guarded[i] = "'" + cell
			}
		}
		writer.Write(guarded) // Error returns its error
	}
	writer.Flush()
	if err := writer.Error(); err != nil {
		return fmt.Errorf("writing the rows: %w", err)
	}
	return nil
}
