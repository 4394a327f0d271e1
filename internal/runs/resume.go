package runs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/shell"
	"cifartrain/loaders"
	"cifartrain/metrics"
	"cifartrain/training"
)

// Ended reports whether a run has ended, or has been trained up to the epoch
// after which it pauses. A run that failed has ended, because it would fail again.
func Ended(folder *runfolder.Folder, pause int) bool {
	summary, err := folder.Summary()
	if err != nil || len(folder.Missing(summary)) > 0 {
		return false
	}
	switch summary.Status {
	case runfolder.Failed, runfolder.Finished, runfolder.Stopped:
		return true
	case runfolder.Paused:
		return pause > ToTheEnd && summary.Epochs >= pause
	}
	return false
}

// RecordFailure writes into a run's summary why the run failed, unless the
// summary already says so. The figures of a run that had ended before stay.
func (s *Session) RecordFailure(folder *runfolder.Folder, config configs.Config, cause error) error {
	if summary, err := folder.Summary(); err == nil {
		switch summary.Status {
		case runfolder.Failed:
			return nil
		case runfolder.Finished, runfolder.Stopped:
			fmt.Fprintf(s.Err, "warning: %v; the run in %s stays as it is\n", cause, folder.Path)
			return nil
		}
	}
	prepared, err := s.Prepare(context.Background(), config, Need{})
	if err != nil {
		return err
	}
	return folder.WriteSummary(&runfolder.Summary{
		Name: config.Name, Status: runfolder.Failed, Error: cause.Error(), Seed: config.Seed,
		Model: prepared.Architecture.Kind, Task: prepared.Architecture.Task, Loss: prepared.Loss(),
	})
}

// changeable reports whether a key may change when a run goes on: how long it is,
// and where its dataset is. That the dataset is the same one is checked by its
// checksum.
func changeable(key string) bool {
	return configs.Changes(key) == "length" || configs.Changes(key) == "place"
}

// begunConfig returns the config with which the run in a folder was last
// trained.
func (s *Session) begunConfig(folder *runfolder.Folder, saved *runfolder.Checkpoint) (configs.Config, error) {
	if saved == nil {
		return s.Load(folder.File(runfolder.ConfigFile), nil)
	}
	return s.Parse(folder.File(runfolder.CheckpointFile), saved.Config, nil)
}

// resumable returns an error if the run cannot go on as asked.
func resumable(folder *runfolder.Folder, saved *runfolder.Checkpoint, begun, asked configs.Config) error {
	if err := Unchanged("run", folder, begun, asked); err != nil || saved == nil {
		return err
	}
	epoch := len(saved.History)
	if saved.Partial.Steps > 0 {
		epoch++
	}
	if asked.Train.Epochs < epoch {
		return Requestf("train.epochs=%d is too few: the run in %s is in epoch %d already", asked.Train.Epochs, folder.Path, epoch)
	}
	return nil
}

// Unchanged returns an error if the config asked for is not the one that the
// run or sweep in a folder was begun with.
func Unchanged(what string, folder *runfolder.Folder, begun, asked configs.Config) error {
	changed := slices.DeleteFunc(configs.Differences(begun, asked), changeable)
	if len(changed) == 0 {
		return nil
	}
	return Requestf("the %[1]s in %[2]s was begun with a config that differs in %[3]s; going on, a %[1]s may only change train.epochs, train.early_stopping and where its data is: start a new one with -config",
		what, folder.Path, strings.Join(changed, ", "))
}

// howItEnded says how a run ended that has nothing left to do. It returns ""
// for any other run, such as one that lacks some of its files or whose files are
// damaged. It is an error to ask for more epochs of a run that stopped early,
// because they alone would change nothing.
func howItEnded(folder *runfolder.Folder, saved *runfolder.Checkpoint, begun, asked configs.Config) (string, error) {
	summary, err := folder.Summary()
	if err != nil || saved == nil || summary.Epochs != len(saved.History) ||
		len(folder.Missing(summary)) > 0 || len(folder.Damaged(summary)) > 0 {
		return "", nil
	}
	epochs, patience := asked.Train.Epochs, asked.Train.EarlyStopping
	switch {
	case summary.Status == runfolder.Stopped && saved.History.Stalled(patience):
		end := fmt.Sprintf("%s is finished: it stopped early, after %d epochs, because the last %d of them brought no better validation loss",
			folder.Path, summary.Epochs, patience)
		goOn := "to train on: " + shell.Command("-resume", folder.Path, "-set", "train.early_stopping=0")
		if epochs > begun.Train.Epochs {
			return "", Requestf("%s, so more epochs alone change nothing; %s", end, goOn)
		}
		return end + "; " + goOn, nil
	case summary.Status == runfolder.Finished && summary.Epochs == epochs:
		return fmt.Sprintf("%s is finished: it has trained all its %d epochs; to train on: %s",
			folder.Path, epochs, shell.Command("-resume", folder.Path, "-set", fmt.Sprintf("train.epochs=%d", 2*epochs))), nil
	}
	return "", nil
}

