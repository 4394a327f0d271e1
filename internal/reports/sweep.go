package reports

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
	"cifartrain/plots"
)

// A Sweep is the result of a sweep's runs.
type Sweep struct {
	Name     string
	Keys     []string   // the swept ones, dotted
	Values   [][]string // of each key, in the order they were listed; drawn ones ascend
	Drawn    []bool     // whether each key's values were drawn from a range
	Settings []Setting  // the best first, those without figures last

	Progress *SweepProgress // nil if the sweep has ended
	Running  []Contender    // the runs that are being trained at the moment, with their epochs so far

	// OneAtATime says that each setting has the first value of every key except, at
	// most, one.
	OneAtATime bool
}

// A Setting is one of the configs of a sweep, with its runs over seeds.
type Setting struct {
	Contender          // its finished runs; there may be none
	Values    []string // of the swept keys; empty for a key that has no effect in this setting
	Missing   string   // why it has no figures to compare; empty if all its runs are finished

	Now    string                  // what its runs are doing while the sweep goes on
	Paused []runfolder.FinishedRun // runs that were left behind before their end, because other settings were better
}

// Trained returns how many runs were trained as far as the sweep wanted.
func (s *Sweep) Trained() int {
	trained := 0
	for _, setting := range s.Settings {
		trained += len(setting.Runs) + len(setting.Paused)
	}
	return trained
}

// NewSetting reads the results of a setting's runs from their folders, one for each
// seed.
func NewSetting(label string, values []string, folders []*runfolder.Folder) Setting {
	s := Setting{Contender: Contender{Label: label}, Values: values}
	for _, folder := range folders {
		run, err := folder.Finished()
		if err == nil && run.Summary.Status == runfolder.Paused {
			s.Missing = cmp.Or(s.Missing, leftBehind(run.Summary))
			s.Paused = append(s.Paused, run)
			continue
		}
		if err == nil {
			s.Runs = append(s.Runs, run)
			continue
		}
		why := notFinished
		if _, err := os.Stat(folder.Path); errors.Is(err, fs.ErrNotExist) {
			why = deleted
		}
		if summary, err := folder.Summary(); err == nil && summary.Status == runfolder.Failed {
			why = summary.Error
		}
		s.Missing = cmp.Or(s.Missing, why)
	}
	return s
}

// leftBehind says what a run had reached when it was paused.
func leftBehind(s *runfolder.Summary) string {
	figure := "validation loss " + plots.Loss(s.Best.ValidationLoss)
	if s.Best.ValidationAccuracy != nil {
		figure = "validation accuracy " + plots.Percent(*s.Best.ValidationAccuracy)
	}
	return fmt.Sprintf("left behind after %s: %s", Epochs(s.Epochs), figure)
}

// notFinished is the reason that a setting has no figures if its runs were cut off
// or have not begun.
const notFinished = "not finished"

// deleted is the reason if the folder of one of its runs is gone.
const deleted = "deleted"

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
	if label := SettingLabel(keys, changed); label != "" {
		return label
	}
	return unchanged
}

// ShortKeys returns dotted keys without their sections, except for keys that would
// then look the same.
func ShortKeys(keys []string) []string {
	last := func(key string) string { return key[strings.LastIndex(key, ".")+1:] }
	short := make([]string, len(keys))
	for i, key := range keys {
		short[i] = last(key)
		for j, other := range keys {
			if i != j && last(other) == short[i] {
				short[i] = key
			}
		}
	}
	return short
}

// Sort puts the best settings first: those with the highest validation accuracy if
// the models classify, else those with the lowest validation loss, at the best
// epoch and as a mean over seeds. Test figures do not count. After them come the
// settings that were left behind, the ones that were trained longest first, and
// then those without figures.
func (s *Sweep) Sort() {
	rank := func(setting Setting) int {
		switch {
		case setting.Missing == "":
			return math.MaxInt
		case len(setting.Paused) > 0:
			return setting.Paused[0].Summary.Epochs
		}
		return 0
	}
	slices.SortStableFunc(s.Settings, func(a, b Setting) int {
		if order := cmp.Compare(rank(b), rank(a)); order != 0 || rank(a) == 0 {
			return order
		}
		if s.Classifies() {
			return cmp.Compare(s.Figure(b).Mean, s.Figure(a).Mean)
		}
		return cmp.Compare(s.Figure(a).Mean, s.Figure(b).Mean)
	})
}

// Finished returns the settings that have figures.
func (s *Sweep) Finished() []Setting {
	return slices.DeleteFunc(slices.Clone(s.Settings), func(setting Setting) bool { return setting.Missing != "" })
}

// contenders returns the settings that have figures, for a comparison.
func (s *Sweep) contenders() []Contender {
	var contenders []Contender
	for _, setting := range s.Finished() {
		contenders = append(contenders, setting.Contender)
	}
	return contenders
}

// Best returns at most so many of the best settings, for a picture of their curves.
// They are named only by their values; keys says which keys these belong to.
func (s *Sweep) Best(most int) (best []Contender, keys string) {
	for _, setting := range s.Finished()[:min(len(s.Finished()), most)] {
		setting.Contender.Label = s.curveLabel(setting)
		best = append(best, setting.Contender)
	}
	if s.OneAtATime {
		return best, ""
	}
	return best, strings.Join(ShortKeys(s.Keys), ", ")
}

// curveLabel names a setting in a picture of curves. The picture's heading names
// the keys.
func (s *Sweep) curveLabel(setting Setting) string {
	if s.OneAtATime {
		return setting.Label
	}
	return strings.Join(slices.DeleteFunc(slices.Clone(setting.Values), func(value string) bool { return value == "" }), ", ")
}

// AddRunning adds a run of a setting that is being trained, so that its curves are
// drawn too.
func (s *Sweep) AddRunning(setting Setting, run runfolder.FinishedRun) {
	s.Running = append(s.Running, Contender{Label: s.curveLabel(setting) + ", in training", Runs: []runfolder.FinishedRun{run}})
}

// Classifies reports whether the settings are compared by their accuracies.
func (s *Sweep) Classifies() bool { return s.task().Classifies() }

func (s *Sweep) task() metrics.Task {
	all := slices.Clone(s.Running)
	for _, setting := range s.Settings {
		if reached := setting.reached(); len(reached.Runs) > 0 {
			all = append(all, reached)
		}
	}
	return taskOf(all)
}

// reached returns the runs that say how good a setting is: the paused ones if it
// was left behind, else the finished ones.
func (s Setting) reached() Contender {
	if len(s.Paused) > 0 {
		return Contender{Label: s.Label, Runs: s.Paused}
	}
	return s.Contender
}

// Seeds returns the validation figures of a setting's runs at their best epochs.
func (s *Sweep) Seeds(setting Setting) []float64 {
	return setting.reached().figures(s.task()).Validation
}

// Figure returns the spread of [Sweep.Seeds], by which settings are compared.
func (s *Sweep) Figure(setting Setting) metrics.Spread { return metrics.NewSpread(s.Seeds(setting)) }

// test returns the spread of the test figures of the same weights.
func (s *Sweep) test(setting Setting) metrics.Spread {
	return metrics.NewSpread(setting.figures(s.task()).Test)
}

// compare compares the validation figures of two settings.
func (s *Sweep) compare(first, other Setting) metrics.Difference {
	return metrics.CompareValidation(first.figures(s.task()), other.figures(s.task()))
}

// Apart reports whether two settings' validation figures differ by more than chance
// explains.
func (s *Sweep) Apart(first, other Setting) bool { return s.compare(first, other).Told() }
