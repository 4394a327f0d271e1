package runs

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/training"
)

// A Trial is a run of which a few steps were trained to see how long it takes.
// Its weights must not be used afterwards.
type Trial struct {
	*Prepared
	Run  *training.Run
	Pace training.Pace
}

// Try measures how long the parts of a config's run take on this machine.
func (s *Session) Try(ctx context.Context, config configs.Config) (*Trial, error) {
	need := Need{Images: true, Weights: DrawnWeights}
	if s.Init != "" {
		need.Weights = WeightsIn(s.Init)
	}
	prepared, err := s.Prepare(ctx, config, need)
	if err != nil {
		return nil, err
	}
	if err := prepared.fits(); err != nil {
		return nil, err
	}
	run, err := prepared.Run()
	if err != nil {
		return nil, err
	}
	pace, err := run.Measure(ctx)
	return &Trial{prepared, run, pace}, err
}

// Seconds estimates how long the run takes to train a number of epochs and to
// score the last and the best weights on the test images.
func (t *Trial) Seconds(epochs int) float64 {
	const scorings = 2
	return float64(epochs)*t.Pace.Epoch + scorings*float64(t.Images.Test.Len())*t.Pace.Image
}

// PlanSweep checks a config's sweep as training does, and estimates what its
// runs will take. Settings whose steps take equally long are measured once.
//
// place is the name that the sweep would be joined under, empty for none.
func (s *Session) PlanSweep(ctx context.Context, config configs.Config, place string) (reports.SweepPlan, error) {
	w := &sweep{config: config, settings: config.Settings(), seeds: s.Seeds}
	folder := &runfolder.Folder{Path: filepath.Join(s.Runs, config.Name, "<UTC time>")}
	if place != "" {
		if err := checkPlace(place); err != nil {
			return reports.SweepPlan{}, err
		}
		folder.Path = filepath.Join(s.Runs, config.Name, place)
	}
	if err := s.checkSweep(ctx, w); err != nil {
		return reports.SweepPlan{}, err
	}
	if err := s.share(ctx, w); err != nil {
		return reports.SweepPlan{}, err
	}
	if exists(folder.File(runfolder.SweepFile)) {
		if err := s.agree(w, folder); err != nil {
			return reports.SweepPlan{}, err
		}
	}
	runs, rungs := len(w.settings)*w.seeds, w.rungs()
	plan := reports.SweepPlan{
		Name: config.Name, Settings: len(w.settings), Runs: runs, AtOnce: s.atOnce(ctx, w), Folder: folder.Path,
		Shortest: math.Inf(1), Memory: w.common + int64(s.atOnce(ctx, w))*w.own,
	}
	trials := make(map[string]*Trial)
	for _, setting := range w.settings {
		one := withoutSample(setting.Config)
		pace := one.Work()
		if trials[pace] == nil {
			trial, err := s.Try(ctx, one)
			var diverged *training.DivergedError
			if errors.As(err, &diverged) {
				continue // its run will fail at once, too, which is a result of the sweep
			}
			if err != nil {
				return reports.SweepPlan{}, fmt.Errorf("%s: %w", reports.SettingLabel(w.keys(), setting.Values), err)
			}
			trials[pace] = trial
		}
		seconds := trials[pace].Seconds(one.Train.Epochs)
		plan.Longest = max(plan.Longest, seconds)
		for i, r := range rungs { // of which the later ones train a share of the settings
			more := trials[pace].Seconds(r.lastEpoch(one))
			if i == 0 {
				plan.Shortest = min(plan.Shortest, more)
			} else {
				more -= trials[pace].Seconds(r.before.lastEpoch(one))
			}
			plan.Seconds += more * float64(r.settings*w.seeds) / float64(len(w.settings)*plan.AtOnce)
		}
		plan.MayStop = plan.MayStop || one.Train.EarlyStopping > 0
	}
	return plan, nil
}
