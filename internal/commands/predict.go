package commands

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"cifartrain/graphs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runs"
	"cifartrain/plots"
)

// Predict writes what the best weights of the run at path predict for the run's
// own images or for pictures: as a table or CSV on the terminal, or as CSV in
// file. For an autoencoder it draws the restored pictures beside that file. It
// never overwrites a file. Pictures that cannot be read are reported as an
// error after the others are done. See [configs.Load] for the overrides.
func Predict(ctx context.Context, s *runs.Session, path string, selection Selection, file string, overrides []string) error {
	if file != "" && file != standardOutput && strings.ToLower(filepath.Ext(file)) != ".csv" {
		return wrong("-o %s: predict writes CSV; let the name end in .csv", file)
	}
	subject, err := openSubject(ctx, s, path, selection, overrides, needsImages)
	if err != nil {
		return err
	}
	if subject.set.Len() == 0 {
		return subject.faults()
	}
	table, sheet, err := predict(ctx, subject)
	if err != nil {
		return err
	}
	switch file {
	case "":
		err = s.Display.ShowPredictions(table)
	case standardOutput:
		err = reports.WriteCSV(s.Out, table.Rows)
	default:
		if err = writePredictions(file, table, sheet); err == nil {
			fmt.Fprintf(s.Out, "wrote %s\n%s\n", file, table.Summary())
		}
		return errors.Join(err, subject.faults())
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(s.Err, table.Summary()) // apart from the rows, which may go to another program
	return subject.faults()
}

// needsImages reports whether a model's predictions need the run's own images:
// a model that restores has percentiles, which rank its errors among those of
// the test images.
func needsImages(a *graphs.Architecture) bool { return a.Task.Restores() }

// predict returns the predictions as rows and, if a model restores pictures,
// the images for a sheet.
func predict(ctx context.Context, s *subject) (table reports.Predictions, sheet []plots.RestoredImage, err error) {
	predictions, err := s.Predict(ctx, s.set)
	if err != nil {
		return table, nil, err
	}
	table.Of, table.Scores = s.words, s.Architecture.Task.Classifies()
	if table.Scores {
		s.classified(&table, predictions)
		return table, nil, nil
	}
	among := predictions
	if s.set != s.Images.Test {
		if among, err = s.Predict(ctx, s.Images.Test); err != nil {
			return table, nil, err
		}
	}
	s.restored(&table, predictions, runs.NewPercentiles(among))
	if s.own != nil {
		sheet, err = s.sheet(ctx, table.Rows[1:])
	}
	return table, sheet, err
}

// classified writes a classifier's rows.
func (s *subject) classified(table *reports.Predictions, predictions []runs.Prediction) {
	classes := s.Classes
	head := []string{s.key(), "label", "predicted"}
	if len(predictions[0].Scores) == 1 {
		head = append(head, "score")
	} else {
		for _, class := range classes {
			head = append(head, "score_"+class)
		}
	}
	table.Rows = append(table.Rows, head)
	tally := make([]int, len(classes))
	for i, prediction := range predictions {
		if place := s.label(i); place >= 0 {
			table.Labels++
			if place == prediction.Predicted {
				table.Right++
			}
		}
		tally[prediction.Predicted]++
		row := []string{s.name(i), s.className(i), classes[prediction.Predicted]}
		for _, score := range prediction.Scores {
			row = append(row, strconv.FormatFloat(float64(score), 'g', -1, 32))
		}
		table.Rows = append(table.Rows, row)
	}
	var tallies []string
	for place, count := range tally {
		if count > 0 {
			tallies = append(tallies, fmt.Sprintf("%s %s", reports.Thousands(count), classes[place]))
		}
	}
	table.Tallies = strings.Join(tallies, ", ")
}

// restored writes the rows of a model that restores its input.
func (s *subject) restored(table *reports.Predictions, predictions []runs.Prediction, percentiles runs.Percentiles) {
	table.Rows = append(table.Rows, []string{s.key(), "mse", "percentile"})
	for i, prediction := range predictions {
		table.MSE += prediction.MSE / float64(len(predictions))
		table.Rows = append(table.Rows, []string{s.name(i), strconv.FormatFloat(prediction.MSE, 'g', 7, 64),
			strconv.FormatFloat(percentiles.Of(prediction.MSE), 'f', 2, 64)})
	}
}

// mostOnSheet is how many pictures one sheet shows.
const mostOnSheet = 120

// sheet returns the first pictures with their reconstructions and the figures
// of their rows.
func (s *subject) sheet(ctx context.Context, rows [][]string) ([]plots.RestoredImage, error) {
	restored, err := s.Restore(ctx, s.set)
	if err != nil {
		return nil, err
	}
	var sheet []plots.RestoredImage
	for i, row := range rows[:min(len(rows), mostOnSheet)] {
		mse, percentile := 0.0, 0.0
		if mse, err = strconv.ParseFloat(row[1], 64); err == nil {
			percentile, err = strconv.ParseFloat(row[2], 64)
		}
		if err != nil {
			return nil, err
		}
		sheet = append(sheet, plots.RestoredImage{
			Name: filepath.Base(s.own.files[i]), Original: s.Picture(s.set, i), Restored: s.Drawn(restored[i]), MSE: mse,
			Note: fmt.Sprintf("percentile %.1f", percentile),
		})
	}
	return sheet, nil
}

const sheetNote = "The percentile says what percentage of the test images have a smaller error: near 100, a picture is unlike those that the model was trained on."

// writePredictions writes the table and, if there is one, the sheet beside it.
func writePredictions(file string, table reports.Predictions, sheet []plots.RestoredImage) error {
	var content bytes.Buffer
	if err := reports.WriteCSV(&content, table.Rows); err != nil {
		return err
	}
	drawing := strings.TrimSuffix(file, filepath.Ext(file)) + ".png"
	if _, err := os.Lstat(drawing); err == nil && len(sheet) > 0 {
		return wrong("%s, where the pictures would be drawn, exists already and is not overwritten: name another file with -o", drawing)
	}
	if err := writeNew(file, content.Bytes()); err != nil || len(sheet) == 0 {
		return err
	}
	content.Reset()
	caption := plots.Caption{Dataset: table.Of}
	if err := plots.RestoredGroups(&content, caption, "Pictures restored", sheetNote, []plots.RestoredGroup{{Images: sheet}}); err != nil {
		return err
	}
	return writeNew(drawing, content.Bytes())
}
