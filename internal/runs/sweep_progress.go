package runs

import (
	"fmt"
	"os"
	"strings"
	"time"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
)

// A standing says how far a sweep that has not ended is.
type standing struct {
	reports.SweepProgress
	doing map[int]string // what goes on in the run at a place, in words
}

// stands returns how far the sweep is. now is the time by the file system's clock.
func (w *sweep) stands(now time.Time) (*standing, error) {
	rungs := w.rungs()
	for i, r := range rungs {
		places := w.climbers(r)
		s := &standing{SweepProgress: reports.SweepProgress{All: len(places), Round: i + 1, Rounds: len(rungs)}, doing: make(map[int]string)}
		if err := s.look(w, r, places, now); err != nil {
			return nil, err
		}
		if s.Done == s.All && i+1 < len(rungs) {
			continue
		}
		for _, later := range rungs[i+1:] {
			s.EpochsLeft += later.settings * w.seeds * (later.lastEpoch(w.config) - later.before.lastEpoch(w.config))
		}
		return s, nil
	}
	return nil, fmt.Errorf("%s has no settings", w.folder.Path)
}

// lastEpoch is the epoch up to which a rung trains the run of a config.
func (r rung) lastEpoch(config configs.Config) int {
	if r.pause == toTheEnd {
		return config.Train.Epochs
	}
	return min(r.pause, config.Train.Epochs)
}

// look counts the runs of a rung and what is left of them.
func (s *standing) look(w *sweep, r rung, places []int, now time.Time) error {
	epochs, seconds := 0, 0.0
	for _, place := range places {
		history, err := w.runs[place].History()
		if err != nil {
			history = nil // of a run that has not begun
		}
		for _, epoch := range history {
			epochs, seconds = epochs+1, seconds+epoch.Seconds
		}
		if hasEnded(w.runs[place], r.pause) {
			s.Done++
			s.doing[place] = "waits for the others"
			continue
		}
		end := r.lastEpoch(w.run(place))
		s.EpochsLeft += max(0, end-len(history))
		who, trained, err := w.trainer(place, now)
		if err != nil {
			return err
		}
		if !trained {
			s.doing[place] = "waits"
			continue
		}
		s.Running = append(s.Running, who)
		s.doing[place] = fmt.Sprintf("in epoch %d of %d", min(len(history)+1, end), end)
		if who != "" {
			s.doing[place] += ", " + who
		}
	}
	if epochs > 0 {
		s.SecondsPerEpoch = seconds / float64(epochs)
	}
	return nil
}

// trainer says which process trains the run at a place. In a sweep that was not
// begun with -join there is a single process and no claim that names it: a run
// counts as being trained if something was written into its folder recently.
func (w *sweep) trainer(place int, now time.Time) (who string, trained bool, err error) {
	if exists(w.folder.File(runfolder.PlanFile)) {
		holder, held, err := w.runs[place].HeldBy(now)
		return holder.String(), held, err
	}
	summary, err := w.runs[place].Summary()
	if err != nil || summary.Status != runfolder.Training {
		return "", false, nil // it has not begun, or it was interrupted
	}
	const late = 5 * time.Minute
	for _, name := range []string{runfolder.ConfigFile, runfolder.MetricsFile, runfolder.CheckpointFile} {
		if info, err := os.Stat(w.runs[place].File(name)); err == nil && now.Sub(info.ModTime()) < late {
			return "", true, nil
		}
	}
	return "", false, nil
}

// underWay adds to the result how far the sweep is, and what the runs that are being
// trained have reached.
func (w *sweep) underWay(result *reports.Sweep, s *standing) {
	result.Progress = &s.SweepProgress
	for i := range result.Settings {
		setting := &result.Settings[i]
		var doing []string
		for place := range w.runs {
			if text := s.doing[place]; text != "" && w.settingLabel(place) == setting.Label {
				doing = append(doing, text)
				if one, err := w.runs[place].SoFar(); err == nil && strings.HasPrefix(text, "in epoch") {
					result.AddRunning(*setting, one)
				}
			}
		}
		setting.Now = strings.Join(doing, "; ")
	}
}
