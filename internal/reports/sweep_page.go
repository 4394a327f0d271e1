package reports

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"

	"cifartrain/internal/runfolder"
)

// WriteSweep writes the pictures, comparison.csv and report.html. comparison.csv
// has a row for each run with its swept values and each measure, the best setting
// first. report.html contains the pictures too.
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
	return f.WriteWith(runfolder.ReportFile, func(w io.Writer) error { return SweepPage(w, f, s, pictures) })
}

// SweepPage writes the page of the sweep in the folder. The sweep may still be
// going on.
func SweepPage(w io.Writer, f *runfolder.Folder, s *Sweep, pictures []DrawnPicture) error {
	curves, err := s.curves()
	if err != nil {
		return fmt.Errorf("making %s: %w", runfolder.ReportFile, err)
	}
	several := slices.ContainsFunc(s.Settings, func(setting Setting) bool { return len(setting.Runs) > 1 })
	return sweepTemplate.Execute(w, struct {
		*Sweep
		Tiles    []Tile
		Pictures []DrawnPicture
		Curves   template.HTML
		Table    runTable
		Several  bool // whether a setting has several runs
		RunTable runTable
	}{s, s.tiles(), pictures, curves, s.linked(f), several, newRunTable(f, s.contenders())})
}

// curves returns the first chart of the curves of the best settings and of those in
// training, the best in color. It is empty if there are none.
func (s *Sweep) curves() (template.HTML, error) {
	const most, colored = 8, 3
	best, keys := s.Best(max(1, most-len(s.Running)))
	drawn := slices.Concat(best, s.Running)
	if len(drawn) == 0 {
		return "", nil
	}
	charts, err := Charts(strings.TrimSuffix(s.Name+": "+keys, ": "), drawn[:min(len(drawn), most)], colored)
	if err != nil || len(charts) == 0 {
		return "", err
	}
	return figure(charts[0].Chart, nil)
}

// tiles returns the figures that the page shows first: those of the best setting.
func (s *Sweep) tiles() []Tile {
	finished := s.Finished()
	if len(finished) == 0 {
		return nil
	}
	best := finished[0]
	return []Tile{
		{spreadText(s.task(), s.Figure(best)), fmt.Sprintf("validation %s of the best setting", s.measure())},
		{spreadText(s.task(), s.test(best)), fmt.Sprintf("test %s of the same weights", s.measure())},
		{counted(len(s.Settings), "setting"), fmt.Sprintf("of %s, %s", counted(len(s.Keys), "key"), counted(s.Trained(), "run"))},
	}
}

// linked returns the table of all settings, each with a link to the page of its
// first run.
func (s *Sweep) linked(f *runfolder.Folder) runTable {
	cells := s.Cells(len(s.Settings))
	table := runTable{Head: cells[0]}
	for i, row := range cells[1:] {
		link := ""
		if setting := s.Settings[i]; len(setting.Runs) > 0 {
			link = pageOf(f.Path, setting.Runs[0].Path)
		}
		table.Rows = append(table.Rows, linkedRow{row[0], link, row[1:]})
	}
	return table
}

//go:embed sweep.html
var sweepPage string

var sweepTemplate = newPage(sweepPage).Lookup("page")

// rows returns the rows of comparison.csv.
func (s *Sweep) rows() [][]string {
	var measures []Measure
	if finished := s.contenders(); len(finished) > 0 {
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

// Cells returns the table of the sweep for a reader, with at most so many settings.
// Figures over several seeds are means with their standard deviation.
func (s *Sweep) Cells(most int) [][]string {
	keys := ShortKeys(s.Keys)
	if s.OneAtATime {
		keys = []string{"change"}
	}
	rows := [][]string{append(append([]string{""}, keys...), "validation "+s.measure(), "test "+s.measure(), "best epoch", "time")}
	for i, setting := range s.Settings[:min(most, len(s.Settings))] {
		values := setting.Values
		if s.OneAtATime {
			values = []string{setting.Label}
		}
		row := append([]string{strconv.Itoa(i + 1)}, values...)
		if setting.Missing != "" {
			row[0] = "–"
			why := "failed" // comparison.csv has the reason
			switch {
			case len(setting.Paused) > 0 && setting.Now != "":
				why = spreadText(s.task(), s.Figure(setting)) + " so far, " + setting.Now
			case setting.Now != "":
				why = setting.Now
			case len(setting.Paused) > 0:
				why = "left behind at " + spreadText(s.task(), s.Figure(setting))
			case setting.Missing == notFinished, setting.Missing == deleted:
				why = setting.Missing
			}
			rows = append(rows, append(row, why, "–", "–", "–"))
			continue
		}
		mean := func(of func(*runfolder.Summary) float64) float64 { return Measure{Of: of}.Over(setting.Contender).Mean }
		rows = append(rows, append(row, spreadText(s.task(), s.Figure(setting)), spreadText(s.task(), s.test(setting)),
			fmt.Sprintf("%.3g", mean(func(r *runfolder.Summary) float64 { return float64(r.Best.Epoch) })),
			Duration(mean(func(r *runfolder.Summary) float64 { return r.TrainingSeconds }))))
	}
	return rows
}
