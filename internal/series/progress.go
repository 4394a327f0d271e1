package series

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
)

// progress returns how far the plan is in the first round that has not ended, or in
// the last one, and what goes on in each of the round's runs, in words by the run's
// index.
func (p *plan) progress() (now reports.SweepProgress, doing map[int]string) {
	rounds := p.rounds()
	for i, r := range rounds {
		places := p.selected(rounds, i)
		now, doing = reports.SweepProgress{All: len(places), Round: i + 1, Rounds: len(rounds)}, make(map[int]string)
		epochs, seconds := 0, 0.0
		for _, place := range places {
			history, err := p.runs[place].History()
			if err != nil {
				history = nil // of a run that has not begun
			}
			for _, epoch := range history {
				epochs, seconds = epochs+1, seconds+epoch.Seconds
			}
			if runs.FinishedRound(p.runs[place], r.pause) {
				now.Done++
				doing[place] = "waits for the others"
				continue
			}
			end := r.lastEpoch(p.config(place))
			now.EpochsLeft += max(0, end-len(history))
			doing[place] = "waits"
			if holder, held, err := p.runs[place].HeldBy(); err == nil && held {
				now.Running = append(now.Running, holder.String())
				doing[place] = fmt.Sprintf("in epoch %d of %d, %v", min(len(history)+1, end), end, holder)
			}
		}
		if epochs > 0 {
			now.SecondsPerEpoch = seconds / float64(epochs)
		}
		if now.Done < now.All {
			for j, later := range rounds[i+1:] {
				now.EpochsLeft += later.settings * p.Seeds * (later.lastEpoch(p.config(0)) - rounds[i+j].lastEpoch(p.config(0)))
			}
			break
		}
	}
	return now, doing
}

// Page returns the page of the sweep at path as it stands now, with how far it is and
// what the runs that are being trained have reached, and whether all runs have ended.
func Page(s *runs.Session, path string) (page []byte, ended bool, err error) {
	p, found, err := open(s, path)
	if err == nil && (!found || p.sweep() == nil) {
		err = fmt.Errorf("%s is no longer a sweep", path)
	}
	if err != nil {
		return nil, false, err
	}
	result := p.result()
	now, doing := p.progress()
	if ended = now.Done == now.All; !ended {
		result.Progress = &now
		bySetting := make(map[string][]string)
		for _, place := range slices.Sorted(maps.Keys(doing)) {
			text, label := doing[place], p.settingLabel(place)
			bySetting[label] = append(bySetting[label], text)
			if one, err := p.runs[place].SoFar(); err == nil && strings.HasPrefix(text, "in epoch") {
				result.Running = append(result.Running, reports.Contender{Label: label + ", in training", Runs: []runfolder.FinishedRun{one}})
			}
		}
		for i, setting := range result.Contenders {
			result.Contenders[i].Now = strings.Join(bySetting[setting.Label], "; ")
		}
	}
	pictures, err := p.draw(result)
	if err != nil {
		return nil, false, err
	}
	var content bytes.Buffer
	if err := result.Page(&content, p.folder, pictures); err != nil {
		return nil, false, err
	}
	return content.Bytes(), ended, nil
}
