package reports

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"html/template"
	"io"
	"strconv"

	"cifartrain/metrics"
	"cifartrain/runfolder"
)

// A DrawnPicture is a picture with its content.
type DrawnPicture struct {
	Picture
	PNG []byte
}

// Source is the picture as a page holds it.
func (p DrawnPicture) Source() template.URL {
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(p.PNG))
}

// WriteSweep writes the pictures, comparison.csv, a row a run with its swept
// values and each measure, the best setting first, and report.html, which holds
// the pictures too.
func WriteSweep(f *runfolder.Folder, s *Sweep, pictures []DrawnPicture) error {
	for _, p := range pictures {
		if err := f.Write(p.File, p.PNG); err != nil {
			return err
		}
	}
	var table bytes.Buffer
	if err := csv.NewWriter(&table).WriteAll(s.rows()); err != nil {
		return fmt.Errorf("making %s: %w", runfolder.ComparisonTable, err)
	}
	if err := f.Write(runfolder.ComparisonTable, table.Bytes()); err != nil {
		return err
	}
	return f.WriteWith(runfolder.ReportFile, func(w io.Writer) error { return SweepPage(w, s, pictures) })
}

// SweepPage writes the page of a sweep, which may not have ended.
func SweepPage(w io.Writer, s *Sweep, pictures []DrawnPicture) error {
	return sweepTemplate.Execute(w, struct {
		*Sweep
		Rows     [][]string
		Pictures []DrawnPicture
	}{s, s.Cells(len(s.Settings)), pictures})
}

//go:embed sweep.html
var sweepPage string

var sweepTemplate = newPage(sweepPage).Lookup("page")

// rows are those of comparison.csv.
func (s *Sweep) rows() [][]string {
	var measures []Measure
	if finished := s.compared(); len(finished) > 0 {
		measures = Measures(finished)
	}
	head := append(append([]string{"run"}, s.Keys...), "model", "seed", "dataset", "status")
	for _, m := range measures {
		head = append(head, m.Column)
	}
	rows := [][]string{head}
	for _, setting := range s.Settings {
		for _, run := range setting.Runs {
			r := run.Summary
			row := append([]string{run.Path}, setting.Values...)
			row = append(row, r.Model, strconv.FormatUint(r.Seed, 10), r.Dataset, r.Status)
			for _, m := range measures {
				row = append(row, exact(m.Of(r)))
			}
			rows = append(rows, row)
		}
		if setting.Missing != "" {
			row := append([]string{""}, setting.Values...)
			rows = append(rows, append(append(row, "", "", "", setting.Missing), make([]string, len(measures))...))
		}
	}
	return rows
}

// compared are the settings that have figures.
func (s *Sweep) compared() []Compared {
	var compared []Compared
	for _, setting := range s.Finished() {
		compared = append(compared, setting.Compared)
	}
	return compared
}

// Best are the best settings, at most so many, for a picture of their curves.
func (s *Sweep) Best(most int) []Compared {
	best := s.compared()
	return best[:min(len(best), most)]
}

// Cells is the table of the sweep for a reader, at most so many settings.
// Figures over several seeds are means with their standard deviation.
func (s *Sweep) Cells(most int) [][]string {
	head := append([]string{""}, ShortKeys(s.Keys)...)
	rows := [][]string{append(head, "validation "+s.measure(), "test "+s.measure(), "best epoch", "seconds")}
	for i, setting := range s.Settings[:min(most, len(s.Settings))] {
		row := append([]string{strconv.Itoa(i + 1)}, setting.Values...)
		if setting.Missing != "" {
			row[0] = "–"
			why := "failed" // comparison.csv has the reason
			if setting.Missing == notFinished {
				why = notFinished
			}
			rows = append(rows, append(row, why, "–", "–", "–"))
			continue
		}
		mean := func(of func(*runfolder.Summary) float64) float64 { return Measure{Of: of}.Over(setting.Compared).Mean }
		rows = append(rows, append(row, s.figureText(s.Figure(setting)), s.figureText(s.over(setting, true)),
			fmt.Sprintf("%.3g", mean(func(r *runfolder.Summary) float64 { return float64(r.Best.Epoch) })),
			fmt.Sprintf("%.1f", mean(func(r *runfolder.Summary) float64 { return r.TrainingSeconds }))))
	}
	return rows
}

// figureText writes a figure of the kind that settings are told by.
func (s *Sweep) figureText(figure metrics.Spread) string {
	format, of, unit := "%.5f", 1., ""
	if s.Classifies() {
		format, of, unit = "%.2f", 100, "%"
	}
	if figure.Runs > 1 {
		return fmt.Sprintf(format+"±%.2g", of*figure.Mean, of*figure.Deviation) + unit
	}
	return fmt.Sprintf(format, of*figure.Mean) + unit
}
