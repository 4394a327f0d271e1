// Package series trains many runs and compares them: a config with several seeds,
// several configs, or the settings of a sweep. One process trains them, or any
// number of processes on machines that share the folder.
package series

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"cifartrain/configs"
	"cifartrain/internal/kernels"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
)

// A plan is the list of runs that are trained and then compared: each setting
// with each seed. The settings are those of a sweep, or the configs of a command
// line. A single process trains it as one of many that join it would.
type plan struct {
	runfolder.Plan
	session  *runs.Session
	begun    []configs.Config    // one that sweeps keys, or several; as they were when the plan was made
	settings []configs.Setting   // what is trained
	folder   *runfolder.Folder   // of the comparison; nil before it is made
	runs     []*runfolder.Folder // all seeds of the first setting, then those of the second, and so on

	common, own int64  // memory in bytes: what all runs share, and the most that one run adds
	whole       bool   // whether a single run makes use of all processors
	waited      string // whom the plan's process has said that it waits for
}

func newPlan(s *runs.Session, all []configs.Config, seeds int) *plan {
	return &plan{Plan: runfolder.Plan{Seeds: seeds}, session: s, begun: slices.Clone(all), settings: settingsOf(all)}
}

// settingsOf returns the settings of a sweep's config, or the configs themselves.
func settingsOf(all []configs.Config) (settings []configs.Setting) {
	for _, config := range all {
		if config.Sweep != nil {
			settings = append(settings, config.Sweep.Settings...)
		} else {
			settings = append(settings, configs.Setting{Config: config})
		}
	}
	return settings
}

func (p *plan) sweep() *configs.Sweep { return p.begun[0].Sweep }

// name is the name of the folder that holds the plan's folder.
func (p *plan) name() string {
	if p.sweep() == nil {
		return "comparison"
	}
	return p.begun[0].Name
}

func (p *plan) count() int { return len(p.settings) * p.Seeds }

// config returns the config of the run with an index: the seeds of the first setting come
// first.
func (p *plan) config(i int) configs.Config {
	config := p.settings[i/p.Seeds].Config
	config.Seed += uint64(i % p.Seeds)
	return config
}

func (p *plan) keys() (keys []string) {
	for _, swept := range p.sweep().Keys {
		keys = append(keys, swept.Key)
	}
	return keys
}

func (p *plan) settingLabel(i int) string {
	values := p.settings[i/p.Seeds].Values
	switch {
	case p.sweep() == nil:
		return p.config(i).Name
	case p.sweep().OneAtATime():
		return reports.ChangeLabel(p.keys(), values, p.settings[0].Values)
	}
	return reports.SettingLabel(p.keys(), values)
}

// label names a run, different from all others of a sweep.
func (p *plan) label(i int) string {
	switch {
	case p.sweep() == nil:
		return fmt.Sprintf("%s, seed %d", p.config(i).Name, p.config(i).Seed)
	case p.Seeds > 1:
		return fmt.Sprintf("%s, seed=%d", p.settingLabel(i), p.config(i).Seed)
	}
	return p.settingLabel(i)
}

// check returns an error for mistakes that can be found before the first run, so
// that no run fails for them after others have been trained for a long time. It
// loads the datasets.
func (p *plan) check(ctx context.Context) error {
	if p.count() > configs.MaxRuns {
		return runs.Requestf("-seeds %d: %d settings with %d seeds each make %d runs, more than %d", p.Seeds, len(p.settings), p.Seeds, p.count(), configs.MaxRuns)
	}
	var all []configs.Config
	for _, setting := range p.settings {
		all = append(all, setting.Config)
	}
	if err := p.session.Check(ctx, all, p.Seeds); err != nil {
		return err
	}
	return p.load(ctx)
}

