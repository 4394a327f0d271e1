package reports

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"cifartrain/plots"
)

// Predictions are a model's outputs for images, as a table: a head and a row for
// each image.
type Predictions struct {
	Rows [][]string

	Of      string // "2,000 test images"
	Labels  int    // of a classifier: how many images have a known class
	Right   int    // how many of these are classified correctly
	Tallies string // of a classifier: "40 frog, 60 horse"
	MSE     float64
	Scores  bool // whether the rows hold a classifier's scores; otherwise they hold errors
}

// fewPredictions is the largest number of predictions that a terminal shows as a
// table for people.
const fewPredictions = 25

// Show shows the predictions as a table if they are few and out is a terminal, and
// otherwise writes them as CSV.
func (p Predictions) Show(out io.Writer) error {
	if isTerminal(out) && len(p.Rows) <= 1+fewPredictions {
		rows := make([][]string, len(p.Rows))
		for i, row := range p.Rows {
			rows[i] = append([]string(nil), row...)
			for column, cell := range row {
				if value, err := strconv.ParseFloat(cell, 64); err == nil && strings.Contains(cell, ".") {
					rows[i][column] = fmt.Sprintf("%.4g", value)
				}
			}
		}
		Table(out, rows)
		return nil
	}
	return WriteCSV(out, p.Rows)
}

// Summary sums up the predictions in one line.
func (p Predictions) Summary() string {
	accuracy := plots.Percent(float64(p.Right) / float64(p.Labels))
	switch {
	case !p.Scores:
		return fmt.Sprintf("%s: mean MSE %s", p.Of, plots.Loss(p.MSE))
	case p.Labels == 0:
		return fmt.Sprintf("%s: %s", p.Of, p.Tallies)
	case p.Labels < len(p.Rows)-1:
		return fmt.Sprintf("%s: %s; accuracy %s on the %s whose class is known", p.Of, p.Tallies, accuracy, Thousands(p.Labels))
	}
	return fmt.Sprintf("%s: accuracy %s", p.Of, accuracy)
}
