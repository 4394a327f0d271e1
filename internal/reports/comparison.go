package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"cifartrain/configs"
	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
	"cifartrain/plots"
)

// A Contender is one config in a comparison, with its runs over seeds.
type Contender struct {
	Label string // distinguishes it from the others
	Runs  []runfolder.FinishedRun

	values []runfolder.ConfigValue
}

// A Comparison compares the finished runs of configs with those of the first
// config.
type Comparison struct {
	Contenders []Contender // at least one, each with a run at least
	Differing  []Differing // the keys in which they differ, in the config's order
	Failed     []FailedRun // runs of the same series that ended without figures
}

// A FailedRun is a member of a series that has no figures to compare.
type FailedRun struct {
	Path    string
	Summary *runfolder.Summary
}

// Differing is a key with its value in each contender's config.
type Differing struct {
	Key    string
	Values []string // a dash where a config does not have the key
}

// Compare reads finished runs for a comparison. Runs whose configs differ only in
// the seed, and in keys that cannot change a figure, become one contender, at the
// place of the first of them. All runs must have ended with test figures, and must
// share their loss or have accuracies. If one does not, the error names it.
func Compare(folders []*runfolder.Folder) (*Comparison, error) {
	c := new(Comparison)
	places := make(map[string]int)
	for _, folder := range folders {
		run, err := folder.Finished()
		if err != nil {
			return nil, err
		}
		if len(c.Contenders) > 0 && !comparable(run.Summary, c.Contenders[0].Summary()) {
			return nil, &UnlikeError{run, c.Contenders[0].Runs[0]}
		}
		config, err := folder.ConfigValues()
		if err != nil {
			return nil, err
		}
		config = slices.DeleteFunc(config, func(v runfolder.ConfigValue) bool {
			return v.Key == "seed" || slices.Contains(withoutEffect, configs.Changes(v.Key))
		})
		key := fmt.Sprint(config, run.Summary.Dataset)
		place, known := places[key]
		if !known || c.Contenders[place].has(run.Summary.Seed) {
			place = len(c.Contenders)
			places[key] = place
			c.Contenders = append(c.Contenders, Contender{values: config})
		}
		c.Contenders[place].Runs = append(c.Contenders[place].Runs, run)
	}
	c.Differing = differing(c.Contenders)
	c.label()
	return c, nil
}

// An UnlikeError is a pair of runs that share no figure.
type UnlikeError struct{ run, first runfolder.FinishedRun }

func (e *UnlikeError) Error() string {
	return fmt.Sprintf("%s measures another loss (%s) than %s (%s); only runs with the same loss, or with accuracies, can be compared",
		e.run.Path, e.run.Summary.Loss, e.first.Path, e.first.Summary.Loss)
}

// WrongRequest marks the error as a fault of the request: it named the wrong runs.
func (*UnlikeError) WrongRequest() {}

// comparable reports whether two runs share a figure that can be compared.
func comparable(s, other *runfolder.Summary) bool {
	return s.Task == other.Task && (s.Loss == other.Loss || s.Task.Classifies())
}

// withoutEffect is what keys change that cannot change a figure: where to find the
// data, how it is evaluated and what is drawn. See [configs.Changes].
var withoutEffect = []string{"place", "evaluation", "pictures"}

// differing returns the seeds, if these are not the same for all configs, and the
// keys that do not have the same value in all of them. It ignores the names, which
// change no figure.
func differing(contenders []Contender) []Differing {
	var keys []string
	seeds := Differing{Key: "seed"}
	for _, c := range contenders {
		for _, value := range c.values {
			if !slices.Contains(keys, value.Key) && value.Key != "name" {
				keys = append(keys, value.Key)
			}
		}
		seeds.Values = append(seeds.Values, seedText(c.seeds()))
	}
	var all []Differing
	if seeds.differ() {
		all = append(all, seeds)
	}
	for _, key := range keys {
		one := Differing{Key: key}
		for _, c := range contenders {
			text := "–"
			if i := slices.IndexFunc(c.values, func(v runfolder.ConfigValue) bool { return v.Key == key }); i >= 0 {
				text = c.values[i].Text
			}
			one.Values = append(one.Values, text)
		}
		if one.differ() {
			all = append(all, one)
		}
	}
	return all
}

func (d Differing) differ() bool {
	return slices.ContainsFunc(d.Values, func(text string) bool { return text != d.Values[0] })
}