// load loads the runs' datasets, checks that they suit the runs and that a sweep's runs
// can be compared, and finds out how much memory the runs need. From then on the plan
// holds what is actually used: the sample in the place of a missing dataset, classes by
// name.
func (p *plan) load(ctx context.Context) error {
	var first *runs.Run
	for i, setting := range p.settings {
		run, err := p.session.Prepare(ctx, setting.Config, runs.Need{Images: true})
		if err == nil {
			err = run.CheckSteps()
		}
		if err == nil && i == 0 {
			first = run
			err = p.trainsOn(run.Dataset.Name, run.Dataset.Checksum)
		}
		if err != nil {
			return err
		}
		if classify := run.Architecture.Task.Classifies() && first.Architecture.Task.Classifies(); p.sweep() != nil && run.Loss() != first.Loss() && !classify {
			return runs.Requestf("%s and %s measure different losses (%s, %s): a sweep cannot compare them", p.label(0), p.label(i*p.Seeds), first.Loss(), run.Loss())
		}
		if run.Dataset.StandsInBecause != "" {
			for k, config := range p.begun {
				if config.Data.Source == setting.Config.Data.Source {
					p.begun[k] = config.WithSource(run.Config.Data.Source)
				}
			}
		}
		p.settings[i].Config = runs.WithoutSample(run.Config)
		common, own := run.Memory()
		p.common, p.own = max(p.common, common), max(p.own, own)
		p.whole = p.whole || kernels.Shared(run.Architecture.ParameterCount()*setting.Config.Data.BatchSize)
	}
	return nil
}

// trainsOn sets the dataset of the first run, or returns an error if the plan was begun
// with another one.
func (p *plan) trainsOn(name, checksum string) error {
	if p.Checksum != "" && p.Checksum != checksum {
		return runs.Requestf("the runs in %s train on the %s with checksum %.16s, but these images are the %s with checksum %.16s: name the folder of the former with -data",
			p.folder.Path, p.Dataset, p.Checksum, name, checksum)
	}
	p.Dataset, p.Checksum = name, checksum
	return nil
}

// atOnce is how many runs are trained side by side. If the models are too small for a
// run to use more than one processor, it is one run for each processor, as far as
// memory allows; otherwise it is one, which uses all of them: two autoencoders that
// share two processors are no faster than one after the other (15.5 s to 21.6 s, and
// 15.4 s to 15.8 s). Configs that are compared are trained one after the other.
func (p *plan) atOnce() int {
	if p.whole || p.sweep() == nil {
		return 1
	}
	limit, _ := runs.MemoryLimit()
	room := max(1, (limit-p.common)/max(1, p.own))
	return int(min(room, int64(p.count()), int64(runtime.GOMAXPROCS(0))))
}

