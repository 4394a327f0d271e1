package series

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
	"cifartrain/training"
)

// Estimate checks a config's sweep as training does, and estimates what its runs
// will take. Settings whose steps take equally long are measured once. name is the
// one that the sweep would be joined under, empty for none.
func Estimate(ctx context.Context, s *runs.Session, config configs.Config, seeds int, name string) (plan reports.SweepPlan, err error) {
	p := newPlan(s, []configs.Config{config}, seeds)
	folder, err := p.place(name)
	if err == nil {
		err = p.check(ctx)
	}
	if folder == nil {
		folder = &runfolder.Folder{Path: filepath.Join(s.Runs, config.Name, "<UTC time>")}
	} else if err == nil && folder.Has(runfolder.PlanFile) {
		err = p.join(folder)
	}
	if err != nil {
		return plan, err
	}
	atOnce, rounds := p.atOnce(), p.rounds()
	plan = reports.SweepPlan{
		Name: config.Name, Settings: len(p.settings), Runs: p.count(), AtOnce: atOnce, Folder: folder.Path,
		Shortest: math.Inf(1), Memory: p.common + int64(atOnce)*p.own,
	}
	seconds := make(map[string]func(epochs int) float64) // of the runs that do the same work
	for _, setting := range p.settings {
		one := setting.Config
		work := one.Work()
		if seconds[work] == nil {
			run, pace, err := s.Try(ctx, one)
			if errors.As(err, new(*training.DivergedError)) {
				continue // its run will fail at once, too, which is a result of the sweep
			}
			if err != nil {
				return plan, fmt.Errorf("%s: %w", reports.SettingLabel(p.keys(), setting.Values), err)
			}
			seconds[work] = func(epochs int) float64 { return run.Seconds(pace, epochs) }
		}
		plan.Longest = max(plan.Longest, seconds[work](one.Train.Epochs))
		for i, r := range rounds { // later rounds train fewer settings
			more := seconds[work](r.lastEpoch(one))
			if i == 0 {
				plan.Shortest = min(plan.Shortest, more)
			} else {
				more -= seconds[work](rounds[i-1].lastEpoch(one))
			}
			plan.Seconds += more * float64(r.settings*seeds) / float64(len(p.settings)*atOnce)
		}
		plan.MayStop = plan.MayStop || one.Train.EarlyStopping > 0
	}
	return plan, nil
}