// label gives each contender a label: the name of its config or, if several
// configs have that name, the values in which these differ.
func (c *Comparison) label() {
	names := make(map[string][]int) // the places of each name
	for i, contender := range c.Contenders {
		names[contender.Summary().Name] = append(names[contender.Summary().Name], i)
	}
	used := make(map[string]bool)
	for i := range c.Contenders {
		name := c.Contenders[i].Summary().Name
		label, differs := name, c.differs(i, names[name])
		switch {
		case differs != "" && len(names) == 1:
			label = differs
		case differs != "":
			label = name + ", " + differs
		}
		if used[label] {
			label = fmt.Sprintf("%s (%d)", label, i+1)
		}
		used[label], c.Contenders[i].Label = true, label
	}
}

// differs returns the values in which a contender differs from the others of the
// same name, or its seeds if it differs in nothing else. It returns "" if there are
// no others.
func (c *Comparison) differs(i int, same []int) string {
	const most = 3 // more would not fit a legend
	if len(same) < 2 {
		return ""
	}
	var keys, texts []string
	for _, d := range c.Differing {
		if d.Key != "seed" && slices.ContainsFunc(same, func(j int) bool { return d.Values[j] != d.Values[i] }) {
			keys, texts = append(keys, d.Key), append(texts, d.Values[i])
		}
	}
	if keys == nil {
		return "seed " + seedText(c.Contenders[i].seeds())
	}
	for k, key := range ShortKeys(keys) {
		texts[k] = key + " " + texts[k]
	}
	return strings.Join(texts[:min(most, len(texts))], ", ")
}

// Summary returns the summary of the first run, for what all runs share.
func (c Contender) Summary() *runfolder.Summary { return c.Runs[0].Summary }

// Histories returns the histories of the runs.
func (c Contender) Histories() metrics.Histories {
	var histories metrics.Histories
	for _, run := range c.Runs {
		histories = append(histories, run.History)
	}
	return histories
}

// PCA returns the mean validation loss of the principal components that the runs
// are compared with. It is 0 if a run has none.
func (c Contender) PCA() float64 {
	var losses []float64
	for _, run := range c.Runs {
		if run.Summary.PCA == nil {
			return 0
		}
		losses = append(losses, run.Summary.PCA.ValidationMSE)
	}
	return metrics.NewSpread(losses).Mean
}

// has reports whether a run of that seed is among the config's.
func (c Contender) has(seed uint64) bool { return slices.Contains(c.seeds(), seed) }

func (c Contender) seeds() (seeds []uint64) {
	for _, run := range c.Runs {
		seeds = append(seeds, run.Summary.Seed)
	}
	return seeds
}

func (c Contender) summaries() (all []*runfolder.Summary) {
	for _, run := range c.Runs {
		all = append(all, run.Summary)
	}
	return all
}

// figures returns the figures of the config's runs that metrics compares:
// accuracies if it classifies, else losses.
func (c Contender) figures() metrics.Contender {
	figures := metrics.Contender{Task: c.Summary().Task, Seeds: c.seeds()}
	for _, run := range c.Runs {
		best := run.Summary.Best
		train, validation, test := best.TrainLoss, best.ValidationLoss, *best.TestLoss
		if figures.Task.Classifies() {
			train, validation, test = *best.TrainAccuracy, *best.ValidationAccuracy, *best.TestAccuracy
		}
		figures.Train = append(figures.Train, train)
		figures.Validation = append(figures.Validation, validation)
		figures.Test = append(figures.Test, test)
		for _, e := range run.History {
			figures.EpochSeconds = append(figures.EpochSeconds, e.Seconds)
		}
	}
	if len(c.Runs) == 1 && figures.Task.Classifies() {
		figures.Correct, _ = (&runfolder.Folder{Path: c.Runs[0].Path}).Correct() // without it there is no test
	}
	return figures
}

func figures(contenders []Contender) (all []metrics.Contender) {
	for _, c := range contenders {
		all = append(all, c.figures())
	}
	return all
}

// recorded returns the config's rows of comparison.csv.
func (c Contender) recorded(values []string) (all []recorded) {
	for _, run := range c.Runs {
		all = append(all, recorded{run.Path, run.Summary, newResult(c.Label, "", values, c.summaries()...)})
	}
	return all
}

