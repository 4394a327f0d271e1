package runs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/shell"
	"cifartrain/loaders"
	"cifartrain/loaders/sources"
)

// A sweep is the set of runs of a config that sweeps some of its keys.
type sweep struct {
	config   configs.Config
	settings []configs.Setting
	seeds    int
	folder   *runfolder.Folder
	runs     []*runfolder.Folder // all seeds of the first setting, then those of the second, and so on

	common, own int64 // memory in bytes: what all runs share, and the most that one run adds
}

// Sweep trains every setting of a config's sweep, with as many seeds as the
// session asks for, and compares them.
func (s *Session) Sweep(ctx context.Context, config configs.Config) error {
	w := &sweep{config: config, settings: config.Settings(), seeds: s.Seeds}
	if err := s.checkSweep(ctx, w); err != nil {
		return err
	}
	if err := s.share(ctx, w); err != nil {
		return err
	}
	if err := s.lay(w); err != nil {
		return err
	}
	unlock, err := w.folder.Lock()
	if err != nil {
		return err
	}
	defer unlock()
	return s.carryOutSweep(ctx, w)
}

// checkSweep returns an error for mistakes that can be found before the first
// run and without the dataset.
func (s *Session) checkSweep(ctx context.Context, w *sweep) error {
	if runs := len(w.settings) * w.seeds; runs > configs.MaxRuns {
		return requestf("-seeds %d: %d settings with %d seeds each make %d runs, more than %d", w.seeds, len(w.settings), w.seeds, runs, configs.MaxRuns)
	}
	var all []configs.Config
	for _, setting := range w.settings {
		all = append(all, setting.Config)
	}
	if err := s.Check(ctx, all); err != nil {
		return err
	}
	if why := s.incomparable(all); why != "" {
		return requestf("%s: a sweep cannot compare them", why)
	}
	return nil
}

// share loads the dataset that all runs share, and checks that it suits each of
// them.
func (s *Session) share(ctx context.Context, w *sweep) error {
	images, err := s.images(ctx, w.settings[0].Config)
	if err != nil {
		return err
	}
	if images.Dataset.StandsInBecause != "" {
		w.config = w.config.WithSource("sample")
		w.settings = w.config.Settings()
	}
	s.datasets = map[sources.Source]*loaders.Dataset{sourceOf(withoutSample(w.config)): images.Dataset}
	for _, setting := range w.settings {
		prepared, err := s.Prepare(ctx, withoutSample(setting.Config), Need{Images: true})
		if err == nil {
			err = prepared.suits()
		}
		if err != nil {
			return err
		}
		common, own := prepared.Memory()
		w.common, w.own = common, max(w.own, own)
	}
	return nil
}

// lay makes the folders of the sweep and of all its runs.
func (s *Session) lay(w *sweep) (err error) {
	if w.folder, err = runfolder.Create(s.Runs, w.config.Name, time.Now()); err != nil {
		return err
	}
	if err := s.layRuns(w); err != nil {
		return err
	}
	s.pointLatest(w.folder)
	return nil
}

// pointLatest points the latest link at the folder, and warns if the system
// does not allow it.
func (s *Session) pointLatest(folder *runfolder.Folder) {
	if err := folder.PointLatest(); err != nil {
		fmt.Fprintf(s.Err, "warning: %v\n", err)
	}
}

// layRuns makes the folders of all runs in the sweep's folder. The sweep's
// config is written last: a folder without it was cut off here and does not
// count as a sweep.
func (s *Session) layRuns(w *sweep) error {
	for i := range len(w.settings) * w.seeds {
		folder, err := w.layRun(i, s.Init)
		if err != nil {
			return err
		}
		w.runs = append(w.runs, folder)
	}
	text, err := w.config.YAML()
	if err != nil {
		return err
	}
	return w.folder.Write(runfolder.SweepFile, text)
}

// layRun makes the folder of the run with an index, which starts from the weights
// in the file initial unless that is empty.
func (w *sweep) layRun(i int, initial string) (*runfolder.Folder, error) {
	folder, err := w.folder.CreateRun(w.runName(i))
	if err == nil {
		_, err = writeConfig(folder, w.run(i), initial)
	}
	return folder, err
}

