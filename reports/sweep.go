package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"cifartrain/metrics"
	"cifartrain/plots"
	"cifartrain/runfolder"
)

// A Sweep is what the runs of a sweep came to.
type Sweep struct {
	Name     string
	Keys     []string   // the swept ones, dotted
	Values   [][]string // of each key, in the order they were listed; drawn ones ascend
	Drawn    []bool     // whether each key's values were drawn from a range
	Settings []Setting  // the best first, those without figures last

	Progress *SweepProgress // of a sweep that has not ended
	Running  []Contender    // what is being trained at the moment, as far as it is

	// OneAtATime says that every setting changes at most one key, from the first of
	// its values to another.
	OneAtATime bool
}

// A Setting is one of the configs of a sweep, with its runs over seeds.
type Setting struct {
	Contender          // its finished runs; there may be none
	Values    []string // of the swept keys, empty for one that has no effect here
	Missing   string   // why it has no figures to compare; empty where all its runs are finished

	Now    string                  // what goes on in it while the sweep is under way
	Paused []runfolder.FinishedRun // those left behind on the way, since other settings promised more
}

// Trained is how many runs were trained as far as the sweep asks for.
func (s *Sweep) Trained() int {
	trained := 0
	for _, setting := range s.Settings {
		trained += len(setting.Runs) + len(setting.Paused)
	}
	return trained
}

// NewSetting reads what the runs of a setting in folders, one a seed, came to.
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
		if summary, err := folder.Summary(); err == nil && summary.Status == runfolder.Failed {
			why = summary.Error
		}
		s.Missing = cmp.Or(s.Missing, why)
	}
	return s
}

// leftBehind says of a run that was paused what it had reached.
func leftBehind(s *runfolder.Summary) string {
	figure := "validation loss " + plots.Loss(s.Best.ValidationLoss)
	if s.Best.ValidationAccuracy != nil {
		figure = "validation accuracy " + plots.Percent(*s.Best.ValidationAccuracy)
	}
	return fmt.Sprintf("left behind after %s: %s", Epochs(s.Epochs), figure)
}

// notFinished is why a setting has no figures whose runs were cut off or have not
// begun.
const notFinished = "not finished"

// SettingLabel is a setting in short: learning_rate=0.01, c=1. A key without
// effect in it has no value and is left out.
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

// ChangeLabel says what a setting changes of the first values of the keys:
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

// ShortKeys are dotted keys without their sections, where that leaves no two
// the same.
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

// Sort puts the best settings first: those of the highest validation accuracy of
// models that classify, and of the lowest validation loss of others, at the best
// epoch and as a mean over seeds. Test figures do not count. Behind them come those
// that were left behind, the furthest first, and those without figures.
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

// Finished are the settings that have figures.
func (s *Sweep) Finished() []Setting {
	return slices.DeleteFunc(slices.Clone(s.Settings), func(setting Setting) bool { return setting.Missing != "" })
}

// contenders are the settings that have figures, as a comparison has them.
func (s *Sweep) contenders() []Contender {
	var contenders []Contender
	for _, setting := range s.Finished() {
		contenders = append(contenders, setting.Contender)
	}
	return contenders
}

// Best are the best settings, at most so many, for a picture of their curves,
// named by their values alone, and what these are values of.
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

// curveLabel names a setting in a picture of curves, which names the keys above.
func (s *Sweep) curveLabel(setting Setting) string {
	if s.OneAtATime {
		return setting.Label
	}
	return strings.Join(slices.DeleteFunc(slices.Clone(setting.Values), func(value string) bool { return value == "" }), ", ")
}

// AddRunning adds the curves of a run of a setting that is being trained.
func (s *Sweep) AddRunning(setting Setting, run runfolder.FinishedRun) {
	s.Running = append(s.Running, Contender{Label: s.curveLabel(setting) + ", in training", Runs: []runfolder.FinishedRun{run}})
}

// Classifies reports whether the settings are told by their accuracies.
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

// reached are the runs of a setting that say how good it is: those that are
// finished or, where it was left behind, those that were paused.
func (s Setting) reached() Contender {
	if len(s.Paused) > 0 {
		return Contender{Label: s.Label, Runs: s.Paused}
	}
	return s.Contender
}

// Seeds are the validation figures of a setting's runs, at their best epochs.
func (s *Sweep) Seeds(setting Setting) []float64 {
	return setting.reached().figures(s.task()).Validation
}

// Figure is their spread, by which a setting that has figures, or was left behind
// with some, is told.
func (s *Sweep) Figure(setting Setting) metrics.Spread { return metrics.NewSpread(s.Seeds(setting)) }

// test is the spread of the test figures of the same weights.
func (s *Sweep) test(setting Setting) metrics.Spread {
	return metrics.NewSpread(setting.figures(s.task()).Test)
}

// compare holds the validation figures of one setting against those of another.
func (s *Sweep) compare(first, other Setting) metrics.Difference {
	return metrics.CompareValidation(first.figures(s.task()), other.figures(s.task()))
}
