package reports

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/csv"
	"fmt"
	"html/template"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
	"cifartrain/plots"
)

// A result is a row of the table of results, the same one on every page, on the
// terminal and in comparison.csv: a run, or a config over its seeds.
type result struct {
	name, link string   // there is no link if link is empty
	values     []string // of the keys that have columns of their own
	seeds      string
	status     string
	classifies bool
	figures    map[string]metrics.Spread // by column of comparison.csv
}

// A column is a figure in comparison.csv. of returns nil for what was not measured.
type column struct {
	name string
	of   func(*runfolder.Summary) *float64
}

var measured = slices.Concat(
	figureColumns("", func(s *runfolder.Summary) *runfolder.Figures { return s.Final }),
	figureColumns("best_", func(s *runfolder.Summary) *runfolder.Figures { return s.Best }),
	[]column{
		{"epochs", func(s *runfolder.Summary) *float64 { return number(s.Epochs) }},
		{"parameters", func(s *runfolder.Summary) *float64 { return number(s.Parameters) }},
		{"training_seconds", func(s *runfolder.Summary) *float64 { return &s.TrainingSeconds }},
	})

// figureColumns are those of the weights of one epoch, which of chooses.
func figureColumns(prefix string, of func(*runfolder.Summary) *runfolder.Figures) (all []column) {
	add := func(name string, figure func(*runfolder.Figures) *float64) {
		all = append(all, column{prefix + name, func(s *runfolder.Summary) *float64 {
			if of(s) == nil {
				return nil
			}
			return figure(of(s))
		}})
	}
	add("train_accuracy", func(f *runfolder.Figures) *float64 { return f.TrainAccuracy })
	add("val_accuracy", func(f *runfolder.Figures) *float64 { return f.ValidationAccuracy })
	add("test_accuracy", func(f *runfolder.Figures) *float64 { return f.TestAccuracy })
	add("train_loss_after", func(f *runfolder.Figures) *float64 { return f.TrainLossAfter })
	add("train_loss", func(f *runfolder.Figures) *float64 { return &f.TrainLoss })
	add("val_loss", func(f *runfolder.Figures) *float64 { return &f.ValidationLoss })
	add("test_loss", func(f *runfolder.Figures) *float64 { return f.TestLoss })
	add("epoch", func(f *runfolder.Figures) *float64 { return number(f.Epoch) })
	return all
}

func number(n int) *float64 { x := float64(n); return &x }

// newResult returns the row of runs that differ only in their seeds. There must be
// at least one.
func newResult(name, link string, values []string, runs ...*runfolder.Summary) result {
	r := result{name: name, link: link, values: values, status: runs[0].Status, classifies: runs[0].Task.Classifies(), figures: make(map[string]metrics.Spread)}
	var seeds []uint64
	for _, s := range runs {
		seeds = append(seeds, s.Seed)
	}
	r.seeds = seedText(seeds)
	for _, column := range measured {
		var all []float64
		for _, s := range runs {
			if figure := column.of(s); figure != nil {
				all = append(all, *figure)
			}
		}
		if len(all) == len(runs) {
			r.figures[column.name] = metrics.NewSpread(all)
		}
	}
	return r
}

// seedText writes seeds: 3; 1–5; or 1, 3, 8.
func seedText(seeds []uint64) string {
	seeds = slices.Sorted(slices.Values(seeds))
	first, end := seeds[0], seeds[len(seeds)-1]
	if len(seeds) > 2 && end-first == uint64(len(seeds)-1) {
		return fmt.Sprintf("%d–%d", first, end)
	}
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(seeds), "[]"), " ", ", ")
}

// text writes a figure of the row: an accuracy if the model classifies, else a
// loss. name is the column without _accuracy or _loss.
func (r result) text(name string) string {
	measure := "_loss"
	if r.classifies {
		measure = "_accuracy"
	}
	spread, measured := r.figures[name+measure]
	if !measured {
		return ""
	}
	return spreadText(r.classifies, spread)
}

