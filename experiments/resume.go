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
)

// Resume goes on with the run at path as if it had never stopped. The config
// at configPath, the run's own where that is empty, and the overrides, those of
// [configs.Load], may ask for another number of epochs and for another place to
// take the dataset from, and for nothing else.
func (s *Session) Resume(ctx context.Context, path, configPath string, overrides []string) error {
	if folder, runs, found := runfolder.OpenSweep(path); found {
		return s.resumeSweep(ctx, folder, runs, configPath, overrides)
	}
	folder, err := runfolder.Open(path)
	if err != nil {
		return UsageError(err.Error())
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
	record, err := s.resumed(ctx, folder, saved, config)
	if err != nil {
		return "", err
	}
	_, err = s.carryOut(ctx, record)
	return "", err
}

// resumable are the keys that may change in a run: how long it is, and where
// its dataset is, which is told by its checksum.
var resumable = []string{"train.epochs", "data.dir", "data.url", "data.download", "data.if_missing"}

// resumedConfig returns asked if the run can go on with it.
func (s *Session) resumedConfig(folder *runfolder.Folder, saved *runfolder.Checkpoint, asked configs.Config) (configs.Config, error) {
	trained, err := s.Load(folder.File(runfolder.ConfigFile), nil)
	if saved != nil {
		trained, err = configs.Parse(folder.File(runfolder.CheckpointFile), []byte(saved.Config), nil, s.kinds())
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
		return configs.Config{}, UsageError(fmt.Sprintf("train.epochs=%d is too few: the run in %s is in epoch %d already", asked.Train.Epochs, folder.Path, begun))
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
	return UsageError(fmt.Sprintf("the %[1]s in %[2]s was begun with another config, which differs in %[3]s; a %[1]s that goes on may only change train.epochs and where its data is: start a new one with -config",
		what, folder.Path, strings.Join(changed, ", ")))
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

// resumed puts a run together again, where the checkpoint stands or, where
// there is none yet, at its beginning.
func (s *Session) resumed(ctx context.Context, folder *runfolder.Folder, saved *runfolder.Checkpoint, config configs.Config) (*record, error) {
	now := time.Now()
	images, err := s.open(ctx, begun(config))
	if err != nil {
		return nil, err
	}
	if s.Init = folder.File(runfolder.InitialWeightsFile); !exists(s.Init) {
		s.Init = ""
	}
	architecture, weights, err := s.model(config)
	if err != nil {
		return nil, err
	}
	if saved == nil {
		if err := s.align(ctx, architecture, weights, images); err != nil {
			return nil, err
		}
	}
	run, err := newRun(config, architecture, weights, images)
	if err != nil {
		return nil, err
	}
	record := newRecord(folder, config, run, images, now, s.Init)
	var history metrics.History
	if saved != nil {
		if err := sameDataset(saved, images.dataset); err != nil {
			return nil, err
		}
		run.Resume, history = stateOf(saved), saved.History
		if err := run.Accepts(run.Resume); err != nil { // before anything in the folder changes
			return nil, fmt.Errorf("%s: %w; %s", folder.File(runfolder.CheckpointFile), err, howToRepeat(folder))
		}
		record.summary.Started = saved.Started
		record.began = now.Add(-time.Duration(saved.Seconds * float64(time.Second)))
		fmt.Fprintf(s.Out, "going on in epoch %d after %d of %d steps\n", len(history)+1, saved.Partial.Steps, run.Batches.Batches())
	}
	if err := folder.WriteHistory(history); err != nil {
		return nil, err
	}
	return record, record.begin()
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
