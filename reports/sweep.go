package reports

import (
	"cmp"
	"slices"
	"strings"

	"cifartrain/metrics"
	"cifartrain/runfolder"
)

// A Sweep is what the runs of a sweep came to.
type Sweep struct {
	Name     string
	Keys     []string   // the swept ones, dotted
	Values   [][]string // of each key, in the order they were listed
	Settings []Setting  // the best first, those without figures last
}

// A Setting is one of the configs of a sweep, with its runs over seeds.
type Setting struct {
	Compared          // its finished runs; there may be none
	Values   []string // of the swept keys, empty for one that has no effect here
	Missing  string   // why it has no figures to compare; empty where all its runs are finished
}

// FinishedRuns is how many runs have figures.
func (s *Sweep) FinishedRuns() int {
	finished := 0
	for _, setting := range s.Settings {
		finished += len(setting.Runs)
	}
	return finished
}

// NewSetting reads what the runs of a setting in folders, one a seed, came to.
func NewSetting(keys, values []string, folders []*runfolder.Folder) Setting {
	s := Setting{Compared: Compared{Label: SettingLabel(keys, values)}, Values: values}
	for _, folder := range folders {
		run, err := folder.Finished()
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

// notFinished is why a setting has no figures that was cut off or not begun.
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

// Sort puts the best settings first: those of the highest validation accuracy
// where all classify, else of the lowest validation loss, at the best epoch and
// as a mean over seeds. Test figures do not count.
func (s *Sweep) Sort() {
	slices.SortStableFunc(s.Settings, func(a, b Setting) int {
		switch {
		case a.Missing != "" || b.Missing != "":
			return cmp.Compare(len(a.Missing), len(b.Missing))
		case s.Classifies():
			return cmp.Compare(s.Figure(b).Mean, s.Figure(a).Mean)
		}
		return cmp.Compare(s.Figure(a).Mean, s.Figure(b).Mean)
	})
}

// Finished are the settings that have figures.
func (s *Sweep) Finished() []Setting {
	return slices.DeleteFunc(slices.Clone(s.Settings), func(setting Setting) bool { return setting.Missing != "" })
}

// Classifies reports whether the settings are told by their accuracies.
func (s *Sweep) Classifies() bool {
	return !slices.ContainsFunc(s.Finished(), func(setting Setting) bool { return setting.Summary().Best.ValidationAccuracy == nil })
}

// Figure is what a setting that has figures is told by.
func (s *Sweep) Figure(setting Setting) metrics.Spread { return s.over(setting, false) }

// Seeds are the figures whose spread Figure is.
func (s *Sweep) Seeds(setting Setting) []float64 { return s.seeds(setting, false) }

// over is the spread of the best epoch's validation or test figures.
func (s *Sweep) over(setting Setting, test bool) metrics.Spread {
	return metrics.NewSpread(s.seeds(setting, test))
}

func (s *Sweep) seeds(setting Setting, test bool) (figures []float64) {
	for _, run := range setting.Runs {
		best := run.Summary.Best
		figure := best.ValidationLoss
		switch {
		case s.Classifies() && test:
			figure = *best.TestAccuracy
		case s.Classifies():
			figure = *best.ValidationAccuracy
		case test:
			figure = *best.TestLoss
		}
		figures = append(figures, figure)
	}
	return figures
}
