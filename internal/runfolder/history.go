package runfolder

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"cifartrain/metrics"
)

// The columns of metrics.csv, layers.csv and correct.csv.
var (
	metricsColumns = []string{"epoch", "train_loss", "val_loss", "train_accuracy", "val_accuracy", "learning_rate", "seconds", "train_loss_after"}
	layersColumns  = []string{"epoch", "layer", "dead", "mean", "deviation", "gradient", "update"}
	correctColumns = []string{"correct"}

	// mayBeEmpty are those that not every model has.
	mayBeEmpty = []string{"train_accuracy", "val_accuracy", "train_loss_after", "dead"}
)

// The limits of a history: train.epochs cannot be larger, and no row can be
// longer.
const (
	mostEpochs = 1_000_000
	longestRow = 256
)

// AppendEpoch adds an epoch's rows to metrics.csv and to layers.csv; the first epoch's
// are written with the header, so that a file never lacks it. The accuracies and the
// later training loss of a model that does not classify stay empty. The error is a
// *WriteError.
func (f *Folder) AppendEpoch(epoch metrics.Epoch) error {
	history := metrics.History{epoch}
	if epoch.Number == 1 {
		return f.WriteHistory(history)
	}
	_, figures, _ := bytes.Cut(historyTable(history), []byte("\n"))
	_, layers, _ := bytes.Cut(layersTable(history), []byte("\n"))
	return cmp.Or(f.extend(f.File(LayersFile), layers), f.extend(f.File(MetricsFile), figures))
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
	rows := [][]string{metricsColumns}
	for _, epoch := range history {
		rows = append(rows, []string{
			strconv.Itoa(epoch.Number), number(epoch.TrainLoss), number(epoch.ValidationLoss),
			number(epoch.TrainAccuracy), number(epoch.ValidationAccuracy), number(epoch.LearningRate),
			strconv.FormatFloat(epoch.Seconds, 'f', 3, 64), number(epoch.TrainLossAfter),
		})
	}
	return table(rows)
}

// layersTable returns the layers of a history in the form of layers.csv.
func layersTable(history metrics.History) []byte {
	rows := [][]string{layersColumns}
	for _, epoch := range history {
		for _, l := range epoch.Layers {
			rows = append(rows, []string{strconv.Itoa(epoch.Number), l.Name, number(l.Dead), number(l.Mean), number(l.Deviation), number(l.Gradient), number(l.Update)})
		}
	}
	return table(rows)
}

func table(rows [][]string) []byte {
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
	history := slices.Grow(metrics.History(nil), max(0, min(bytes.Count(content, []byte("\n"))-1, mostEpochs)))
	err := parseTable(content, metricsColumns, func(fields []string) error {
		number, err := strconv.Atoi(fields[0])
		switch {
		case len(history) == mostEpochs:
			return fmt.Errorf("no run has more than %d epochs", mostEpochs)
		case err != nil:
			return fmt.Errorf("epoch %q is not a whole number", fields[0])
		case number != len(history)+1:
			return fmt.Errorf("the epoch is %d and should be %d", number, len(history)+1)
		}
		e := metrics.Epoch{Number: number}
		err = parseNumbers(metricsColumns[1:], fields[1:], &e.TrainLoss, &e.ValidationLoss, &e.TrainAccuracy, &e.ValidationAccuracy, &e.LearningRate, &e.Seconds, &e.TrainLossAfter)
		if err == nil && !(e.Seconds >= 0 && e.Seconds <= metrics.MostSeconds) {
			err = fmt.Errorf("no epoch takes %g seconds", e.Seconds)
		}
		history = append(history, e)
		return err
	})
	return history, err
}

// ReadLayers adds to a history the layers that layers.csv has of its epochs. It is an
// error if an epoch has more or fewer than the first has.
func (f *Folder) ReadLayers(history metrics.History) error {
	if len(history) == 0 {
		return nil // the file comes with the first epoch
	}
	content, err := read(f.File(LayersFile), mostEpochs*longestRow)
	if err != nil {
		return err
	}
	err = parseLayers(content, history)
	for _, epoch := range history {
		if n := len(epoch.Layers); err == nil && n != len(history[0].Layers) {
			err = fmt.Errorf("epoch %d has %d layers, and the first epoch %d", epoch.Number, n, len(history[0].Layers))
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.File(LayersFile), err)
	}
	return nil
}

