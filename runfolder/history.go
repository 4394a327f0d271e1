package runfolder

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"

	"cifartrain/metrics"
)

// columns are those of metrics.csv.
var columns = []string{"epoch", "train_loss", "val_loss", "train_accuracy", "val_accuracy", "learning_rate", "seconds"}

// AppendEpoch adds an epoch's row to metrics.csv, which it starts with the
// header. The accuracies of a model that does not classify stay empty.
func (f *Folder) AppendEpoch(epoch metrics.Epoch) (err error) {
	path := f.File(MetricsFile)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("runfolder: %w", err)
	}
	defer func() {
		if err = errors.Join(err, file.Close()); err != nil {
			err = fmt.Errorf("runfolder: writing epoch %d to %s: %w", epoch.Number, path, err)
		}
	}()
	var rows [][]string
	if epoch.Number == 1 {
		rows = append(rows, columns)
	}
	var content bytes.Buffer
	if err := csv.NewWriter(&content).WriteAll(append(rows, row(epoch))); err != nil {
		return err
	}
	_, err = file.Write(content.Bytes()) // one call, so that no row stands half
	return err
}

func row(e metrics.Epoch) []string {
	return []string{
		strconv.Itoa(e.Number), number(e.TrainLoss), number(e.ValidationLoss),
		number(e.TrainAccuracy), number(e.ValidationAccuracy), number(e.LearningRate),
		strconv.FormatFloat(e.Seconds, 'f', 3, 64),
	}
}

// number is the shortest text that reads back as x, and empty for NaN.
func number(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// History reads metrics.csv.
func (f *Folder) History() (metrics.History, error) {
	path := f.File(MetricsFile)
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("runfolder: %w", err)
	}
	defer file.Close()
	reader := csv.NewReader(file)
	rows, err := reader.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("runfolder: reading %s: %w", path, err)
	}
	if len(rows) == 0 || !slices.Equal(rows[0], columns) {
		return nil, fmt.Errorf("runfolder: %s: line 1: the columns are not %v", path, columns)
	}
	var history metrics.History
	for i, fields := range rows[1:] {
		epoch, err := parseRow(fields)
		if err != nil {
			return nil, fmt.Errorf("runfolder: %s: line %d: %w", path, i+2, err)
		}
		history = append(history, epoch)
	}
	return history, nil
}

func parseRow(fields []string) (epoch metrics.Epoch, err error) {
	if epoch.Number, err = strconv.Atoi(fields[0]); err != nil {
		return metrics.Epoch{}, fmt.Errorf("epoch %q is no whole number", fields[0])
	}
	targets := []*float64{
		&epoch.TrainLoss, &epoch.ValidationLoss, &epoch.TrainAccuracy,
		&epoch.ValidationAccuracy, &epoch.LearningRate, &epoch.Seconds,
	}
	for i, target := range targets {
		if *target = math.NaN(); fields[i+1] == "" {
			continue
		}
		if *target, err = strconv.ParseFloat(fields[i+1], 64); err != nil {
			return metrics.Epoch{}, fmt.Errorf("%s %q is no number", columns[i+1], fields[i+1])
		}
	}
	return epoch, nil
}