// interval writes the 95% interval of the mean test figure at the best epoch.
func (r result) interval() string {
	name, text := "best_test_loss", plots.Loss
	if r.classifies {
		name, text = "best_test_accuracy", plots.Percent
	}
	low, high := r.figures[name].Interval()
	if r.figures[name].Runs < 2 {
		return ""
	}
	return text(low) + " to " + text(high)
}

// whole writes a count, or the mean of counts.
func (r result) whole(name string) string {
	switch spread, measured := r.figures[name]; {
	case !measured:
		return ""
	case spread.Mean != math.Trunc(spread.Mean):
		return fmt.Sprintf("%.1f", spread.Mean)
	default:
		return Thousands(int(spread.Mean))
	}
}

// A table is the table of results for a reader.
type table struct {
	Head []string
	Rows []linkedRow
}

// A linkedRow is a row of a table whose first cell is a link to a page.
type linkedRow struct {
	Name, Link string // there is no link if Link is empty
	Cells      []string
}

// newTable returns the table of results, with a column for each of the keys. It
// leaves out columns that say nothing in any row.
func newTable(keys []string, results []result) table {
	head := append(slices.Clone(keys), "seed", "training", "validation", "test", "test, 95% interval", "test, last epoch", "best epoch", "epochs", "parameters", "time", "status")
	cells := make([][]string, len(results))
	for i, r := range results {
		duration := ""
		if r.figures["training_seconds"].Mean > 0 {
			duration = Duration(r.figures["training_seconds"].Mean)
		}
		values := r.values
		if values == nil {
			values = make([]string, len(keys))
		}
		cells[i] = append(append(slices.Clone(values), r.seeds, r.text("best_train"), r.text("best_val"), r.text("best_test"), r.interval(), r.text("test"),
			r.whole("best_epoch"), r.whole("epochs"), r.whole("parameters")), duration, r.status)
	}
	t := table{Head: []string{"run"}}
	for _, r := range results {
		t.Rows = append(t.Rows, linkedRow{Name: r.name, Link: r.link})
	}
	for k, name := range head {
		column := make([]string, len(results))
		for i := range results {
			column[i] = cells[i][k]
		}
		if !slices.ContainsFunc(column, func(cell string) bool { return cell != "" && cell != runfolder.Finished }) {
			continue
		}
		alignPoints(column)
		t.Head = append(t.Head, name)
		for i, cell := range column {
			t.Rows[i].Cells = append(t.Rows[i].Cells, cmp.Or(cell, "–"))
		}
	}
	return t
}

// figureSpace is as wide as a digit.
const figureSpace = "\u2007"

// alignPoints makes the decimal points of a column of figures, which is flush right,
// stand below each other. Percentages all have one decimal and stay as they are.
func alignPoints(column []string) {
	after := func(cell string) int { // what follows the first figure's point
		if point := strings.IndexByte(cell, '.'); point >= 0 && !strings.HasSuffix(cell, "s") && !strings.HasSuffix(cell, "%") {
			return utf8.RuneCountInString(cell[point:])
		}
		return 0
	}
	most := 0
	for _, cell := range column {
		most = max(most, after(cell))
	}
	for i, cell := range column {
		if strings.IndexAny(cell, "-0123456789") == 0 && !strings.HasSuffix(cell, "%") { // a number, perhaps a whole one
			column[i] += strings.Repeat(figureSpace, most-after(cell))
		}
	}
}

// rows returns the table for a terminal, at most so many of its rows.
func (t table) rows(most int) [][]string {
	rows := [][]string{append([]string{""}, t.Head[1:]...)}
	for _, row := range t.Rows[:min(most, len(t.Rows))] {
		line := []string{row.Name}
		for _, cell := range row.Cells { // all characters of a terminal are as wide as a digit
			line = append(line, strings.ReplaceAll(cell, figureSpace, " "))
		}
		rows = append(rows, line)
	}
	return rows
}

// A recorded run is one of comparison.csv, with the row of its config.
type recorded struct {
	path    string
	summary *runfolder.Summary // nil for runs without figures
	config  result
}

