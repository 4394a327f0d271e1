package runfolder

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"cifartrain/metrics"
)

// columns are the columns of metrics.csv.
var columns = []string{"epoch", "train_loss", "val_loss", "train_accuracy", "val_accuracy", "learning_rate", "seconds", "train_loss_after"}

// AppendEpoch adds an epoch's rows to metrics.csv and to layers.csv; those of the first
// epoch come with the header. The accuracies and the later training loss of a model that
// does not classify stay empty. The error is a *WriteError.
func (f *Folder) AppendEpoch(epoch metrics.Epoch) error {
	history := metrics.History{epoch}
	if err := f.appendRows(MetricsFile, historyTable(history), epoch.Number == 1); err != nil {
		return err
	}
	return f.appendRows(LayersFile, layersTable(history), epoch.Number == 1)
}

// appendRows adds a table's rows to a file, or makes the file with the table's header.
func (f *Folder) appendRows(name string, rows []byte, first bool) error {
	if first {
		return f.Write(name, rows) // whole or not at all, so that the file never lacks its header
	}
	_, rows, _ = bytes.Cut(rows, []byte("\n"))
	path := f.File(name)
	file, err := f.storage().open(path, os.O_WRONLY|os.O_APPEND)
	if err != nil {
		return newWriteError(path, err)
	}
	_, err = file.Write(rows) // in one call, so that no half row is left
	if err = cmp.Or(err, file.Close()); err != nil {
		return newWriteError(path, err)
	}
	return nil
}

// WriteHistory rewrites layers.csv and metrics.csv from the history, which drops later
// rows. A run without an epoch has no such files.
func (f *Folder) WriteHistory(history metrics.History) error {
	if len(history) > 0 {
		return cmp.Or(f.Write(LayersFile, layersTable(history)), f.Write(MetricsFile, historyTable(history)))
	}
	return cmp.Or(f.Remove(LayersFile), f.Remove(MetricsFile))
}

// historyTable returns the history in the form of metrics.csv.
func historyTable(history metrics.History) []byte {
	rows := [][]string{columns}
	for _, epoch := range history {
		rows = append(rows, []string{
			strconv.Itoa(epoch.Number), number(epoch.TrainLoss), number(epoch.ValidationLoss),
			number(epoch.TrainAccuracy), number(epoch.ValidationAccuracy), number(epoch.LearningRate),
			strconv.FormatFloat(epoch.Seconds, 'f', 3, 64), number(epoch.TrainLossAfter),
		})
	}
	var content bytes.Buffer
	csv.NewWriter(&content).WriteAll(rows) // writing to a buffer cannot fail
	return content.Bytes()
}

// number returns the shortest text that reads back as x, and "" for NaN.
func number(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// The limits of a history: train.epochs cannot be larger, and no row can be
// longer.
const (
	mostEpochs = 1_000_000
	longestRow = 256
)

// History reads metrics.csv. It ignores an incomplete last row, which a killed
// program may leave behind.
func (f *Folder) History() (metrics.History, error) {
	path := f.File(MetricsFile)
	content, err := read(path, mostEpochs*longestRow)
	if err != nil {
		return nil, err
	}
	history, err := parseHistory(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return history, nil
}

// parseHistory reverses historyTable.
func parseHistory(content []byte) (metrics.History, error) {
	head, rows, _ := bytes.Cut(content, []byte("\n"))
	if got := strings.TrimRight(string(head[:min(len(head), longestRow)]), "\r"); got != strings.Join(columns, ",") {
		return nil, fmt.Errorf("line 1: the columns are not %v", columns)
	}
	history := slices.Grow(metrics.History(nil), min(bytes.Count(rows, []byte("\n")), mostEpochs))
	for row := range bytes.Lines(rows) {
		line := len(history) + 2
		switch {
		case len(row) > longestRow:
			return nil, fmt.Errorf("line %d is longer than %d bytes, the most that a row can have", line, longestRow)
		case !bytes.HasSuffix(row, []byte("\n")):
			return history, nil
		case len(history) == mostEpochs:
			return nil, fmt.Errorf("line %d: no run has more than %d epochs", line, mostEpochs)
		}
		epoch, err := parseRow(strings.Split(strings.TrimRight(string(row), "\r\n"), ","))
		if err == nil && epoch.Number != len(history)+1 {
			err = fmt.Errorf("the epoch is %d and should be %d", epoch.Number, len(history)+1)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		history = append(history, epoch)
	}
	return history, nil
}

func parseRow(fields []string) (epoch metrics.Epoch, err error) {
	if len(fields) != len(columns) {
		return metrics.Epoch{}, fmt.Errorf("has %d fields, not %d", len(fields), len(columns))
	}
	if epoch.Number, err = strconv.Atoi(fields[0]); err != nil {
		return metrics.Epoch{}, fmt.Errorf("epoch %q is not a whole number", fields[0])
	}
	targets := []*float64{
		&epoch.TrainLoss, &epoch.ValidationLoss, &epoch.TrainAccuracy,
		&epoch.ValidationAccuracy, &epoch.LearningRate, &epoch.Seconds, &epoch.TrainLossAfter,
	}
	for i, target := range targets {
		name, text := columns[i+1], fields[i+1]
		if text == "" && (strings.HasSuffix(name, "_accuracy") || name == "train_loss_after") {
			*target = math.NaN()
			continue
		}
		*target, err = strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(*target) || math.IsInf(*target, 0) {
			return metrics.Epoch{}, fmt.Errorf("%s %q is not a finite number", name, text)
		}
	}
	if !(epoch.Seconds >= 0 && epoch.Seconds <= metrics.MostSeconds) {
		return metrics.Epoch{}, fmt.Errorf("no epoch takes %g seconds", epoch.Seconds)
	}
	return epoch, nil
}