var placeName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$`)

// place returns the folder that a sweep is joined in, or an error if it cannot
// have that name. An empty name stands for a sweep that is not joined, and nil.
func (p *plan) place(name string) (*runfolder.Folder, error) {
	if name == "" {
		return nil, nil
	}
	if !placeName.MatchString(name) || name == "latest" {
		return nil, runs.Requestf("-join %q cannot name a folder: use letters, digits, \"-\", \"_\" and \".\", the first not \".\", and not latest", name)
	}
	return &runfolder.Folder{Path: filepath.Join(p.session.Runs, p.name(), name)}, nil
}

// createOrOpen makes the folders of the plan and of its runs. Other processes may join
// the sweep in a place that is not nil; the first to come makes the folders.
func (p *plan) createOrOpen(place *runfolder.Folder) (err error) {
	if place == nil {
		if p.folder, err = runfolder.Create(p.session.Runs, p.name(), time.Now()); err == nil {
			err = p.createFolders()
		}
		if err == nil && p.sweep() != nil {
			p.session.PointLatest(p.folder)
		}
		return err
	}
	if name := filepath.Base(place.Path); !place.Has(runfolder.PlanFile) {
		if p.folder, err = runfolder.Draft(p.session.Runs, p.name(), name); err != nil {
			return err
		}
		if err := p.createFolders(); err != nil {
			return err
		}
		published := false
		if place, published, err = p.folder.Publish(name); err != nil {
			return err
		}
		if published {
			p.session.PointLatest(place)
		}
	}
	return p.join(place)
}

// createFolders makes the folders of all runs, with their configs. The plan is
// written last: a folder without it was cut off here and holds nothing to go on
// with. What has been made when it fails is removed.
func (p *plan) createFolders() (err error) {
	defer func() {
		if err != nil {
			for _, folder := range append(p.runs, p.folder) {
				os.RemoveAll(folder.Path)
			}
		}
	}()
	for _, config := range p.begun {
		text, err := config.YAML()
		if err != nil {
			return err
		}
		p.Configs = append(p.Configs, string(text))
		if config.Sweep != nil {
			if err := p.folder.Write(runfolder.SweepFile, text); err != nil {
				return err
			}
		}
	}
	for i := range p.count() {
		folder := &runfolder.Folder{Path: p.folder.File(runfolder.RunName(i+1, p.count(), p.label(i)))}
		if p.sweep() == nil {
			var err error
			if folder, err = runfolder.Create(p.session.Runs, p.config(i).Name, time.Now()); err != nil {
				return err
			}
		}
		p.runs = append(p.runs, folder)
		if err := p.session.Create(folder, p.config(i), p.session.Init); err != nil {
			return err
		}
		path, err := filepath.Rel(p.folder.Path, folder.Path)
		if err != nil {
			return err
		}
		p.Runs = append(p.Runs, filepath.ToSlash(path))
	}
	return p.folder.WritePlan(&p.Plan)
}

// createDeletedRuns makes the folders of runs that somebody has deleted, so that
// these are trained again.
func (p *plan) createDeletedRuns() error {
	initial := ""
	for _, run := range p.runs {
		if run.Has(runfolder.InitialWeightsFile) {
			initial = run.File(runfolder.InitialWeightsFile) // the same in every run
		}
	}
	for i, run := range p.runs {
		if run.Has(runfolder.ConfigFile) {
			continue
		}
		if err := p.session.Create(run, p.config(i), initial); err != nil {
			return err
		}
	}
	return nil
}

// open reads the plan in the folder at path. found is false if there is none. The
// plan's runs go on with its own configs.
func open(s *runs.Session, path string) (p *plan, found bool, err error) {
	folder, file, found, err := runfolder.OpenPlan(path)
	if err != nil || !found {
		return nil, found, err
	}
	p = &plan{Plan: *file, session: s, folder: folder}
	if p.begun, err = p.parse(nil); err != nil {
		return nil, true, err
	}
	if p.settings = settingsOf(p.begun); len(p.Runs) != p.count() {
		return nil, true, fmt.Errorf("%s lists %d runs, but its configs make %d: train them again with -config", folder.File(runfolder.PlanFile), len(p.Runs), p.count())
	}
	for _, path := range p.Runs {
		if path = filepath.FromSlash(path); !filepath.IsAbs(path) {
			path = folder.File(path)
		}
		p.runs = append(p.runs, &runfolder.Folder{Path: path})
	}
	return p, true, nil
}

func (p *plan) parse(overrides []string) (all []configs.Config, err error) {
	for _, text := range p.Configs {
		config, err := runs.Parse(p.folder.File(runfolder.PlanFile), text, overrides)
		if err != nil {
			return nil, err
		}
		all = append(all, config)
	}
	return all, nil
}

// join has the plan's process work in a folder that holds a plan. It returns an
// error that says what differs if that is not the plan that was asked for.
func (p *plan) join(place *runfolder.Folder) error {
	there, _, err := open(p.session, place.Path)
	if err != nil {
		return err
	}
	const remedy = "join it with the options it was begun with, or choose another name with -join"
	differ := slices.DeleteFunc(configs.Differences(there.begun[0], p.begun[0]), func(key string) bool { return configs.Changes(key) == "place" })
	if len(differ) > 0 {
		return runs.Requestf("the sweep in %s has a config that differs in %s: %s", place.Path, strings.Join(differ, ", "), remedy)
	}
	if there.Seeds != p.Seeds {
		return runs.Requestf("the sweep in %s was begun with -seeds %d, not %d: %s", place.Path, there.Seeds, p.Seeds, remedy)
	}
	p.folder, p.runs = there.folder, there.runs
	return there.trainsOn(p.Dataset, p.Checksum)
}
