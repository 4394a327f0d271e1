package reports

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"cifartrain/configs"
	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
)

// A Contender is a config of a comparison or a setting of a sweep, with its runs over
// seeds.
type Contender struct {
	Label   string                  // distinguishes it from the others
	Values  []string                // of the swept keys; empty for a key that has no effect in this setting
	Runs    []runfolder.FinishedRun // those that have figures
	Missing string                  // why it has no figures to compare; empty if all its runs are finished
	Now     string                  // what its runs are doing while the sweep goes on

	page   string                  // the folder of the page that it is linked to
	config []runfolder.ConfigValue // without keys that cannot change a figure
}

// The reasons that a run has no figures, if it did not fail: it was cut off or has not
// begun, or its folder is gone.
const (
	notFinished = "not finished"
	deleted     = "deleted"
)

// NewContender reads the results of a config's runs, one for each seed, from their
// folders.
func NewContender(label string, values []string, folders []*runfolder.Folder) Contender {
	c := Contender{Label: label, Values: values}
	for _, folder := range folders {
		run, err := folder.Finished()
		if err != nil {
			c.Missing = cmp.Or(c.Missing, whyMissing(folder))
		} else if c.Runs = append(c.Runs, run); run.Summary.Status == runfolder.Paused {
			c.Missing = cmp.Or(c.Missing, fmt.Sprintf("left behind after %s: validation %s", Epochs(run.Summary.Epochs), bestText(run.Summary)))
		}
		if folder.Has(runfolder.ReportFile) {
			c.page = cmp.Or(c.page, folder.Path)
		}
	}
	return c
}

// whyMissing says why there are no figures of the run in a folder.
func whyMissing(folder *runfolder.Folder) string {
	if _, err := os.Stat(folder.Path); errors.Is(err, fs.ErrNotExist) {
		return deleted
	}
	if summary, err := folder.Summary(); err == nil && summary.Status == runfolder.Failed {
		return summary.Error
	}
	return notFinished
}

// LeftBehind reports whether the setting's runs were paused before their end because
// other settings were better.
func (c Contender) LeftBehind() bool {
	return slices.ContainsFunc(c.Runs, func(run runfolder.FinishedRun) bool { return run.Summary.Status == runfolder.Paused })
}

