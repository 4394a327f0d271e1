package series

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
)

// Train trains each config, or each setting of a config's sweep, with so many
// seeds, and compares the runs if there are several. If name is not empty, it
// works on the sweep in the folder of that name until all of its runs are
// finished, beside any number of other processes.
func Train(ctx context.Context, s *runs.Session, all []configs.Config, seeds int, name string) error {
	if all[0].Sweep == nil && len(all)*seeds == 1 {
		return s.Train(ctx, all[0])
	}
	p := newPlan(s, all, seeds)
	place, err := p.place(name)
	if err == nil {
		err = p.check(ctx)
	}
	if err == nil {
		err = p.createOrOpen(place)
	}
	if err != nil {
		return err
	}
	return p.train(ctx, false)
}

// Resume continues the run, the sweep or the series at path as if it had never
// stopped. configPath names a config file; if it is empty, its own config is used.
// The config and the overrides (see [configs.Load]) may only change the number of
// epochs and where the dataset is taken from.
func Resume(ctx context.Context, s *runs.Session, path, configPath string, overrides []string) error {
	p, found, err := open(s, path)
	if err != nil {
		return err
	}
	if !found {
		return s.Resume(ctx, path, configPath, overrides)
	}
	asked := make([]configs.Config, 1)
	switch {
	case configPath == "":
		asked, err = p.parse(overrides)
	case len(p.begun) > 1:
		err = runs.Requestf("%s holds several runs, each with its own config: leave out -config", p.folder.Path)
	default:
		asked[0], err = runs.Load(configPath, overrides)
	}
	if err != nil {
		return err
	}
	for i, config := range asked {
		if err := runs.Unchanged("sweep", p.folder, p.begun[i], config); err != nil {
			return err
		}
	}
	p.settings = settingsOf(asked)
	for i := range p.settings {
		p.settings[i].Config = runs.WithoutSample(p.settings[i].Config)
	}
	if err := p.load(ctx); err != nil {
		return err
	}
	if err := p.createDeletedRuns(); err != nil {
		return err
	}
	return p.train(ctx, true)
}

// Redraw draws the pictures and the page of the run or sweep at path again, from the
// files it has written. A comparison of runs is refused. The overrides are for a run's
// config; see [configs.Load].
func Redraw(ctx context.Context, s *runs.Session, path string, overrides []string) error {
	p, found, err := open(s, path)
	switch {
	case err != nil:
		return err
	case found && p.sweep() != nil:
		return p.conclude(ctx, true)
	case found || runfolder.IsComparison(path):
		return runs.Requestf("%s is a comparison; compare the runs again with the command compare", path)
	}
	return s.Redraw(ctx, path, overrides)
}

// train trains the runs that are not finished, and compares all runs. A run that
// fails is part of the result; a disk that cannot be written ends the work. If
// checkEnded, runs that say that they are finished are checked too.
func (p *plan) train(ctx context.Context, checkEnded bool) error {
	s, atOnce := p.session, p.atOnce()
	if p.sweep() != nil {
		fmt.Fprintf(s.Out, "%s: %d settings, %d runs, %d at once in this process\nwriting to %s\n\n", p.name(), len(p.settings), p.count(), atOnce, p.folder.Path)
	}
	rounds := p.rounds()
	for i, round := range rounds {
		w := &pool{plan: p, pause: round.pause, places: p.selected(rounds, i), checkEnded: checkEnded}
		cause := w.train(ctx, atOnce)
		if cause == nil {
			continue
		}
		finished, _ := p.outcome()
		goOn := s.ResumeCommand(p.folder.Path)
		if p.sweep() != nil && finished > 0 {
			cause = errors.Join(cause, p.conclude(ctx, false))
		}
		if errors.Is(cause, context.Canceled) {
			where := fmt.Sprintf("with %d of %d runs finished", finished, p.count())
			if p.sweep() == nil { // they are trained one after the other
				where = fmt.Sprintf("in run %d of %d", finished+1, p.count())
			}
			return runs.Interruption(fmt.Sprintf("interrupted %s; its files are in %s; go on with: %s", where, p.folder.Path, goOn))
		}
		return fmt.Errorf("%w; %d of %d runs are finished; once the cause is fixed, go on with: %s", cause, finished, p.count(), goOn)
	}
	if err := p.conclude(ctx, checkEnded); err != nil {
		return err
	}
	_, failed := p.outcome()
	return failed
}

// outcome counts the runs that were trained as far as the plan wants, and returns an
// error that names those that failed and why, or nil if none did.
func (p *plan) outcome() (finished int, failed error) {
	const most = 5
	var reasons []string
	for i, run := range p.runs {
		summary, err := run.Summary()
		switch {
		case err != nil:
		case summary.Status == runfolder.Failed:
			reasons = append(reasons, fmt.Sprintf("%s: %s", p.label(i), summary.Error))
		case slices.Contains([]string{runfolder.Finished, runfolder.Stopped, runfolder.Paused}, summary.Status):
			finished++
		}
	}
	if len(reasons) == 0 {
		return finished, nil
	}
	text := fmt.Sprintf("%d of %d runs failed", len(reasons), len(p.runs))
	if len(reasons) == len(p.runs) {
		text = fmt.Sprintf("all %d runs failed", len(p.runs))
	}
	if more := len(reasons) - most; more > 0 {
		reasons = append(reasons[:most], fmt.Sprintf("and %d more", more))
	}
	return finished, fmt.Errorf("%s:\n%s", text, strings.Join(reasons, "\n"))
}

// conclude writes the comparison of all runs and shows it. Unless again is set, it
// writes nothing if another process has done so since the last run ended.
func (p *plan) conclude(ctx context.Context, again bool) error {
	var claims runfolder.Claims
	for again || !p.concluded() {
		claim, holder, _, err := claims.Take(p.folder, func(error) {})
		switch {
		case err != nil:
			return err
		case claim == nil:
			p.waitsFor(fmt.Sprintf("%v, which writes the comparison", holder))
			if err := lookAgain(ctx); err != nil {
				return err
			}
			continue
		case p.sweep() == nil:
			err = p.compare(ctx, claim.Folder())
		default:
			var pictures []reports.Picture
			result := p.result()
			if pictures, err = p.draw(result); err == nil {
				err = write(p.session, claim.Folder(), result, pictures)
			}
		}
		return errors.Join(err, claim.Release())
	}
	p.result().Show(p.session.Out, p.folder.Path)
	return nil
}

// concluded reports whether the comparison is newer than all runs.
func (p *plan) concluded() bool {
	page, err := os.Stat(p.folder.File(runfolder.ReportFile))
	if err != nil || !p.folder.Has(runfolder.ComparisonTable) {
		return false
	}
	return !slices.ContainsFunc(p.runs, func(run *runfolder.Folder) bool {
		summary, err := os.Stat(run.File(runfolder.SummaryFile))
		return err != nil || summary.ModTime().After(page.ModTime())
	})
}