// FullHistory reads both tables of a run that has trained so many epochs. It is an
// error if they lack one.
func (f *Folder) FullHistory(epochs int) (metrics.History, error) {
	history, err := f.History()
	if err == nil {
		err = f.ReadLayers(history)
	}
	if err == nil && len(history) != epochs {
		err = fmt.Errorf("%s holds %d epochs, but the run has trained %d", f.File(MetricsFile), len(history), epochs)
	} else if err == nil && epochs > 0 && history.Last().Layers == nil {
		err = fmt.Errorf("%s lacks the last epoch", f.File(LayersFile))
	}
	return history, err
}

// parseLayers reverses layersTable. It ignores rows of later epochs.
func parseLayers(content []byte, history metrics.History) error {
	return parseTable(content, layersColumns, func(fields []string) error {
		epoch, err := strconv.Atoi(fields[0])
		if err != nil || epoch < 1 {
			return fmt.Errorf("epoch %q is not a whole number above 0", fields[0])
		}
		if epoch > len(history) {
			return nil
		}
		l := metrics.Layer{Name: fields[1]}
		err = parseNumbers(layersColumns[2:], fields[2:], &l.Dead, &l.Mean, &l.Deviation, &l.Gradient, &l.Update)
		history[epoch-1].Layers = append(history[epoch-1].Layers, l)
		return err
	})
}

// parseTable calls row with the fields of each row of a CSV file, and puts the line's
// number before its error. It ends at an incomplete row.
func parseTable(content []byte, columns []string, row func(fields []string) error) error {
	head, rows, _ := bytes.Cut(content, []byte("\n"))
	if strings.TrimRight(string(head[:min(len(head), longestRow)]), "\r") != strings.Join(columns, ",") {
		return fmt.Errorf("line 1: the columns are not %v", columns)
	}
	line := 1
	for text := range bytes.Lines(rows) {
		line++
		if len(text) > longestRow {
			return fmt.Errorf("line %d is longer than %d bytes, the most that a row can have", line, longestRow)
		}
		if !bytes.HasSuffix(text, []byte("\n")) {
			return nil
		}
		fields := strings.Split(strings.TrimRight(string(text), "\r\n"), ",")
		if len(fields) != len(columns) {
			return fmt.Errorf("line %d: has %d fields, not %d", line, len(fields), len(columns))
		}
		if err := row(fields); err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
	return nil
}

// parseNumbers reverses number.
func parseNumbers(columns, fields []string, into ...*float64) (err error) {
	for i, x := range into {
		if *x = math.NaN(); fields[i] == "" && slices.Contains(mayBeEmpty, columns[i]) {
			continue
		}
		if *x, err = strconv.ParseFloat(fields[i], 64); err != nil || math.IsNaN(*x) || math.IsInf(*x, 0) {
			return fmt.Errorf("%s %q is not a finite number", columns[i], fields[i])
		}
	}
	return nil
}

// WriteCorrect writes correct.csv: for each test image, in the dataset's order, 1
// if the best weights classify it correctly and 0 otherwise. Two classifiers of the
// same images are compared by it.
func (f *Folder) WriteCorrect(correct []bool) error {
	rows := [][]string{correctColumns}
	for _, right := range correct {
		rows = append(rows, []string{map[bool]string{true: "1", false: "0"}[right]})
	}
	return f.Write(CorrectFile, table(rows))
}

// Correct reads correct.csv.
func (f *Folder) Correct() (correct []bool, err error) {
	content, err := read(f.File(CorrectFile), maxTextFile)
	if err != nil {
		return nil, err
	}
	err = parseTable(content, correctColumns, func(fields []string) error {
		correct = append(correct, fields[0] == "1")
		if fields[0] != "0" && fields[0] != "1" {
			return fmt.Errorf("%q is neither 0 nor 1", fields[0])
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.File(CorrectFile), err)
	}
	return correct, nil
}
