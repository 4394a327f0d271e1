package commands

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"cifartrain/internal/reports"
	"cifartrain/internal/runs"
	"cifartrain/plots"
)

// predict writes what a run's best weights predict for its own images or for
// pictures: as a table or CSV on the terminal, or as CSV in the file of -o. For
// an autoencoder it draws the pictures and their reconstructions beside that file. It overwrites
// nothing. Pictures that cannot be read are an error after the others are done.
func (p *program) predict(ctx context.Context, operands []string) error {
	if p.file != "" && p.file != standardOutput && strings.ToLower(filepath.Ext(p.file)) != ".csv" {
		return runs.Requestf("-o %s: predict writes CSV; let the name end in .csv", p.file)
	}
	s, err := p.openSubject(ctx, operands, true)
	if err != nil {
		return err
	}
	if s.set.Len() == 0 {
		return s.unread()
	}
	predictions, err := s.Predict(ctx, s.set)
	if err != nil {
		return err
	}
	var table reports.Predictions
	var sheet []plots.Reconstruction
	if s.Architecture.Task.Classifies() {
		table = s.classified(predictions)
	} else if table, sheet, err = s.reconstructed(ctx, predictions); err != nil {
		return err
	}
	table.Of = s.words
	told := p.stderr // apart from the rows, which may go to another program
	switch p.file {
	case "":
		err = table.Show(p.stdout)
	case standardOutput:
		err = reports.WriteCSV(p.stdout.raw(), table.Rows)
	default:
		told = p.stdout
		if err = writePredictions(p.file, table, sheet); err == nil {
			fmt.Fprintf(told, "wrote %s\n", p.file)
		}
	}
	if err != nil {
		return errors.Join(err, s.unread())
	}
	fmt.Fprintln(told, table.Summary())
	return s.unread()
}

// classified returns a classifier's rows. Of two classes there is one score, and the
// probability of the second.
func (s *subject) classified(predictions []runs.Prediction) reports.Predictions {
	two := len(s.Classes) == 2
	columns := func(name string) (all []string) {
		if two {
			return []string{name}
		}
		for _, class := range s.Classes {
			all = append(all, name+"_"+class)
		}
		return all
	}
	head := append([]string{s.key, "label", "predicted"}, columns("score")...)
	if predictions[0].Probabilities != nil {
		head = append(head, columns("probability")...)
	}
	table := reports.Predictions{Rows: [][]string{head}, Scores: true}
	tally := make([]int, len(s.Classes))
	for i, prediction := range predictions {
		if s.labels[i] >= 0 {
			table.Labels++
		}
		if s.labels[i] == prediction.Predicted {
			table.Right++
		}
		tally[prediction.Predicted]++
		row := []string{s.names[i], s.class(i), s.Classes[prediction.Predicted]}
		for _, score := range prediction.Scores {
			row = append(row, strconv.FormatFloat(float64(score), 'g', -1, 32))
		}
		for place, probability := range prediction.Probabilities {
			if place > 0 || !two {
				row = append(row, strconv.FormatFloat(probability, 'g', 7, 64))
			}
		}
		table.Rows = append(table.Rows, row)
	}
	var tallies []string
	for place, count := range tally {
		if count > 0 {
			tallies = append(tallies, fmt.Sprintf("%s %s", reports.Thousands(count), s.Classes[place]))
		}
	}
	table.Tallies = strings.Join(tallies, ", ")
	return table
}

// reconstructed returns the rows of a model that reconstructs its input, and the first of
// the user's pictures beside their reconstructions.
func (s *subject) reconstructed(ctx context.Context, predictions []runs.Prediction) (table reports.Predictions, sheet []plots.Reconstruction, err error) {
	const mostOnSheet = 120
	among := predictions
	if s.set != s.Test {
		if among, err = s.Predict(ctx, s.Test); err != nil {
			return table, nil, err
		}
	}
	if s.key == "file" {
		var first []int
		for i := range min(mostOnSheet, s.set.Len()) {
			first = append(first, i)
		}
		if sheet, err = s.Reconstruct(ctx, s.set.Pick(first)); err != nil {
			return table, nil, err
		}
	}
	var sorted []float64
	for _, prediction := range among {
		sorted = append(sorted, prediction.MSE)
	}
	slices.Sort(sorted)
	table.Rows = [][]string{{s.key, "mse", "percentile"}}
	for i, prediction := range predictions {
		lower, _ := slices.BinarySearch(sorted, prediction.MSE)
		percentile := 100 * float64(lower) / float64(len(sorted))
		table.MSE += prediction.MSE / float64(len(predictions))
		table.Rows = append(table.Rows, []string{s.names[i], strconv.FormatFloat(prediction.MSE, 'g', 7, 64), strconv.FormatFloat(percentile, 'f', 2, 64)})
		if i < len(sheet) {
			sheet[i].Name, sheet[i].MSE, sheet[i].Note = filepath.Base(s.names[i]), prediction.MSE, fmt.Sprintf("percentile %.1f", percentile)
		}
	}
	return table, sheet, nil
}

const sheetNote = "The percentile is the percentage of test images with a smaller error: near 100, a picture is unlike those that the model was trained on."

// writePredictions writes the table and, if there is one, the sheet beside it.
func writePredictions(file string, table reports.Predictions, sheet []plots.Reconstruction) error {
	var content bytes.Buffer
	if err := reports.WriteCSV(&content, table.Rows); err != nil {
		return err
	}
	drawing := strings.TrimSuffix(file, filepath.Ext(file)) + ".png"
	if _, err := os.Lstat(drawing); err == nil && len(sheet) > 0 {
		return runs.Requestf("%s, where the pictures would be drawn, exists already and is not overwritten: name another file with -o", drawing)
	}
	if err := writeNew(file, content.Bytes()); err != nil || len(sheet) == 0 {
		return err
	}
	content.Reset()
	caption := plots.Caption{Dataset: table.Of}
	if err := plots.ReconstructionGroups(&content, caption, "Pictures beside their reconstructions", sheetNote, []plots.ReconstructionGroup{{Images: sheet}}); err != nil {
		return fmt.Errorf("drawing %s: %w", drawing, err)
	}
	return writeNew(drawing, content.Bytes())
}
