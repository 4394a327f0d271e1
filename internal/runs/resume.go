package runs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/shell"
	"cifartrain/metrics"
	"cifartrain/training"
)

// Resume continues the run at path as if it had never stopped. configPath names
// a config file; if it is empty, the run's own config is used. The config and
// the overrides (see [configs.Load]) may only change the number of epochs and
// where the dataset is taken from.
func (s *Session) Resume(ctx context.Context, path, configPath string, overrides []string) error {
	folder, err := runfolder.Open(path)
	if err != nil {
		return err
	}
	asked, err := Load(cmp.Or(configPath, folder.File(runfolder.ConfigFile)), overrides)
	if err != nil {
		return err
	}
	ctx, claim, err := s.claim(ctx, folder)
	if err != nil {
		return err
	}
	end, err := s.Continue(ctx, claim.Folder(), asked, ToTheEnd)
	if end != "" {
		fmt.Fprintln(s.Out, end)
	}
	return errors.Join(err, claim.Release())
}

// ToTheEnd is the pause of a run that does not pause.
const ToTheEnd = 0

// Continue trains the run in a claimed folder from where it stands to the epoch
// after which it pauses, or to its end. If nothing is left to do, it says how the
// run ended.
func (s *Session) Continue(ctx context.Context, folder *runfolder.Folder, asked configs.Config, pause int) (end string, err error) {
	saved, begun, err := s.checkpoint(folder)
	if err != nil {
		return "", err
	}
	if err := Unchanged("run", folder, begun, asked); err != nil {
		return "", err
	}
	if saved != nil {
		if end, err := alreadyEnded(folder, saved, begun, asked, pause); end != "" || err != nil {
			return end, err
		}
	}
	run, history, err := s.resumed(ctx, folder, saved, begun, asked)
	if err != nil {
		return "", err
	}
	return "", run.train(ctx, history, pause)
}

// checkpoint reads the checkpoint of a run, which is nil if the run was stopped
// before it wrote one, and the config with which the run was last trained. A damaged
// checkpoint is set aside and the one before it is used.
func (s *Session) checkpoint(folder *runfolder.Folder) (saved *runfolder.Checkpoint, begun configs.Config, err error) {
	saved, damage, err := folder.Checkpoint()
	switch {
	case errors.Is(err, fs.ErrNotExist) && folder.Has(runfolder.MetricsFile):
		return nil, begun, fmt.Errorf("%s has lost its checkpoint; %s", folder.Path, howToRepeat(folder))
	case errors.Is(err, fs.ErrNotExist):
		begun, err = Load(folder.File(runfolder.ConfigFile), nil)
		return nil, begun, err
	case err != nil:
		return nil, begun, fmt.Errorf("%w; %s", err, howToRepeat(folder))
	case damage != nil:
		aside, err := folder.SetAsideCheckpoint()
		if err != nil {
			return nil, begun, err
		}
		fmt.Fprintf(s.Err, "warning: %v; going on from the checkpoint before it, which gives the same numbers; the damaged one was renamed to %s\n", damage, aside)
	}
	begun, err = Parse(folder.File(runfolder.CheckpointFile), saved.Config, nil)
	return saved, begun, err
}

// Unchanged returns an error if the config asked for is not the one that the
// run or sweep in a folder was begun with. It may change how long a run is and where
// its dataset is, which a checksum shows to be the same one.
func Unchanged(what string, folder *runfolder.Folder, begun, asked configs.Config) error {
	changed := slices.DeleteFunc(configs.Differences(begun, asked), func(key string) bool {
		return slices.Contains([]string{"length", "place"}, configs.Changes(key))
	})
	if len(changed) == 0 {
		return nil
	}
	return Requestf("the %[1]s in %[2]s was begun with a config that differs in %[3]s; going on, a %[1]s may only change train.epochs, train.early_stopping and where its data is: start a new one with -config",
		what, folder.Path, strings.Join(changed, ", "))
}