// resumed puts a run together again, to go on from its checkpoint or, if it has
// none yet, from its beginning. It changes the folder only after everything has
// been found to fit.
func (s *Session) resumed(ctx context.Context, folder *runfolder.Folder, saved *runfolder.Checkpoint, begun, config configs.Config) (*Run, *training.State, error) {
	now, need, initial := time.Now(), Need{Images: true}, ""
	if folder.Has(runfolder.InitialWeightsFile) {
		initial = folder.File(runfolder.InitialWeightsFile)
	}
	if saved == nil {
		need.File = initial
	}
	run, err := s.Prepare(ctx, WithoutSample(config), need)
	if err != nil {
		return nil, nil, err
	}
	run.Config = config
	if err := run.fits(); err != nil {
		return nil, nil, err
	}
	run.Folder, run.initial, run.Summary, run.began = folder, initial, run.Begun(now), now
	var state *training.State
	var history metrics.History
	if saved != nil {
		if state, err = run.accept(saved); err != nil {
			return nil, nil, err
		}
		history = saved.History
		run.Summary.Started, run.Summary.Lengthened = saved.Started, lengthened(folder, begun, config)
		run.began = now.Add(-time.Duration(saved.Seconds * float64(time.Second)))
		fmt.Fprintf(s.Out, "going on in epoch %d after %d of %d steps\n", len(history)+1, saved.Partial.Steps, run.loop.Batches.Batches())
	}
	if err := folder.WriteHistory(history); err != nil {
		return nil, nil, err
	}
	return run, state, run.begin()
}

// lengthened reports whether the learning rate of the run's earlier epochs
// followed another schedule than its config has now, because the number of
// epochs was changed.
func lengthened(folder *runfolder.Folder, begun, asked configs.Config) bool {
	if before, err := folder.Summary(); err == nil && before.Lengthened {
		return true
	}
	return asked.Optimizer.Schedule == "cosine" && asked.Train.Epochs != begun.Train.Epochs
}

// accept returns the state in a checkpoint, from which the run can go on.
func (r *Run) accept(saved *runfolder.Checkpoint) (*training.State, error) {
	if err := sameDataset(saved.Dataset, saved.Checksum, r.Dataset); err != nil {
		return nil, err
	}
	state := stateOf(saved)
	err := r.loadWeights(context.Background(), Need{tensors: state.Weights()})
	if err != nil {
		err = fmt.Errorf("tensors of \"weights\": %w", err)
	} else {
		r.loop, err = r.Loop()
	}
	if err == nil {
		err = r.loop.Restore(state)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w; %s", r.Folder.File(runfolder.CheckpointFile), err, howToRepeat(r.Folder))
	}
	return state, nil
}

// checkImages returns an error if the images that were loaded are not those that
// the run was trained on, as far as its summary tells. If others will do, it warns
// of another dataset.
func (r *Run) checkImages(othersWillDo bool) error {
	trained := r.Summary
	if trained == nil {
		return nil
	}
	if len(trained.Classes) > 0 && !slices.Equal(trained.Classes, r.Training.Classes) {
		return Requestf("the run in %s was trained on %s, but these images are of %s",
			r.Folder.Path, reports.ClassList(trained.Classes), reports.ClassList(r.Training.Classes))
	}
	err := sameDataset(trained.Dataset, trained.Checksum, r.Dataset)
	if err != nil && othersWillDo {
		fmt.Fprintf(r.session.Err, "warning: these are not the images that the run was trained on, but other ones of the %s\n", r.Dataset.Name)
		return nil
	}
	return err
}

// sameDataset returns an error if the run was begun with another dataset, which had
// a name and a checksum. The checksum decides: that of a folder is named after it.
func sameDataset(name, checksum string, dataset *loaders.Dataset) error {
	if checksum == dataset.Checksum {
		return nil
	}
	return &loaders.SettingError{Key: "data.dir", Reason: fmt.Sprintf("the run was begun with the %s with checksum %.16s, but these images are the %s with checksum %.16s: name the folder of the former with -data",
		name, checksum, dataset.Name, dataset.Checksum)}
}
