package reports

import (
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
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

// NewSetting reads the results of a setting's runs from their folders, one for each
// seed.
func NewSetting(label string, values []string, folders []*runfolder.Folder) Setting {
	s := Setting{Contender: Contender{Label: label}, Values: values}
	for _, folder := range folders {
		run, err := folder.Finished()
		switch {
		case err == nil && run.Summary.Status == runfolder.Paused:
			s.Missing = cmp.Or(s.Missing, fmt.Sprintf("left behind after %s: validation %s", Epochs(run.Summary.Epochs), bestText(run.Summary)))
			s.Paused = append(s.Paused, run)
		case err == nil:
			s.Runs = append(s.Runs, run)
		default:
			s.Missing = cmp.Or(s.Missing, whyMissing(folder))
		}
	}
	return s
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

// bestText writes a run's best validation figure: accuracy 85.1%.
func bestText(s *runfolder.Summary) string {
	return measure(s.Task.Classifies()) + " " + newResult("", "", nil, s).text("best_val")
}

// The reasons that a run has no figures, if it did not fail: it was cut off or has not
// begun, or its folder is gone.
const (
	notFinished = "not finished"
	deleted     = "deleted"
)

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

// AddRunning adds a run of a setting that is being trained, so that its curves are
// drawn too.
func (s *Sweep) AddRunning(setting Setting, run runfolder.FinishedRun) {
	s.Running = append(s.Running, Contender{Label: setting.Label + ", in training", Runs: []runfolder.FinishedRun{run}})
}

// Classifies reports whether the settings are compared by their accuracies.
func (s *Sweep) Classifies() bool {
	for _, setting := range s.Settings {
		if runs := setting.reached().Runs; len(runs) > 0 {
			return runs[0].Summary.Task.Classifies()
		}
	}
	return len(s.Running) > 0 && s.Running[0].Summary().Task.Classifies()
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
func (s *Sweep) Seeds(setting Setting) []float64 { return setting.reached().figures().Validation }

// Figure returns the spread of [Sweep.Seeds], by which settings are compared.
func (s *Sweep) Figure(setting Setting) metrics.Spread { return metrics.NewSpread(s.Seeds(setting)) }

// LearningCurves returns what the finished settings reached against the number of
// images that they were trained on: a curve for each combination of the other keys'
// values. limit is the index of the key that sets the number.
func (s *Sweep) LearningCurves(limit int) (curves []plots.LearningCurve) {
	for _, setting := range s.Finished() {
		others := slices.Clone(setting.Values)
		others[limit] = ""
		name, figures := SettingLabel(s.Keys, others), setting.figures()
		i := slices.IndexFunc(curves, func(c plots.LearningCurve) bool { return c.Name == name })
		if i < 0 {
			i, curves = len(curves), append(curves, plots.LearningCurve{Name: name})
		}
		curves[i].Points = append(curves[i].Points, plots.LearningPoint{Images: setting.Summary().Images.Training,
			Training: metrics.NewSpread(figures.Train), Validation: metrics.NewSpread(figures.Validation)})
	}
	return curves
}

// Warnings returns sentences on what makes the figures less meaningful.
func (s *Sweep) Warnings() []string {
	for _, setting := range s.Finished() {
		if summary := setting.Summary(); summary.Warning != "" {
			return []string{fmt.Sprintf("These figures are of the %s.", summary.Dataset)}
		}
	}
	return nil
}

// Answers says in sentences, with their figures, which setting comes first, which
// others are worse beyond chance or, if one thing was changed at a time, what each
// change does.
func (s *Sweep) Answers() (answers []string) {
	finished := s.Finished()
	if s.Progress != nil {
		answers = append(answers, s.Progress.String())
	}
	if len(finished) == 0 {
		return answers
	}
	behind, missing := 0, 0
	for _, setting := range s.Settings {
		switch {
		case len(setting.Paused) > 0:
			behind++
		case setting.Missing != "":
			missing++
		}
	}
	r := s.row(finished[0])
	answers = append(answers, fmt.Sprintf("%s comes first of %s by validation %s: %s, test %s.", r.name, counted(len(finished)+behind, "setting"), measure(r.classifies), r.text("best_val"), r.text("best_test")))
	switch {
	case s.Progress != nil:
		return answers
	case s.OneAtATime:
		answers = append(answers, s.changes()...)
	case len(finished) > 1:
		answers = append(answers, s.others())
	}
	if behind > 0 {
		answers = append(answers, fmt.Sprintf("%d of %d settings were left behind before their end, because others were ahead: the table says what each had reached by then.", behind, len(s.Settings)))
	}
	if missing > 0 {
		answers = append(answers, fmt.Sprintf("%d of %s have no figures: %s says why.", missing, counted(len(s.Settings), "setting"), runfolder.ComparisonTable))
	}
	return answers
}

// contenders returns the settings that have figures, for a comparison.
func (s *Sweep) contenders() (all []Contender) {
	for _, setting := range s.Finished() {
		all = append(all, setting.Contender)
	}
	return all
}

const moreSeeds = "There is one run of each, which does not show that one setting is better than another: another seed changes the figures too (-seeds 5 trains more)."

// others says how many of the other settings are worse than the first one.
func (s *Sweep) others() string {
	differences := metrics.AgainstBest(figures(s.contenders()), metrics.ValidationFigure)
	worse, tested := 0, 0
	for _, d := range differences {
		if d.Significant() {
			worse++
		}
		if d.Basis != metrics.Untested {
			tested++
		}
	}
	if tested == 0 {
		return moreSeeds
	}
	return fmt.Sprintf("%d of the %d others are worse than it beyond chance, %d cannot be told from it (t-tests over seeds at 5%%, Holm's correction for all pairs of settings).", worse, len(differences), len(differences)-worse)
}

// changes says what each change does on its own: which ones help, which ones harm,
// and which ones cannot be told from no change.
func (s *Sweep) changes() []string {
	ordered, differences := s.against(unchanged)
	if len(differences) == 0 {
		return nil
	}
	groups := make(map[string][]string)
	for i, d := range differences {
		group := "Not told from no change"
		switch {
		case d.Basis == metrics.Untested:
			group = "Difference to no change"
		case d.Significant() && (d.Change > 0) == s.Classifies():
			group = "Better"
		case d.Significant():
			group = "Worse"
		}
		groups[group] = append(groups[group], fmt.Sprintf("%s (%s)", ordered[i+1].Label, changeText(s.Classifies(), d)))
	}
	answers := []string{fmt.Sprintf("With no change, the validation %s is %s. What each change does to it on its own:", measure(s.Classifies()), newResult("", "", nil, ordered[0].summaries()...).text("best_val"))}
	for _, group := range []string{"Better", "Worse", "Not told from no change", "Difference to no change"} {
		if len(groups[group]) > 0 {
			answers = append(answers, fmt.Sprintf("%s: %s.", group, strings.Join(groups[group], ", ")))
		}
	}
	if len(groups["Difference to no change"]) > 0 {
		return append(answers, moreSeeds)
	}
	return append(answers, "In brackets is the difference with its 95% interval. The tests are t-tests over seeds at 5% with Holm's correction for the number of changes. What a change does beside others, they do not show.")
}

// against compares the validation figures of all finished settings with those of the
// one with a label, which is put before the others. It returns nothing if that one
// has no figures.
func (s *Sweep) against(label string) (ordered []Contender, differences []metrics.Difference) {
	ordered = s.contenders()
	place := slices.IndexFunc(ordered, func(c Contender) bool { return c.Label == label })
	if place < 0 {
		return nil, nil
	}
	first := ordered[place]
	ordered = slices.Insert(slices.Delete(ordered, place, place+1), 0, first)
	return ordered, metrics.AgainstFirst(figures(ordered), metrics.ValidationFigure)
}

// Apart returns, by label, whether the validation figures of a setting differ from
// those of first by more than chance explains, all being compared with first.
func (s *Sweep) Apart(first Setting) map[string]bool {
	apart := make(map[string]bool)
	ordered, differences := s.against(first.Label)
	for i, difference := range differences {
		apart[ordered[i+1].Label] = difference.Significant()
	}
	return apart
}

// row returns the setting's row of the table of results.
func (s *Sweep) row(setting Setting) result {
	runs := setting.reached()
	r := result{name: setting.Label, values: setting.Values, status: setting.Missing}
	if s.OneAtATime { // it is named by its change
		r.values = nil
	}
	if len(runs.Runs) > 0 {
		r = newResult(setting.Label, "", r.values, runs.summaries()...)
	}
	switch {
	case setting.Now != "":
		r.status = setting.Now
	case len(setting.Paused) > 0:
		r.status = "left behind"
	case setting.Missing != "" && setting.Missing != notFinished && setting.Missing != deleted:
		r.status = "failed" // comparison.csv has the reason
	}
	return r
}

// table returns the table of all settings, numbered in their order, with links that
// start from the folder f.
func (s *Sweep) table(f *runfolder.Folder) table {
	keys := ShortKeys(s.Keys)
	if s.OneAtATime {
		keys = nil
	}
	var all []result
	for i, setting := range s.Settings {
		r := s.row(setting)
		if !s.OneAtATime {
			r.name = fmt.Sprint(i + 1)
		}
		if len(setting.Runs) > 0 {
			r.link = pageOf(f.Path, setting.Runs[0].Path)
		}
		all = append(all, r)
	}
	return newTable(keys, all)
}

// WriteSweep writes the pictures, comparison.csv with the best setting first, and
// report.html, which contains the pictures too.
func WriteSweep(f *runfolder.Folder, s *Sweep, pictures []Picture) error {
	var runs []recorded
	for _, setting := range s.Settings {
		runs = append(runs, setting.recorded(setting.Values)...)
		if setting.Missing != "" {
			runs = append(runs, recorded{config: result{name: setting.Label, values: setting.Values, status: setting.Missing}})
		}
	}
	if err := writeFiles(f, s.Keys, runs, pictures); err != nil {
		return err
	}
	return f.WriteWith(runfolder.ReportFile, func(w io.Writer) error { return SweepPage(w, f, s, pictures) })
}

// SweepPage writes the page of the sweep in the folder. The sweep may still be
// going on.
func SweepPage(w io.Writer, f *runfolder.Folder, s *Sweep, pictures []Picture) error {
	curves, err := s.curves()
	if err != nil {
		return fmt.Errorf("making %s: %w", runfolder.ReportFile, err)
	}
	p := resultsPage{Title: s.Name, Curves: curves, Under: fmt.Sprintf("%s of %s", counted(len(s.Settings), "setting"), strings.Join(s.Keys, ", ")),
		Warnings: s.Warnings(), Answers: s.Answers(), Results: s.table(f), Pictures: pictures,
		Order: "Ordered by the validation figure of the best epoch; test figures play no part."}
	_, runs := results(f, s.contenders())
	p.addRuns(runs)
	if s.Progress == nil {
		if p.Files, err = f.Files(); err != nil {
			return err
		}
	}
	return resultsTemplate.Execute(w, p)
}

// curves returns the first chart of the curves of the best settings and of those in
// training, the best in color.
func (s *Sweep) curves() ([]template.HTML, error) {
	const most, colored = 8, 3
	drawn := s.contenders()
	drawn = append(drawn[:min(len(drawn), max(1, most-len(s.Running)))], s.Running...)
	if len(drawn) == 0 {
		return nil, nil
	}
	charts, err := Charts(s.Name, drawn[:min(len(drawn), most)], colored)
	if err != nil || len(charts) == 0 {
		return nil, err
	}
	curves, err := figure(charts[0].Chart, nil)
	return []template.HTML{curves}, err
}

// ShowSweep shows the best settings of a sweep and what they show.
func ShowSweep(out io.Writer, s *Sweep, folder string) {
	const most = 15
	fmt.Fprintln(out)
	Table(out, s.table(&runfolder.Folder{Path: folder}).rows(most))
	if more := len(s.Settings) - most; more > 0 {
		fmt.Fprintf(out, "and %d more in %s\n", more, filepath.Join(folder, runfolder.ComparisonTable))
	}
	fmt.Fprintln(out, "\nOrdered by the validation figures of the best epoch; test figures play no part.")
	for _, text := range append(s.Warnings(), s.Answers()...) {
		fmt.Fprintln(out, wrap(text, widthOf(out)))
	}
	fmt.Fprintf(out, "\nPictures, table and report: %s\n", filepath.Join(folder, runfolder.ReportFile))
}