// alreadyEnded says how a run ended that has nothing left to do. It returns ""
// for any other run, such as one that lacks some of its files or whose files are
// damaged. It is an error to ask for fewer epochs than a run has, and for more
// epochs of a run that stopped early, because they alone would change nothing.
func alreadyEnded(folder *runfolder.Folder, saved *runfolder.Checkpoint, begun, asked configs.Config, pause int) (string, error) {
	epochs, patience := asked.Train.Epochs, asked.Train.EarlyStopping
	current := len(saved.History)
	if saved.Partial.Steps > 0 {
		current++
	}
	if epochs < current {
		return "", Requestf("train.epochs=%d is too few: the run in %s is in epoch %d already", epochs, folder.Path, current)
	}
	if pause > 0 && len(saved.History) >= pause && FinishedRound(folder, pause) {
		return fmt.Sprintf("%s pauses after %s", folder.Path, reports.Epochs(pause)), nil
	}
	summary, err := folder.Summary()
	if err != nil || summary.Checksum == "" || summary.Epochs != len(saved.History) || len(folder.Missing(summary)) > 0 || len(folder.Damaged(summary)) > 0 {
		return "", nil
	}
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

// FinishedRound reports whether a run has ended, or has been trained up to the epoch
// after which it pauses. A run that failed has ended, because it would fail again.
func FinishedRound(folder *runfolder.Folder, pause int) bool {
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

// resumed puts a run together again, to go on from its checkpoint or, if it has
// none yet, from its beginning. It changes nothing in the folder: everything must be
// found to fit before anything is written.
func (s *Session) resumed(ctx context.Context, folder *runfolder.Folder, saved *runfolder.Checkpoint, begun, config configs.Config) (*Run, metrics.History, error) {
	now, need := time.Now(), Need{Images: true}
	if saved == nil && folder.Has(runfolder.InitialWeightsFile) {
		need.File = folder.File(runfolder.InitialWeightsFile)
	}
	run, err := s.Prepare(ctx, WithoutSample(config), need)
	if err != nil {
		return nil, nil, err
	}
	run.Config = config
	if err := run.checkMemory(); err != nil {
		return nil, nil, err
	}
	run.Folder, run.Summary, run.began = folder, run.Begun(now), now
	if saved == nil {
		return run, nil, nil
	}
	if err := run.restoreState(saved); err != nil {
		return nil, nil, err
	}
	run.Summary.Started, run.began = saved.Started, now.Add(-time.Duration(saved.Seconds*float64(time.Second)))
	// The learning rates of the earlier epochs followed another schedule than the config has now.
	before, err := folder.Summary()
	run.Summary.Lengthened = err == nil && before.Lengthened || config.Optimizer.Schedule == "cosine" && config.Train.Epochs != begun.Train.Epochs
	fmt.Fprintf(s.Out, "going on in epoch %d after %d of %d steps\n", len(saved.History)+1, saved.Partial.Steps, run.loop.TrainBatcher.NumBatches())
	return run, saved.History, nil
}

// restoreState makes the run's loop and sets it to where the checkpoint was written.
func (r *Run) restoreState(saved *runfolder.Checkpoint) error {
	if err := sameDataset(saved.Dataset, saved.Checksum, r.Dataset); err != nil {
		return err
	}
	err := r.loadWeights(Need{weights: &runfolder.Weights{Tensors: saved.Weights()}})
	if err != nil {
		err = fmt.Errorf("tensors of \"weights\": %w", err)
	} else if err = r.newLoop(context.Background()); err == nil {
		err = r.loop.Restore(&saved.State)
	}
	if err != nil {
		return fmt.Errorf("%s: %w; %s", r.Folder.File(runfolder.CheckpointFile), err, howToRepeat(r.Folder))
	}
	return nil
}

// save has the state written as the run's checkpoint while training goes on. Its
// error may be that of the checkpoint before.
func (r *Run) save(state *training.State) error {
	if err := r.waitForCheckpoint(); err != nil {
		return err
	}
	r.saving = r.Folder.WriteCheckpoint(&runfolder.Checkpoint{
		Config:  string(r.text),
		Dataset: r.Dataset.Name, Checksum: r.Dataset.Checksum,
		Started: r.Summary.Started, Seconds: time.Since(r.began).Seconds(), Version: r.Summary.Version,
		State: *state,
	})
	return nil
}

// waitForCheckpoint waits until the checkpoint that is being written, if any, is on
// the disk.
func (r *Run) waitForCheckpoint() error {
	if r.saving == nil {
		return nil
	}
	err := r.saving()
	r.saving = nil
	return err
}