// results returns a row of the table of results for each contender and for each of
// their runs, with links that start from the folder f.
func results(f *runfolder.Folder, contenders []Contender) (configs, runs []result) {
	for _, c := range contenders {
		configs = append(configs, newResult(c.Label, pageOf(f.Path, c.Runs[0].Path), nil, c.summaries()...))
		for _, run := range c.Runs {
			runs = append(runs, newResult(c.Label, pageOf(f.Path, run.Path), nil, run.Summary))
		}
	}
	return configs, runs
}

// sameLoss reports whether all contenders share their loss, so that losses can be
// compared too.
func sameLoss(contenders []Contender) bool {
	return !slices.ContainsFunc(contenders, func(c Contender) bool { return c.Summary().Loss != contenders[0].Summary().Loss })
}

// A NamedChart is a chart with the file that holds its picture.
type NamedChart struct {
	File  string
	Chart *plots.Chart
}

// Charts returns charts of the contenders' curves: first accuracies, if all
// classify, then losses, if all share their loss. run is written before the
// dataset in the caption; it may be empty. The curves after the first colored ones
// are thin and gray.
func Charts(run string, contenders []Contender, colored int) (charts []NamedChart, err error) {
	var drawn []plots.Contender
	var datasets []string
	for i, c := range contenders {
		drawn = append(drawn, plots.Contender{Name: c.Label, Histories: c.Histories(), Yardstick: c.PCA(), Rest: i >= colored})
		dataset := c.Summary().Dataset + ": " + ClassList(c.Summary().Classes)
		if !slices.Contains(datasets, dataset) {
			datasets = append(datasets, dataset)
		}
	}
	caption := plots.Caption{Run: run, Dataset: strings.Join(datasets, "; ")}
	files := []string{runfolder.ComparisonPicture, runfolder.ComparisonLossPicture}
	if contenders[0].Summary().Task.Classifies() {
		chart, err := plots.AccuracyComparison(caption, drawn)
		if err != nil {
			return nil, err
		}
		charts = append(charts, NamedChart{files[0], chart})
	}
	if sameLoss(contenders) {
		chart, err := plots.LossComparison(caption, contenders[0].Summary().Loss, drawn)
		if err != nil {
			return nil, err
		}
		charts = append(charts, NamedChart{files[len(charts)], chart})
	}
	return charts, nil
}

// WriteComparison writes the pictures of the curves, the other pictures,
// comparison.csv and report.html, which draws the curves itself and contains the
// other pictures.
func WriteComparison(f *runfolder.Folder, c *Comparison, pictures []Picture) error {
	var runs []recorded
	for _, contender := range c.Contenders {
		runs = append(runs, contender.recorded(nil)...)
	}
	if err := writeFiles(f, nil, runs, pictures); err != nil {
		return err
	}
	configs, all := results(f, c.Contenders)
	for _, run := range c.Failed {
		all = append(all, newResult(run.Summary.Name, pageOf(f.Path, run.Path), nil, run.Summary))
	}
	page := resultsPage{Title: c.Title(), Under: c.Loss(), Warnings: c.Warnings(), Answers: c.Answers(), Keys: c.Keys(), Results: newTable(nil, configs), Pictures: pictures}
	page.addRuns(all)
	charts, err := Charts("", c.Contenders, len(c.Contenders))
	if err != nil {
		return fmt.Errorf("making %s: %w", runfolder.ReportFile, err)
	}
	for _, one := range charts {
		if err := f.WriteWith(one.File, one.Chart.WritePNG); err != nil {
			return err
		}
		curves, err := figure(one.Chart, nil)
		if err != nil {
			return fmt.Errorf("making %s: %w", runfolder.ReportFile, err)
		}
		page.Curves = append(page.Curves, curves)
	}
	if page.Files, err = f.Files(); err != nil {
		return err
	}
	return f.WriteWith(runfolder.ReportFile, func(w io.Writer) error { return resultsTemplate.Execute(w, page) })
}

// Keys returns a table of what differs between the configs. It is empty if nothing
// does.
func (c *Comparison) Keys() [][]string {
	if len(c.Differing) == 0 {
		return nil
	}
	rows := [][]string{{"key"}}
	for _, contender := range c.Contenders {
		rows[0] = append(rows[0], contender.Label)
	}
	for _, d := range c.Differing {
		rows = append(rows, append([]string{d.Key}, d.Values...))
	}
	return rows
}
