package reports

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
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

// A measured is a run's figure with its column of comparison.csv; value is NaN if it
// was not measured.
type measured struct {
	column string
	value  float64
}

// measurements returns a run's figures, in the order of the columns.
func measurements(s *runfolder.Summary) (all []measured) {
	unknown := math.NaN()
	add := func(column string, value *float64) { all = append(all, measured{column, *cmp.Or(value, &unknown)}) }
	for i, f := range []*runfolder.Figures{s.Final, s.Best} {
		prefix, epoch := []string{"", "best_"}[i], unknown
		if f != nil {
			epoch = float64(f.Epoch)
		} else {
			f = &runfolder.Figures{TrainLoss: unknown, ValidationLoss: unknown}
		}
		add(prefix+"train_accuracy", f.TrainAccuracy)
		add(prefix+"val_accuracy", f.ValidationAccuracy)
		add(prefix+"test_accuracy", f.TestAccuracy)
		add(prefix+"train_loss_after", f.TrainLossAfter)
		add(prefix+"train_loss", &f.TrainLoss)
		add(prefix+"val_loss", &f.ValidationLoss)
		add(prefix+"test_loss", f.TestLoss)
		add(prefix+"epoch", &epoch)
	}
	return append(all, measured{"epochs", float64(s.Epochs)}, measured{"parameters", float64(s.Parameters)}, measured{"training_seconds", s.TrainingSeconds})
}

// newResult returns the row of runs that differ only in their seeds. There must be
// at least one.
func newResult(runs ...*runfolder.Summary) result {
	r := result{status: runs[0].Status, classifies: runs[0].Task.Classifies(), figures: make(map[string]metrics.Spread)}
	var seeds []uint64
	values := make(map[string][]float64)
	for _, s := range runs {
		seeds = append(seeds, s.Seed)
		for _, one := range measurements(s) {
			values[one.column] = append(values[one.column], one.value)
		}
	}
	r.seeds = seedText(seeds)
	for column, all := range values {
		if spread := metrics.NewSpread(all); !math.IsNaN(spread.Mean) {
			r.figures[column] = spread
		}
	}
	return r
}

// row returns the contender's row of the table.
func (c Contender) row() result {
	r := result{status: c.Missing}
	if len(c.Runs) > 0 {
		var summaries []*runfolder.Summary
		for _, run := range c.Runs {
			summaries = append(summaries, run.Summary)
		}
		r = newResult(summaries...)
	}
	r.name, r.values = c.Label, c.Values
	switch {
	case c.Now != "":
		r.status = c.Now
	case c.LeftBehind():
		r.status = "left behind"
	case c.Missing == notFinished || c.Missing == deleted:
		r.status = c.Missing
	case c.Missing != "":
		r.status = "failed" // comparison.csv has the reason
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

// spread returns a figure of the row: an accuracy if the model classifies, else a loss.
// name is the column without _accuracy or _loss.
func (r result) spread(name string) (spread metrics.Spread, known bool) {
	spread, known = r.figures[name+"_"+measure(r.classifies)]
	return spread, known
}

// mean returns the mean of a figure of the row, named as for spread, or NaN.
func (r result) mean(name string) float64 {
	if spread, known := r.spread(name); known {
		return spread.Mean
	}
	return math.NaN()
}

// text writes a figure of the row, which is named as for spread.
func (r result) text(name string) string {
	spread, known := r.spread(name)
	if !known {
		return ""
	}
	return spreadText(r.classifies, spread)
}

// interval writes the 95% interval of the mean test figure at the best epoch.
func (r result) interval() string {
	spread, _ := r.spread("best_test")
	if spread.Runs < 2 {
		return ""
	}
	low, high := spread.Interval()
	low = max(low, 0) // no accuracy or loss is lower
	if r.classifies {
		return plots.Percent(low) + " to " + plots.Percent(min(high, 1))
	}
	return plots.Loss(low) + " to " + plots.Loss(high)
}

// whole writes a count, or the mean of counts.
func (r result) whole(name string) string {
	switch spread, known := r.figures[name]; {
	case !known:
		return ""
	case spread.Mean != math.Trunc(spread.Mean):
		return fmt.Sprintf("%.1f", spread.Mean)
	default:
		return Thousands(int(spread.Mean))
	}
}

// before reports whether the validation figure of a row is better than another's.
func (r result) before(other result) bool {
	a, _ := r.spread("best_val")
	b, _ := other.spread("best_val")
	return a.Mean != b.Mean && (a.Mean > b.Mean) == r.classifies
}

// A table is one for a page: its rows, the first of which is the head, and the page
// that each row's first cell is a link to, if there are any.
type table struct {
	Rows  [][]string
	Links []string
}

// newTable returns the table of results, with a column for each of the keys. It
// leaves out columns that say nothing in any row.
func newTable(keys []string, results []result) table {
	head := append(append([]string{"run"}, keys...), "seed", "training", "validation", "test", "test, 95% interval", "test, last epoch", "best epoch", "epochs", "parameters", "time", "status")
	t := table{Rows: make([][]string, len(results)+1), Links: []string{""}}
	all := make([][]string, len(results))
	for i, r := range results {
		duration := ""
		if r.figures["training_seconds"].Mean > 0 {
			duration = Duration(r.figures["training_seconds"].Mean)
		}
		all[i] = append(append([]string{r.name}, r.values...), make([]string, len(keys)-len(r.values))...)
		all[i] = append(all[i], r.seeds, r.text("best_train"), r.text("best_val"), r.text("best_test"), r.interval(), r.text("test"),
			r.whole("best_epoch"), r.whole("epochs"), r.whole("parameters"), duration, r.status)
		t.Links = append(t.Links, r.link)
	}
	for k, name := range head {
		column := make([]string, len(results))
		for i := range results {
			column[i] = all[i][k]
		}
		if k > 0 {
			if !slices.ContainsFunc(column, func(cell string) bool { return cell != "" && cell != runfolder.Finished }) {
				continue
			}
			alignPoints(column)
		}
		for i, cell := range append([]string{name}, column...) {
			t.Rows[i] = append(t.Rows[i], cmp.Or(cell, "–"))
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

// Table writes rows in columns, the first column flush left and the others flush
// right. The first row is the head.
func Table(out io.Writer, rows [][]string) {
	writer := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	width := 0
	for _, row := range rows {
		width = max(width, utf8.RuneCountInString(row[0]))
	}
	for _, row := range rows {
		pad := strings.Repeat(" ", width-utf8.RuneCountInString(row[0]))
		cells := strings.ReplaceAll(strings.Join(row[1:], "\t"), figureSpace, " ") // all characters of a terminal are as wide as a digit
		fmt.Fprintln(writer, row[0]+pad+"\t"+cells+"\t")
	}
	writer.Flush()
}

// pageOf returns the address of the report in a folder, relative to the folder
// from, or "" if there is no folder. The links keep working if both folders are moved
// together.
func pageOf(from, folder string) string {
	path, err := filepath.Rel(from, filepath.Join(folder, runfolder.ReportFile))
	if err != nil || folder == "" {
		return ""
	}
	return filepath.ToSlash(path)
}
