package commands

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runs"
	"cifartrain/internal/series"
)

// dryRunSweep does for a sweep what dryRunAll does for configs, with figures for
// all its runs together.
func (p *program) dryRunSweep(ctx context.Context, config configs.Config) error {
	p.session.Offline = true
	plan, err := series.Estimate(ctx, &p.session, config, p.seeds, p.join)
	if err != nil {
		return err
	}
	reports.ShowSweepPlan(p.stdout, plan)
	reports.DryRunEnd(p.stdout, plan.Runs, "", plan.Seconds)
	return nil
}

// dryRunAll checks configs and data as training does. For each config it shows the
// model, the images, the steps, what its runs would write, and about how long
// they would take, measured by a few steps on real batches. It keeps no model,
// writes nothing and downloads nothing: of a dataset that a run would
// first download it says so.
func (p *program) dryRunAll(ctx context.Context, all []configs.Config) error {
	s := &p.session
	s.Offline = true
	if err := s.Check(ctx, all, p.seeds); err != nil {
		return err
	}
	if info, err := os.Stat(s.Runs); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file, so no run folder can be made in it; choose another place with -runs", s.Runs)
	}
	seconds := 0.0
	for _, config := range all {
		plan, err := p.plan(ctx, config)
		if err != nil {
			return err
		}
		reports.ShowPlan(s.Out, plan)
		seconds += plan.Seconds * float64(plan.Seeds)
	}
	reports.DryRunEnd(s.Out, len(all)*p.seeds, filepath.Join(s.Runs, "comparison"), seconds)
	return nil
}

// plan says what the runs of a config would do.
func (p *program) plan(ctx context.Context, config configs.Config) (reports.Plan, error) {
	s := &p.session
	run, pace, err := s.Try(ctx, config)
	if err != nil {
		return reports.Plan{}, err
	}
	size := run.Config.Data.BatchSize
	model, err := run.Architecture.Build(run.Weights, size)
	if err != nil {
		return reports.Plan{}, err
	}
	shared, own := run.Memory()
	summary := run.Begun(time.Time{})
	summary.Layers = runs.Layers(run.Architecture, model)
	return reports.Plan{
		Summary: summary,
		Steps:   (run.Training.Len() + size - 1) / size, Batch: size, Epochs: config.Train.Epochs, MayStop: config.Train.EarlyStopping > 0,
		Seeds: p.seeds, Folder: filepath.Join(s.Runs, config.Name), Files: s.Files(run),
		Step: pace.Step, Epoch: pace.Epoch, Seconds: run.Seconds(pace, config.Train.Epochs),
		Memory: shared + own,
	}, nil
}

// findRates makes a learning-rate range test of each config.
func (p *program) findRates(ctx context.Context, all []configs.Config) error {
	for _, config := range all {
		if config.Sweep != nil {
			return usagef("-find-rate tests one config, and %s sweeps keys: remove its sweep with -set sweep=null", config.Name)
		}
		test, picture, err := p.session.FindRate(ctx, config)
		if err != nil {
			return err
		}
		reports.ShowRates(p.stdout, config.Name, test, picture)
	}
	return nil
}
