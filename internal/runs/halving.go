package runs

import (
	"cmp"
	"math"
	"slices"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
)

// A rung is one round of a sweep: some settings are trained up to an epoch, and
// the best of them go on to the next rung. A sweep that does not halve its
// settings has a single rung, in which all settings are trained to their end.
type rung struct {
	pause    int // the epoch after which its runs pause; toTheEnd on the last rung
	settings int // how many settings are trained in it
	before   *rung
}

// rungs returns the rounds of successive halving: n settings for the first few
// epochs, then one in factor of them for factor times as many epochs, and so
// on, until the last rung trains the remaining ones to their end. See Jamieson
// and Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter
// Optimization", 2016.
func (w *sweep) rungs() []rung {
	if w.config.Sweep.Method != "halving" {
		return []rung{{pause: toTheEnd, settings: len(w.settings)}}
	}
	var all []rung
	const shareBeforeChoice = 10 // a tenth of all epochs
	epochs, factor, left := w.config.Sweep.Epochs, w.config.Sweep.Factor, len(w.settings)
	if epochs == 0 {
		epochs = max(1, w.config.Train.Epochs/shareBeforeChoice)
	}
	var before *rung
	for ; epochs < w.config.Train.Epochs && left > 1; epochs *= factor {
		one := rung{pause: epochs, settings: left, before: before}
		all, before = append(all, one), &one
		left = (left + factor - 1) / factor
	}
	return append(all, rung{pause: toTheEnd, settings: left, before: before})
}

// climbers returns the indexes of the runs of a rung. All earlier rungs must be
// finished. The choice depends only on figures and not on which run was faster,
// so that every process working on the sweep makes the same choice.
func (w *sweep) climbers(r rung) []int {
	settings := make([]int, len(w.settings))
	for i := range settings {
		settings[i] = i
	}
	if r.before != nil {
		settings = w.settingsOf(*r.before)
		score := make(map[int]float64, len(settings))
		for _, i := range settings {
			score[i] = w.score(i, r.before.pause)
		}
		slices.SortStableFunc(settings, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
		settings = settings[:r.settings]
		slices.Sort(settings)
	}
	var places []int
	for _, i := range settings {
		for seed := range w.seeds {
			places = append(places, i*w.seeds+seed)
		}
	}
	return places
}

// settingsOf returns the settings that take part in a rung.
func (w *sweep) settingsOf(r rung) []int {
	var settings []int
	for _, place := range w.climbers(r) {
		if place%w.seeds == 0 {
			settings = append(settings, place/w.seeds)
		}
	}
	return settings
}

// score is what a setting reached in a number of epochs, averaged over its
// seeds: the validation accuracy of the best epoch or, for a model that does
// not classify, its negative validation loss. A setting that failed scores
// lowest.
func (w *sweep) score(setting, epochs int) float64 {
	sum := 0.0
	for _, run := range w.runs[setting*w.seeds : (setting+1)*w.seeds] {
		summary, err := run.Summary()
		if err != nil {
			return math.Inf(-1)
		}
		history, err := run.History()
		if err != nil || len(history) == 0 || len(history) < epochs && summary.Status == runfolder.Failed {
			return math.Inf(-1) // a failure in a later rung does not count in this one
		}
		sum += worth(history[:min(epochs, len(history))], summary.Task)
	}
	return sum / float64(w.seeds)
}

// worth is the figure by which settings are compared; higher is better.
func worth(history metrics.History, task metrics.Task) float64 {
	best := history[history.Best()]
	if task.Classifies() {
		return best.ValidationAccuracy
	}
	return -best.ValidationLoss
}

// hasEnded reports whether a run has ended, or has been trained up to the epoch
// after which it pauses.
func hasEnded(folder *runfolder.Folder, pause int) bool {
	summary, err := folder.Summary()
	if err != nil {
		return false
	}
	switch summary.Status {
	case runfolder.Failed:
		return true
	case runfolder.Finished, runfolder.Stopped:
		return len(folder.Missing(summary)) == 0
	case runfolder.Paused:
		return pause > 0 && summary.Epochs >= pause && len(folder.Missing(summary)) == 0
	}
	return false
}
