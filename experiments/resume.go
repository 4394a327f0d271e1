package experiments

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"cifartrain/configs"
	"cifartrain/loaders"
	"cifartrain/metrics"
	"cifartrain/runfolder"
	"cifartrain/training"
)

// Resume goes on with the run at path as if it had never stopped. The config
// at configPath, the run's own where that is empty, and the overrides, those of
// [configs.Load], may ask for another number of epochs and for another place to
// take the dataset from, and for nothing else.
func (s *Session) Resume(ctx context.Context, path, configPath string, overrides []string) error {
	if folder, runs, found := runfolder.OpenSweep(path); found {
		return s.resumeSweep(ctx, folder, runs, configPath, overrides)
	}
	if folder, series, found := runfolder.OpenSeries(path); found {
		if configPath != "" {
			return requestf("%s holds several runs, each with a config of its own: leave out -config", path)
		}
		return s.resumeSeries(ctx, folder, series, overrides)
	}
	folder, err := openRun(path)
	if err != nil {
		return err
	}
	asked, err := s.Load(cmp.Or(configPath, folder.File(runfolder.ConfigFile)), overrides)
	if err != nil {
		return err
	}
	end, err := s.goOn(ctx, folder, asked)
	if end != "" {
		fmt.Fprintln(s.Out, end)
	}
	return err
}

// goOn trains the run in a folder as asked, from where it stands. Where nothing
// is left to do, it says how the run ended.
func (s *Session) goOn(ctx context.Context, folder *runfolder.Folder, asked configs.Config) (end string, err error) {
	unlock, err := folder.Lock()
	if err != nil {
		return "", err
	}
	defer unlock()
	saved, err := s.checkpoint(folder)
	if err != nil {
		return "", err
	}
	config, err := s.resumedConfig(folder, saved, asked)
	if err != nil {
		return "", err
	}
	if end := howItEnded(folder, saved, config.Train.Epochs); end != "" {
		return end, nil
	}
	record, state, err := s.resumed(ctx, folder, saved, config)
	if err != nil {
		return "", err
	}
	return "", s.carryOut(ctx, record, state)
}

// resumable are the keys that may change in a run: how long it is, and where
// its dataset is, which is told by its checksum.
var resumable = []string{"train.epochs", "data.dir", "data.url", "data.download", "data.if_missing"}

// resumedConfig returns asked if the run can go on with it.
func (s *Session) resumedConfig(folder *runfolder.Folder, saved *runfolder.Checkpoint, asked configs.Config) (configs.Config, error) {
	trained, err := s.Load(folder.File(runfolder.ConfigFile), nil)
	if saved != nil {
		trained, err = configs.Parse(folder.File(runfolder.CheckpointFile), []byte(saved.Config), nil, configKinds(s.kinds()))
	}
	if err != nil {
		return configs.Config{}, err
	}
	if err := unchanged("run", folder, trained, asked); err != nil {
		return configs.Config{}, err
	}
	if saved == nil {
		return asked, nil
	}
	begun := len(saved.History)
	if saved.Partial.Steps > 0 {
		begun++
	}
	if asked.Train.Epochs < begun {
		return configs.Config{}, requestf("train.epochs=%d is too few: the run in %s is in epoch %d already", asked.Train.Epochs, folder.Path, begun)
	}
	return asked, nil
}

// unchanged returns an error where what is asked for is not what the run or
// sweep in a folder was begun with.
func unchanged(what string, folder *runfolder.Folder, begun, asked configs.Config) error {
	changed := slices.DeleteFunc(configs.Differences(begun, asked), func(key string) bool { return slices.Contains(resumable, key) })
	if len(changed) == 0 {
		return nil
	}
	return requestf("the %[1]s in %[2]s was begun with another config, which differs in %[3]s; a %[1]s that goes on may only change train.epochs and where its data is: start a new one with -config",
		what, folder.Path, strings.Join(changed, ", "))
}

// howItEnded says how a run ended that has nothing left to do for this number
// of epochs; it is empty for any other.
func howItEnded(folder *runfolder.Folder, saved *runfolder.Checkpoint, epochs int) string {
	summary, err := folder.Summary()
	if err != nil || saved == nil || summary.Epochs != len(saved.History) {
		return ""
	}
	switch {
	case summary.Status == runfolder.Stopped:
		return fmt.Sprintf("%s is finished: it stopped early, after %d epochs, for want of a better validation loss. To train on from its weights, start a new run with -init %s",
			folder.Path, summary.Epochs, folder.File(runfolder.LastWeightsFile))
	case summary.Status == runfolder.Finished && summary.Epochs == epochs:
		return fmt.Sprintf("%s is finished: it has trained all its %d epochs. To train on: go run . -resume %s -set train.epochs=%d",
			folder.Path, epochs, folder.Path, 2*epochs)
	}
	return ""
}

// resumed puts a run together again, to go on from the state or, where there is
// none yet, from its beginning. The folder changes only once all fits together.
func (s *Session) resumed(ctx context.Context, folder *runfolder.Folder, saved *runfolder.Checkpoint, config configs.Config) (*record, *training.State, error) {
	now, need, initial := time.Now(), Need{Images: true}, folder.File(runfolder.InitialWeightsFile)
	if !exists(initial) {
		initial = ""
	}
	if saved == nil && initial != "" {
		need.Weights = WeightsIn(initial)
	}
	prepared, err := s.Prepare(ctx, begun(config), need)
	if err != nil {
		return nil, nil, err
	}
	prepared.Config = config
	record := newRecord(folder, prepared, initial, now)
	var state *training.State
	var history metrics.History
	if saved != nil {
		if state, err = record.accept(saved); err != nil {
			return nil, nil, err
		}
		history = saved.History
		record.summary.Started = saved.Started
		record.began = now.Add(-time.Duration(saved.Seconds * float64(time.Second)))
		fmt.Fprintf(s.Out, "going on in epoch %d after %d of %d steps\n", len(history)+1, saved.Partial.Steps, record.run.Batches.Batches())
	}
	if err := folder.WriteHistory(history); err != nil {
		return nil, nil, err
	}
	return record, state, record.begin()
}

// accept returns the state of a checkpoint that the run can go on from.
func (r *record) accept(saved *runfolder.Checkpoint) (*training.State, error) {
	if err := sameDataset(saved, r.Images.Dataset); err != nil {
		return nil, err
	}
	state := stateOf(saved)
	err := r.weigh(context.Background(), Weights{tensors: state.Weights()})
	if err != nil {
		err = fmt.Errorf("tensors of \"weights\": %w", err)
	} else {
		r.run, err = r.Run()
	}
	if err == nil {
		err = r.run.Accepts(state)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w; %s", r.folder.File(runfolder.CheckpointFile), err, howToRepeat(r.folder))
	}
	return state, nil
}

// begun is the config of a run that has begun: no sample stands in for what it
// began with.
func begun(config configs.Config) configs.Config {
	if config.Data.Source == "cifar10" {
		config.Data.IfMissing = "fail"
	}
	return config
}

// sameDataset returns an error where a run was begun with another dataset.
func sameDataset(saved *runfolder.Checkpoint, dataset *loaders.Dataset) error {
	if saved.Dataset == dataset.Name && saved.Checksum == dataset.Checksum {
		return nil
	}
	return &loaders.SettingError{Key: "data.dir", Reason: fmt.Sprintf("the run was begun with the %s of checksum %.16s, these images are the %s of checksum %.16s: name the folder of the former with -data",
		saved.Dataset, saved.Checksum, dataset.Name, dataset.Checksum)}
}
