package runs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
)

// comparisonName is the name of the folder, beside the runs, that comparisons
// go into.
const comparisonName = "comparison"

// A series is the runs of one command, one after the other: each config with
// each of its seeds. Its folder is that of their comparison.
type series struct {
	folder  *runfolder.Folder
	file    *runfolder.Series // its description in the folder
	configs []configs.Config  // of the members
}

// trainSeries trains each config with each of the session's seeds and compares
// the runs.
func (s *Session) trainSeries(ctx context.Context, all []configs.Config) error {
	if err := s.suitAll(ctx, all); err != nil {
		return err
	}
	file := &runfolder.Series{TensorBoard: s.TensorBoard}
	if s.Init != "" {
		var err error
		if file.Init, err = filepath.Abs(s.Init); err != nil {
			return err
		}
	}
	one := &series{file: file}
	for _, config := range all {
		for range s.Seeds {
			text, err := config.YAML()
			if err != nil {
				return err
			}
			one.configs = append(one.configs, config)
			file.Members = append(file.Members, runfolder.Member{Config: string(text)})
			config.Seed++
		}
	}
	var err error
	if one.folder, err = runfolder.Create(s.Runs, comparisonName, time.Now()); err != nil {
		return err
	}
	if err := one.folder.WriteSeries(file); err != nil {
		return err
	}
	return s.carryOutSeries(ctx, one)
}

// suitAll returns an error if the dataset does not suit one of the configs, so
// that no run fails for that reason after others have been trained for a long
// time.
func (s *Session) suitAll(ctx context.Context, all []configs.Config) error {
	for _, config := range all {
		prepared, err := s.Prepare(ctx, config, Need{Images: true})
		if err == nil {
			err = prepared.suits()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// resumeSeries continues a series with all that is left of it.
func (s *Session) resumeSeries(ctx context.Context, folder *runfolder.Folder, file *runfolder.Series, overrides []string) error {
	one := &series{folder: folder, file: file}
	s.Runs = filepath.Dir(filepath.Dir(folder.Path)) // where the comparison's folder was made
	s.Init, s.TensorBoard = file.Init, file.TensorBoard || s.TensorBoard
	for _, member := range file.Members {
		config, err := configs.Parse(folder.File(runfolder.SeriesFile), []byte(member.Config), overrides, configKinds(s.kinds()))
		if err != nil {
			return err
		}
		one.configs = append(one.configs, config)
	}
	return s.carryOutSeries(ctx, one)
}

// carryOutSeries trains the runs that are not finished, and compares all runs.
// If a run fails, the others are still trained, and the failure is reported at
// the end.
func (s *Session) carryOutSeries(ctx context.Context, one *series) error {
	unlock, err := one.folder.Lock()
	if err != nil {
		return err
	}
	defer unlock()
	var failures []string
	finished := 0
	for i, config := range one.configs {
		err := s.trainMember(ctx, one, i)
		switch {
		case err == nil:
			finished++
		case errors.Is(err, context.Canceled):
			return Interruption(fmt.Sprintf("interrupted in run %d of %d, %s, seed %d; go on with the remaining runs: %s",
				i+1, len(one.configs), config.Name, config.Seed, s.goOnCommand(one.folder.Path)))
		case endsAll(err):
			return fmt.Errorf("%w; %d of %d runs are finished; once the cause is fixed, go on with the remaining runs: %s", err, finished, len(one.configs), s.goOnCommand(one.folder.Path))
		default:
			failures = append(failures, fmt.Sprintf("%s, seed %d: %v", config.Name, config.Seed, err))
			fmt.Fprintf(s.Err, "run %d of %d failed: %v\n", i+1, len(one.configs), err)
		}
	}
	if err := s.concludeSeries(ctx, one); err != nil {
		return err
	}
	if len(failures) > 0 {
		return fmt.Errorf("%d of %d runs failed:\n%s", len(failures), len(one.configs), strings.Join(failures, "\n"))
	}
	return nil
}

// endsAll reports whether an error of one run would also stop the next ones:
// the disk cannot be written.
func endsAll(err error) bool {
	var disk *runfolder.WriteError
	return errors.As(err, &disk)
}

// trainMember trains a run of the series, from its beginning or from where it
// stands. It does nothing for a finished run.
func (s *Session) trainMember(ctx context.Context, one *series, place int) error {
	config := one.configs[place]
	if folder := one.folder.RunOf(one.file.Members[place]); folder != nil {
		_, err := s.goOn(ctx, folder, config, toTheEnd)
		return err
	}
	_, err := s.train(ctx, config, func(folder *runfolder.Folder) error { return one.folder.Begun(one.file, place, folder) })
	return err
}

// concludeSeries prints how the finished runs' figures vary over the seeds, and
// compares the runs if they can be compared.
func (s *Session) concludeSeries(ctx context.Context, one *series) error {
	var folders []*runfolder.Folder
	var summaries []*runfolder.Summary // of one config's seeds
	var failed []reports.FailedRun
	for i, member := range one.file.Members {
		if folder := one.folder.RunOf(member); folder != nil {
			if run, err := folder.Finished(); err == nil {
				folders, summaries = append(folders, folder), append(summaries, run.Summary)
			} else if summary, err := folder.Summary(); err == nil && summary.Status == runfolder.Failed {
				failed = append(failed, reports.FailedRun{Path: folder.Path, Summary: summary})
			}
		}
		if i+1 == len(one.configs) || !sameButSeed(one.configs[i], one.configs[i+1]) {
			if len(summaries) > 1 {
				reports.ShowSeeds(s.Out, summaries)
			}
			summaries = nil
		}
	}
	if len(folders) < 2 {
		return nil
	}
	if why := s.incomparable(one.configs); why != "" {
		fmt.Fprintf(s.Err, "%s, so they are not compared\n", why)
		if len(folders) < len(one.configs) {
			return nil
		}
		return os.RemoveAll(one.folder.Path) // it holds nothing to go on with and nothing to see
	}
	return s.compareInto(ctx, one.folder, folders, failed, nil)
}

// sameButSeed reports whether two configs differ only in their seeds.
func sameButSeed(a, b configs.Config) bool {
	b.Seed = a.Seed
	return len(configs.Differences(a, b)) == 0
}

// incomparable says why the configs' runs have no figure in common. It returns
// "" if they have one.
func (s *Session) incomparable(all []configs.Config) string {
	first, classify := "", false // of the first config
	for _, config := range all {
		prepared, err := s.Prepare(context.Background(), config, Need{})
		if err != nil {
			return err.Error()
		}
		loss, classifies := prepared.Loss(), prepared.Architecture.Task.Classifies()
		if first == "" {
			first, classify = loss, classifies
		}
		if loss != first && !(classify && classifies) {
			return fmt.Sprintf("%s and %s measure different losses (%s, %s)", all[0].Name, config.Name, first, loss)
		}
	}
	return ""
}