// writeFiles writes the pictures and comparison.csv, which has a row for each run:
// each figure, and after it the mean, the sample standard deviation and the 95%
// interval over the n runs of its config.
func writeFiles(f *runfolder.Folder, keys []string, runs []recorded, pictures []Picture) error {
	for _, picture := range pictures {
		if err := f.Write(picture.File, picture.PNG); err != nil {
			return err
		}
	}
	head := append(append([]string{"run"}, keys...), "model", "seed", "dataset", "status", "config", "n")
	for _, column := range measured {
		head = append(head, column.name)
		for _, of := range []string{"_mean", "_sd", "_low", "_high"} {
			head = append(head, column.name+of)
		}
	}
	rows := [][]string{head}
	for _, run := range runs {
		row := append([]string{run.path}, run.config.values...)
		if run.summary == nil {
			row = append(row, "", "", "", run.config.status, run.config.name)
			rows = append(rows, append(row, make([]string, len(head)-len(row))...))
			continue
		}
		s, n := run.summary, run.config.figures["epochs"].Runs // every run has epochs
		row = append(row, s.Model, strconv.FormatUint(s.Seed, 10), s.Dataset, s.Status, run.config.name, strconv.Itoa(n))
		for _, column := range measured {
			own, spread := column.of(s), run.config.figures[column.name]
			low, high := spread.Interval()
			switch {
			case own == nil:
				row = append(row, "", "", "", "", "")
			case n == 1:
				row = append(row, exact(*own), exact(spread.Mean), "", "", "")
			default:
				row = append(row, exact(*own), exact(spread.Mean), exact(spread.Deviation), exact(low), exact(high))
			}
		}
		rows = append(rows, row)
	}
	var content bytes.Buffer
	if err := WriteCSV(&content, rows); err != nil {
		return fmt.Errorf("making %s: %w", runfolder.ComparisonTable, err)
	}
	return f.Write(runfolder.ComparisonTable, content.Bytes())
}

// readBest reads from comparison.csv the row of the config with the best validation
// figure. It returns nil if there is none.
func readBest(f *runfolder.Folder) (best *result) {
	file, err := os.Open(f.File(runfolder.ComparisonTable))
	if err != nil {
		return nil
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil
	}
	for _, row := range rows[1:] {
		cells := make(map[string]string)
		for i, name := range rows[0] {
			cells[name] = row[i]
		}
		if cells["n"] == "" {
			continue // it has no figures
		}
		value := func(name string) float64 { x, _ := strconv.ParseFloat(cells[name], 64); return x }
		r := &result{name: cells["config"], seeds: cells["seed"], classifies: cells["best_test_accuracy"] != "", figures: make(map[string]metrics.Spread)}
		if n := cells["n"]; n != "1" {
			r.seeds = n + " seeds"
		}
		for _, column := range measured {
			if cells[column.name+"_mean"] != "" {
				r.figures[column.name] = metrics.Spread{Mean: value(column.name + "_mean"), Deviation: value(column.name + "_sd"), Runs: int(value("n"))}
			}
		}
		if best == nil || r.before(*best) {
			best = r
		}
	}
	return best
}

// before reports whether the validation figure of a row is better than another's.
func (r result) before(other result) bool {
	if r.classifies {
		return r.figures["best_val_accuracy"].Mean > other.figures["best_val_accuracy"].Mean
	}
	return r.figures["best_val_loss"].Mean < other.figures["best_val_loss"].Mean
}

// A resultsPage is the page of a comparison or of a sweep.
type resultsPage struct {
	Title, Under      string
	Warnings, Answers []string
	Keys              [][]string // what differs
	Order             string     // of the results
	Results, Runs     table
	Curves            []template.HTML
	Pictures          []Picture
	Files             []string // that the page names with a link
}

//go:embed results.html
var resultsText string

var resultsTemplate = newPage(resultsText).Lookup("page")

// addRuns adds the table of runs, unless it would repeat that of the configs.
func (p *resultsPage) addRuns(runs []result) {
	if len(runs) > len(p.Results.Rows) {
		p.Runs = newTable(nil, runs)
	}
}

// pageOf returns the address of the report in a folder, relative to the folder
// from. The links keep working if both folders are moved together.
func pageOf(from, folder string) string {
	path, err := filepath.Rel(from, filepath.Join(folder, runfolder.ReportFile))
	if err != nil {
		return ""
	}
	return filepath.ToSlash(path)
}
