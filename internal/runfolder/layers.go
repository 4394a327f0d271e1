package runfolder

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strconv"
	"strings"

	"cifartrain/metrics"
)

// layerColumns are the columns of layers.csv.
var layerColumns = []string{"epoch", "layer", "dead", "mean", "deviation", "gradient", "update"}

// layersTable returns the layers of a history in the form of layers.csv.
func layersTable(history metrics.History) []byte {
	rows := [][]string{layerColumns}
	for _, epoch := range history {
		for _, l := range epoch.Layers {
			rows = append(rows, []string{strconv.Itoa(epoch.Number), l.Name, number(l.Dead), number(l.Mean), number(l.Deviation), number(l.Gradient), number(l.Update)})
		}
	}
	var content bytes.Buffer
	csv.NewWriter(&content).WriteAll(rows) // writing to a buffer cannot fail
	return content.Bytes()
}

// ReadLayers adds to a history the layers that layers.csv has of its epochs. A run from
// before there was such a file has none.
func (f *Folder) ReadLayers(history metrics.History) error {
	content, err := read(f.File(LayersFile), mostEpochs*longestRow)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = parseLayers(content, history)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.File(LayersFile), err)
	}
	return nil
}

// parseLayers reverses layersTable. It ignores rows of later epochs and an incomplete
// last row, which a killed program may leave behind.
func parseLayers(content []byte, history metrics.History) error {
	head, rows, _ := bytes.Cut(content, []byte("\n"))
	if string(head[:min(len(head), longestRow)]) != strings.Join(layerColumns, ",") {
		return fmt.Errorf("line 1: the columns are not %v", layerColumns)
	}
	line := 1
	for row := range bytes.Lines(rows) {
		line++
		if len(row) > longestRow {
			return fmt.Errorf("line %d is longer than %d bytes, the most that a row can have", line, longestRow)
		}
		fields := strings.Split(strings.TrimSuffix(string(row), "\n"), ",")
		epoch, err := strconv.Atoi(fields[0])
		if epoch > len(history) || !bytes.HasSuffix(row, []byte("\n")) {
			return nil
		}
		if len(fields) != len(layerColumns) || err != nil || epoch < 1 {
			return fmt.Errorf("line %d does not hold an epoch and the %d figures of a layer", line, len(layerColumns)-2)
		}
		layer := metrics.Layer{Name: fields[1]}
		for i, figure := range []*float64{&layer.Dead, &layer.Mean, &layer.Deviation, &layer.Gradient, &layer.Update} {
			name, text := layerColumns[i+2], fields[i+2]
			if *figure, err = strconv.ParseFloat(text, 64); text == "" && name == "dead" {
				*figure = math.NaN()
			} else if err != nil || math.IsNaN(*figure) || math.IsInf(*figure, 0) {
				return fmt.Errorf("line %d: %s %q is not a finite number", line, name, text)
			}
		}
		history[epoch-1].Layers = append(history[epoch-1].Layers, layer)
	}
	return nil
}
