package series

import (
	"cmp"
	"math"
	"slices"

	"cifartrain/configs"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
)

// A round trains some of the settings up to an epoch. The best of them go on to
// the next round. Plans that do not halve their settings have a single round, in
// which all settings are trained to their end.
type round struct {
	pause    int // the epoch after which its runs pause; runs.ToTheEnd in the last round
	settings int // how many settings are trained in it
}

// lastEpoch is the epoch up to which the round trains the run of a config.
func (r round) lastEpoch(config configs.Config) int {
	if r.pause == runs.ToTheEnd {
		return config.Train.Epochs
	}
	return min(r.pause, config.Train.Epochs)
}

// rounds returns the rounds of successive halving: all settings train for a few
// epochs, then the best 1/factor of them for factor times as many epochs, and so on,
// until the last round trains the remaining ones to their end. See Jamieson
// and Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter
// Optimization", 2016.
func (p *plan) rounds() (rounds []round) {
	left := len(p.settings)
	if sweep := p.sweep(); sweep != nil && sweep.Method == "halving" {
		const shareBeforeChoice = 10 // a tenth of all epochs
		all := p.config(0).Train.Epochs
		epochs := cmp.Or(sweep.Epochs, max(1, all/shareBeforeChoice))
		for ; epochs < all && left > 1; epochs *= sweep.Factor {
			rounds = append(rounds, round{epochs, left})
			left = (left + sweep.Factor - 1) / sweep.Factor
		}
	}
	return append(rounds, round{runs.ToTheEnd, left})
}

// selected returns the indexes of the runs of the round with an index. All earlier
// rounds must have ended. The choice depends only on figures and not on which run
// was faster, so that every process that works on the sweep makes the same choice.
func (p *plan) selected(rounds []round, index int) (places []int) {
	settings := make([]int, len(p.settings))
	for i := range settings {
		settings[i] = i
	}
	for i, next := range rounds[1 : index+1] {
		score := make(map[int]float64, len(settings))
		for _, setting := range settings {
			score[setting] = p.score(setting, rounds[i].pause)
		}
		slices.SortStableFunc(settings, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
		settings = settings[:next.settings]
		slices.Sort(settings)
	}
	for _, setting := range settings {
		for seed := range p.Seeds {
			places = append(places, setting*p.Seeds+seed)
		}
	}
	return places
}

// score is what a setting reached in a number of epochs, averaged over its
// seeds: the validation accuracy of the best epoch or, for a model that does
// not classify, its negative validation loss. A setting that failed scores
// lowest.
func (p *plan) score(setting, epochs int) float64 {
	sum := 0.0
	for _, run := range p.runs[setting*p.Seeds : (setting+1)*p.Seeds] {
		summary, err := run.Summary()
		if err != nil {
			return math.Inf(-1)
		}
		history, err := run.History()
		if err != nil || len(history) == 0 || len(history) < epochs && summary.Status == runfolder.Failed {
			return math.Inf(-1) // a failure in a later round does not count in this one
		}
		history = history[:min(epochs, len(history))]
		if best := history[history.Best()]; summary.Task.Classifies() {
			sum += best.ValidationAccuracy
		} else {
			sum -= best.ValidationLoss
		}
	}
	return sum / float64(p.Seeds)
}