// Compare reads finished runs for a comparison. Runs whose configs differ only in
// the seed, and in keys that cannot change a figure, become one contender, at the
// place of the first of them. All runs must have ended with test figures, and must
// share their loss or have accuracies. If one does not, the error names it.
func Compare(folders []*runfolder.Folder) (*Results, error) {
	r := new(Results)
	places := make(map[string]int)
	for _, folder := range folders {
		run, err := folder.Finished()
		if err != nil {
			return nil, err
		}
		if len(r.Contenders) > 0 && !comparable(run.Summary, r.Contenders[0].Summary()) {
			first := r.Contenders[0].Runs[0]
			return nil, UnlikeError(fmt.Sprintf("%s measures another loss (%s) than %s (%s); only runs with the same loss, or with accuracies, can be compared",
				run.Path, run.Summary.Loss, first.Path, first.Summary.Loss))
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
		if !known || slices.Contains(r.Contenders[place].seeds(), run.Summary.Seed) {
			place = len(r.Contenders)
			places[key] = place
			r.Contenders = append(r.Contenders, Contender{config: config, page: run.Path})
		}
		r.Contenders[place].Runs = append(r.Contenders[place].Runs, run)
	}
	r.differing = differing(r.Contenders)
	r.label()
	return r, nil
}

// An UnlikeError says that two runs share no figure.
type UnlikeError string

func (e UnlikeError) Error() string { return string(e) }

// WrongRequest marks the error as a fault of the request: it named the wrong runs.
func (UnlikeError) WrongRequest() {}

// comparable reports whether two runs share a figure that can be compared.
func comparable(s, other *runfolder.Summary) bool {
	return s.Task == other.Task && (s.Loss == other.Loss || s.Task.Classifies())
}

// withoutEffect is what keys change that cannot change a figure: where to find the
// data, how it is evaluated and what is drawn. See [configs.Changes].
var withoutEffect = []string{"place", "evaluation", "pictures"}

// differing returns a row for each key that does not have the same value in all
// configs: the key and its values, a dash where a config does not have it. The seeds
// come first; the names, which change no figure, are left out.
func differing(contenders []Contender) (rows [][]string) {
	seeds, all := []string{"seed"}, make(map[string][]string)
	var keys []string
	for i, c := range contenders {
		seeds = append(seeds, seedText(c.seeds()))
		for _, value := range c.config {
			if all[value.Key] == nil && value.Key != "name" {
				keys = append(keys, value.Key)
				all[value.Key] = append([]string{value.Key}, slices.Repeat([]string{"–"}, len(contenders))...)
			}
			if row := all[value.Key]; row != nil {
				row[i+1] = value.Text
			}
		}
	}
	rows = append(rows, seeds)
	for _, key := range keys {
		rows = append(rows, all[key])
	}
	return slices.DeleteFunc(rows, func(row []string) bool { return len(slices.Compact(slices.Clone(row[1:]))) == 1 })
}

// label gives each contender a label: the name of its config or, if several
// configs have that name, the values in which these differ, or else their seeds.
func (r *Results) label() {
	const most = 3                  // values; more would not fit a legend
	names := make(map[string][]int) // the places of each name
	for i, c := range r.Contenders {
		names[c.Summary().Name] = append(names[c.Summary().Name], i)
	}
	used := make(map[string]bool)
	for i, c := range r.Contenders {
		label := c.Summary().Name
		if same := names[label]; len(same) > 1 {
			var keys, values []string
			for _, row := range r.differing {
				if row[0] != "seed" && len(keys) < most && slices.ContainsFunc(same, func(j int) bool { return row[j+1] != row[i+1] }) {
					keys, values = append(keys, row[0]), append(values, row[i+1])
				}
			}
			text := cmp.Or(SettingLabel(keys, values), "seed "+seedText(c.seeds()))
			if label += ", " + text; len(names) == 1 {
				label = text
			}
		}
		if used[label] {
			label = fmt.Sprintf("%s (%d)", label, i+1)
		}
		used[label], r.Contenders[i].Label = true, label
	}
}

// SettingLabel describes a setting in short: learning_rate=0.01, c=1. It leaves out
// a key that has no effect in the setting, and hence no value.
func SettingLabel(keys, values []string) string {
	var parts []string
	for i, name := range ShortKeys(keys) {
		if values[i] != "" {
			parts = append(parts, name+"="+values[i])
		}
	}
	return strings.Join(parts, ", ")
}

// unchanged names the setting that has the first value of every key.
const unchanged = "no change"

// ChangeLabel says which keys of a setting differ from their first values:
// schedule=cosine.
func ChangeLabel(keys, values, first []string) string {
	changed := slices.Clone(values)
	for k, value := range values {
		if value == first[k] {
			changed[k] = ""
		}
	}
	return cmp.Or(SettingLabel(keys, changed), unchanged)
}

// ShortKeys returns dotted keys without their sections, except for keys that would
// then look the same.
func ShortKeys(keys []string) []string {
	last := func(key string) string { return key[strings.LastIndex(key, ".")+1:] }
	count := make(map[string]int)
	for _, key := range keys {
		count[last(key)]++
	}
	short := slices.Clone(keys)
	for i, key := range keys {
		if count[last(key)] == 1 {
			short[i] = last(key)
		}
	}
	return short
}

// Summary returns the summary of the first run, for what all runs share.
func (c Contender) Summary() *runfolder.Summary { return c.Runs[0].Summary }

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

func (c Contender) seeds() (seeds []uint64) {
	for _, run := range c.Runs {
		seeds = append(seeds, run.Summary.Seed)
	}
	return seeds
}

// Sample returns a figure of the runs' best epochs, by which configs are compared: that
// of the column best_train, best_val or best_test, or the gap between the first two. It is
// NaN where a run has none. With the test figure of a single classifier it says which
// images that gets right.
func (c Contender) Sample(name string) metrics.Sample {
	sample := metrics.Sample{Seeds: c.seeds()}
	for _, run := range c.Runs {
		r := newResult(run.Summary)
		value := r.mean(name)
		if name == "gap" {
			value = metrics.GapOf(run.Summary.Task, r.mean("best_train"), r.mean("best_val"))
		}
		sample.Values = append(sample.Values, value)
	}
	if name == "best_test" && len(c.Runs) == 1 && c.Summary().Task.Classifies() {
		sample.Correct, _ = (&runfolder.Folder{Path: c.Runs[0].Path}).Correct() // without it there is no test
	}
	return sample
}

func samples(contenders []Contender, name string) (all []metrics.Sample) {
	for _, c := range contenders {
		all = append(all, c.Sample(name))
	}
	return all
}

// epochSeconds returns how long every epoch of every run took.
func (c Contender) epochSeconds() (seconds []float64) {
	for _, run := range c.Runs {
		for _, epoch := range run.History {
			seconds = append(seconds, epoch.Seconds)
		}
	}
	return seconds
}
