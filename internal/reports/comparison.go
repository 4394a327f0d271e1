package reports

import (
	"fmt"
	"slices"
	"strings"

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
	Values []string // empty where a config does not have the key
}

// Compare reads finished runs for a comparison. Runs whose configs differ only in
// the seed become one contender, at the place of the first of them. All runs must
// have ended with test figures, and must share their loss or have accuracies. If
// one does not, the error names it.
func Compare(folders []*runfolder.Folder) (*Comparison, error) {
	c := new(Comparison)
	places := make(map[string]int)
	for _, folder := range folders {
		run, err := folder.Finished()
		if err != nil {
			return nil, err
		}
		if len(c.Contenders) > 0 && !comparable(run.Summary, c.Contenders[0].Summary()) {
			return nil, &unlikeError{run, c.Contenders[0].Runs[0]}
		}
		config, err := folder.ConfigValues()
		if err != nil {
			return nil, err
		}
		config = slices.DeleteFunc(config, func(v runfolder.ConfigValue) bool { return v.Key == "seed" })
		key := fmt.Sprint(config)
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

// An unlikeError is a pair of runs that share no figure.
type unlikeError struct{ run, first runfolder.FinishedRun }

func (e *unlikeError) Error() string {
	return fmt.Sprintf("%s measures another loss (%s) than %s (%s); only runs with the same loss, or with accuracies, can be compared",
		e.run.Path, e.run.Summary.Loss, e.first.Path, e.first.Summary.Loss)
}

// WrongRequest marks the error as a fault of the request: it named the wrong runs.
func (*unlikeError) WrongRequest() {}

// comparable reports whether two runs share a figure that can be compared.
func comparable(s, other *runfolder.Summary) bool {
	return s.Loss == other.Loss || s.Task.Classifies() && other.Task.Classifies()
}

// differing returns the keys that do not have the same value in all configs. It
// ignores the name of a config and the keys that only say where to find the data,
// because neither changes what is trained.
func differing(contenders []Contender) []Differing {
	var keys []string
	for _, c := range contenders {
		for _, value := range c.values {
			if !slices.Contains(keys, value.Key) && value.Key != "name" && !slices.Contains([]string{"data.dir", "data.url", "data.download", "data.if_missing"}, value.Key) {
				keys = append(keys, value.Key)
			}
		}
	}
	var all []Differing
	for _, key := range keys {
		one := Differing{Key: key}
		for _, c := range contenders {
			text := ""
			if i := slices.IndexFunc(c.values, func(v runfolder.ConfigValue) bool { return v.Key == key }); i >= 0 {
				text = c.values[i].Text
			}
			one.Values = append(one.Values, text)
		}
		if slices.ContainsFunc(one.Values, func(text string) bool { return text != one.Values[0] }) {
			all = append(all, one)
		}
	}
	return all
}

// label gives each contender a label: the name of its config or, if several
// configs have that name, the values in which these differ.
func (c *Comparison) label() {
	name := func(i int) string { return c.Contenders[i].Summary().Name }
	used := make(map[string]bool)
	oneName := true
	for i := range c.Contenders {
		oneName = oneName && name(i) == name(0)
	}
	for i := range c.Contenders {
		var same []int // places of this name
		for j := range c.Contenders {
			if name(j) == name(i) {
				same = append(same, j)
			}
		}
		label := name(i)
		if told := c.told(i, same); told != "" {
			label = told
			if !oneName {
				label = name(i) + ", " + told
			}
		}
		if used[label] {
			label = fmt.Sprintf("%s (%d)", label, i+1)
		}
		used[label], c.Contenders[i].Label = true, label
	}
}

// told returns the values in which a contender differs from the others of the
// same name, or its seed if it differs in nothing else.
func (c *Comparison) told(i int, same []int) string {
	const most = 3 // more would not fit a legend
	if len(same) < 2 {
		return ""
	}
	var keys, texts []string
	for _, d := range c.Differing {
		if slices.ContainsFunc(same, func(j int) bool { return d.Values[j] != d.Values[i] }) {
			keys, texts = append(keys, d.Key), append(texts, d.Values[i])
		}
	}
	if keys == nil {
		return fmt.Sprintf("seed %d", c.Contenders[i].Summary().Seed)
	}
	var parts []string
	for k, key := range ShortKeys(keys)[:min(most, len(keys))] {
		if texts[k] == "" {
			parts = append(parts, "no "+key)
		} else {
			parts = append(parts, key+" "+texts[k])
		}
	}
	return strings.Join(parts, ", ")
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
func (c Contender) has(seed uint64) bool {
	return slices.ContainsFunc(c.Runs, func(run runfolder.FinishedRun) bool { return run.Summary.Seed == seed })
}

// figures returns the figures of the config's runs that metrics compares:
// accuracies if task, the task of the whole comparison, is to classify, else
// losses.
func (c Contender) figures(task metrics.Task) metrics.Contender {
	images := c.Summary().Images
	figures := metrics.Contender{Task: task, ValidationImages: images.Validation, TestImages: images.Test}
	for _, run := range c.Runs {
		best := run.Summary.Best
		train, validation, test := best.TrainLoss, best.ValidationLoss, *best.TestLoss
		if task.Classifies() {
			train, validation, test = *best.TrainAccuracy, *best.ValidationAccuracy, *best.TestAccuracy
		}
		figures.Train = append(figures.Train, train)
		figures.Validation = append(figures.Validation, validation)
		figures.Test = append(figures.Test, test)
		for _, e := range run.History {
			figures.EpochSeconds = append(figures.EpochSeconds, e.Seconds)
		}
	}
	return figures
}

// taskOf returns the task by whose figures the contenders are compared: Classify,
// hence accuracies, only if all of them classify.
func taskOf(contenders []Contender) metrics.Task {
	if slices.ContainsFunc(contenders, func(c Contender) bool { return !c.Summary().Task.Classifies() }) {
		return metrics.Restore
	}
	return metrics.Classify
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
	if taskOf(contenders).Classifies() {
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

// ClassList names the classes in a sentence if they are few; otherwise it only
// says how many there are.
func ClassList(classes []string) string {
	switch n := len(classes); {
	case n == 10:
		return "ten classes"
	case n > 10:
		return Thousands(n) + " classes"
	}
	return strings.Join(classes, ", ")
}

// classNames is like ClassList, but also names ten classes.
func classNames(classes []string) string {
	if len(classes) > 10 {
		return ClassList(classes)
	}
	return strings.Join(classes, ", ")
}