// runName is the name of a run's folder.
func (w *sweep) runName(i int) string {
	return runfolder.RunName(i+1, len(w.settings)*w.seeds, w.label(i))
}

// layDeletedRuns makes the folders of runs that somebody has deleted, so that these
// are trained again.
func (w *sweep) layDeletedRuns() error {
	initial := ""
	for _, run := range w.runs {
		if file := run.File(runfolder.InitialWeightsFile); exists(file) {
			initial = file // the same in every run
		}
	}
	for i, run := range w.runs {
		if exists(run.Path) {
			continue
		}
		if _, err := w.layRun(i, initial); err != nil {
			return err
		}
	}
	return nil
}

// keys returns the swept keys.
func (w *sweep) keys() []string {
	var keys []string
	for _, swept := range w.config.Sweep.Keys {
		keys = append(keys, swept.Key)
	}
	return keys
}

// run returns the config of the run with an index.
func (w *sweep) run(i int) configs.Config {
	config := w.settings[i/w.seeds].Config
	config.Seed += uint64(i % w.seeds)
	return config
}

// asked returns the config with which a run of the sweep goes on. A run that was made
// longer than the sweep by itself keeps its length.
func (s *Session) asked(w *sweep, i int) (configs.Config, error) {
	config := w.run(i)
	begun, err := s.Load(w.folder.File(runfolder.SweepFile), nil)
	if err != nil {
		return configs.Config{}, err
	}
	own, err := s.Load(w.runs[i].File(runfolder.ConfigFile), nil)
	if err != nil {
		return configs.Config{}, err
	}
	if own.Train.Epochs > begun.Train.Epochs {
		config.Train.Epochs = max(config.Train.Epochs, own.Train.Epochs)
	}
	return config, nil
}

// resumeSweep does the work of [Session.Resume] for a sweep: it trains the runs
// that are not finished.
func (s *Session) resumeSweep(ctx context.Context, folder *runfolder.Folder, runs []*runfolder.Folder, configPath string, overrides []string) error {
	if exists(folder.File(runfolder.PlanFile)) {
		return s.rejoin(ctx, folder, configPath, overrides)
	}
	unlock, err := folder.Lock()
	if err != nil {
		return err
	}
	defer unlock()
	begun, err := s.Load(folder.File(runfolder.SweepFile), nil)
	if err != nil {
		return err
	}
	asked, err := s.Load(cmp.Or(configPath, folder.File(runfolder.SweepFile)), overrides)
	if err != nil {
		return err
	}
	if err := unchanged("sweep", folder, begun, asked); err != nil {
		return err
	}
	w, err := laidSweep(asked, folder, runs)
	if err != nil {
		return err
	}
	if err := s.share(ctx, w); err != nil {
		return err
	}
	if err := w.layDeletedRuns(); err != nil {
		return err
	}
	return s.carryOutSweep(ctx, w)
}

// laidSweep returns the sweep of a config whose folders exist. A run whose folder
// was deleted keeps its place among the others: a folder's name begins with its
// number. If the last ones were deleted, the number of seeds follows from the rest.
func laidSweep(config configs.Config, folder *runfolder.Folder, runs []*runfolder.Folder) (*sweep, error) {
	w := &sweep{config: config, settings: config.Settings(), folder: folder}
	byNumber, last := make(map[int]*runfolder.Folder), 0
	for _, run := range runs {
		if number := runfolder.RunNumber(run); number <= configs.MaxRuns { // else it is not of this sweep
			byNumber[number], last = run, max(last, number)
		}
	}
	w.seeds = (last + len(w.settings) - 1) / len(w.settings)
	if w.seeds < 1 {
		return nil, fmt.Errorf("%s holds no run of its %d settings, so all were deleted; begin it again with: %s",
			folder.Path, len(w.settings), shell.Command("-config", folder.File(runfolder.SweepFile)))
	}
	for i := range len(w.settings) * w.seeds {
		run := &runfolder.Folder{Path: folder.File(w.runName(i))}
		if there := byNumber[i+1]; there != nil {
			run = there
		}
		w.runs = append(w.runs, run)
	}
	return w, nil
}

