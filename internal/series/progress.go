package series

import (
	"fmt"
	"strings"

	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
)

// A progress says how far a plan that has not ended is.
type progress struct {
	reports.SweepProgress
	doing map[int]string // what goes on in the run with an index, in words
}

// progress returns how far the plan is in the first round that has not ended, or in
// the last one.
func (p *plan) progress() *progress {
	rounds := p.rounds()
	for i, r := range rounds {
		places := p.selected(rounds, i)
		now := &progress{SweepProgress: reports.SweepProgress{All: len(places), Round: i + 1, Rounds: len(rounds)}, doing: make(map[int]string)}
		now.look(p, r, places)
		if now.Done == now.All && i+1 < len(rounds) {
			continue
		}
		for j, later := range rounds[i+1:] {
			more := later.lastEpoch(p.config(0)) - rounds[i+j].lastEpoch(p.config(0))
			now.EpochsLeft += later.settings * p.seeds * more
		}
		return now
	}
	return nil // there is always a round
}

// look counts the runs of a round and what is left of them.
func (now *progress) look(p *plan, r round, places []int) {
	epochs, seconds := 0, 0.0
	for _, i := range places {
		history, err := p.runs[i].History()
		if err != nil {
			history = nil // of a run that has not begun
		}
		for _, epoch := range history {
			epochs, seconds = epochs+1, seconds+epoch.Seconds
		}
		if runs.Ended(p.runs[i], r.pause) {
			now.Done++
			now.doing[i] = "waits for the others"
			continue
		}
		end := r.lastEpoch(p.config(i))
		now.EpochsLeft += max(0, end-len(history))
		now.doing[i] = "waits"
		holder, held, err := p.runs[i].HeldBy()
		if err == nil && held {
			now.Running = append(now.Running, holder.String())
			now.doing[i] = fmt.Sprintf("in epoch %d of %d, %v", min(len(history)+1, end), end, holder)
		}
	}
	if epochs > 0 {
		now.SecondsPerEpoch = seconds / float64(epochs)
	}
}

// addTo adds to the result how far the plan is, and what the runs that are being
// trained have reached.
func (now *progress) addTo(result *reports.Results, p *plan) {
	result.Progress = &now.SweepProgress
	for i := range result.Contenders {
		setting := &result.Contenders[i]
		var doing []string
		for place, run := range p.runs {
			if text := now.doing[place]; text != "" && p.settingLabel(place) == setting.Label {
				doing = append(doing, text)
				if one, err := run.SoFar(); err == nil && strings.HasPrefix(text, "in epoch") {
					result.Running = append(result.Running, reports.Contender{Label: setting.Label + ", in training", Runs: []runfolder.FinishedRun{one}})
				}
			}
		}
		setting.Now = strings.Join(doing, "; ")
	}
}