// BestOfSweep returns the run folders, one for each seed, of the best setting
// of the sweep at path. found is false if there is no sweep at path.
func (s *Session) BestOfSweep(path string) (best []*runfolder.Folder, found bool, err error) {
	folder, runs, found := runfolder.OpenSweep(path)
	if !found {
		return nil, false, nil
	}
	config, err := s.Load(folder.File(runfolder.SweepFile), nil)
	if err != nil {
		return nil, true, err
	}
	w, err := laidSweep(config, folder, runs)
	if err != nil {
		return nil, true, err
	}
	setting := w.result().Settings[0]
	if setting.Missing != "" {
		return nil, true, requestf("none of the runs of the sweep in %s is finished; %s", folder.Path, howToGoOn(folder.Path))
	}
	for _, run := range setting.Runs {
		best = append(best, &runfolder.Folder{Path: run.Path})
	}
	fmt.Fprintf(s.Err, "%s is a sweep; its best setting by validation figures is %s\n", path, setting.Label)
	return best, true, nil
}

// carryOutSweep trains the runs that are not finished and shows the result of
// all runs.
func (s *Session) carryOutSweep(ctx context.Context, w *sweep) error {
	atOnce := s.atOnce(ctx, w)
	fmt.Fprintf(s.Out, "%s: %d settings, %d runs, %d at once\nwriting to %s\n\n", w.config.Name, len(w.settings), len(w.runs), atOnce, w.folder.Path)
	cause := s.trainAll(ctx, w, atOnce)
	result := w.result()
	finished := result.Trained()
	if finished > 0 {
		if err := s.concludeSweep(w, result); err != nil {
			return errors.Join(cause, err)
		}
	}
	switch {
	case errors.Is(cause, context.Canceled):
		return Interruption(fmt.Sprintf("interrupted after %d of %d runs; their results are in %s; go on with: %s", finished, len(w.runs), w.folder.Path, s.goOnCommand(w.folder.Path)))
	case cause != nil:
		return fmt.Errorf("%w; of the sweep, %d of %d runs are finished; once the cause is fixed, go on with: %s", cause, finished, len(w.runs), s.goOnCommand(w.folder.Path))
	}
	return w.failed(result)
}

// failed returns the error of a sweep whose runs have all ended, some of them
// by failing.
func (w *sweep) failed(result *reports.Sweep) error {
	switch finished := result.Trained(); {
	case finished == 0:
		return fmt.Errorf("all %d runs failed, the first because: %s", len(w.runs), result.Settings[0].Missing)
	case finished < len(w.runs):
		failed := slices.IndexFunc(result.Settings, func(s reports.Setting) bool { return s.Missing != "" })
		if failed < 0 {
			return fmt.Errorf("%d of %d runs failed", len(w.runs)-finished, len(w.runs))
		}
		return fmt.Errorf("%d of %d runs failed, the first because: %s; %s has each reason",
			len(w.runs)-finished, len(w.runs), result.Settings[failed].Missing, w.folder.File(runfolder.ComparisonTable))
	}
	return nil
}

// setting returns the results of the given runs, which belong to the setting of
// run i.
func (w *sweep) setting(i int, runs []*runfolder.Folder) reports.Setting {
	return reports.NewSetting(w.settingLabel(i), w.settings[i/w.seeds].Values, runs)
}

// settingLabel names the setting of a run.
func (w *sweep) settingLabel(i int) string {
	values := w.settings[i/w.seeds].Values
	if !w.config.Sweep.OneAtATime() {
		return reports.SettingLabel(w.keys(), values)
	}
	return reports.ChangeLabel(w.keys(), values, w.settings[0].Values)
}

// label names a run, different from all others of the sweep.
func (w *sweep) label(i int) string {
	label := w.settingLabel(i)
	if w.seeds > 1 {
		label += fmt.Sprintf(", seed=%d", w.run(i).Seed)
	}
	return label
}
