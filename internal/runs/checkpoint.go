package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/shell"
	"cifartrain/training"
)

// save has the state written as the run's checkpoint while training goes on. Its
// error may be that of the checkpoint before.
func (r *Run) save(state *training.State) error {
	if err := r.saved(); err != nil {
		return err
	}
	r.saving = r.Folder.WriteCheckpoint(&runfolder.Checkpoint{
		Config:  string(r.text),
		Dataset: r.Dataset.Name, Checksum: r.Dataset.Checksum,
		Started: r.Summary.Started, Seconds: time.Since(r.began).Seconds(), Version: r.Summary.Version,
		History: state.History, Partial: state.Partial, Scalars: state.Scalars, Tensors: state.Tensors,
	})
	return nil
}

// saved waits until the checkpoint that is being written, if any, is on the disk.
func (r *Run) saved() error {
	if r.saving == nil {
		return nil
	}
	err := r.saving()
	r.saving = nil
	return err
}

// stateOf reverses save: it returns the state that a checkpoint holds.
func stateOf(c *runfolder.Checkpoint) *training.State {
	return &training.State{History: c.History, Partial: c.Partial, Scalars: c.Scalars, Tensors: c.Tensors}
}

// checkpoint reads the checkpoint of a run. It returns nil if the run was
// stopped before it wrote one. A damaged checkpoint is set aside and the one
// before it is used.
func (s *Session) checkpoint(folder *runfolder.Folder) (*runfolder.Checkpoint, error) {
	saved, damage, err := folder.Checkpoint()
	if errors.Is(err, fs.ErrNotExist) {
		if folder.Has(runfolder.MetricsFile) {
			return nil, fmt.Errorf("%s has lost its checkpoint; %s", folder.Path, howToRepeat(folder))
		}
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w; %s", err, howToRepeat(folder))
	}
	if damage != nil {
		aside, err := folder.SetAsideCheckpoint()
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(s.Err, "warning: %v; going on from the checkpoint before it, which gives the same numbers; the damaged one was renamed to %s\n", damage, aside)
	}
	return saved, nil
}

// failure adds to the error that stopped a run where to find the results of its
// finished epochs, and whether the run can go on.
func (r *Run) failure(cause error, epochs int) error {
	var diverged *training.DivergedError
	saved, _, err := r.Folder.Checkpoint()
	switch {
	case errors.As(cause, &diverged) && epochs == 0:
		return fmt.Errorf("%w; no epoch had ended; the config is in %s", cause, r.Folder.Path)
	case errors.As(cause, &diverged):
		return fmt.Errorf("%w; the results of %s are in %s", cause, reports.Epochs(epochs), r.Folder.Path)
	case err != nil:
		return fmt.Errorf("%w; no checkpoint is left in %s to go on from", cause, r.Folder.Path)
	}
	return fmt.Errorf("%w; the checkpoint of epoch %d, step %d is complete; once the cause is fixed, %s",
		cause, len(saved.History)+1, saved.Partial.Steps, howToGoOn(r.Folder.Path))
}

// interruption is the message for a run that the user stopped.
func interruption(epochs int, folder string) Interruption {
	return Interruption(fmt.Sprintf("interrupted after %s; what there is is in %s; %s", reports.Epochs(epochs), folder, howToGoOn(folder)))
}

// howToGoOn says how to continue a stopped run.
func howToGoOn(folder string) string { return "go on with: " + shell.Command("-resume", folder) }

// howToRepeat says how to repeat a run that cannot go on.
func howToRepeat(folder *runfolder.Folder) string {
	args := []string{"-config", folder.File(runfolder.ConfigFile)}
	if folder.Has(runfolder.InitialWeightsFile) {
		args = append(args, "-init", folder.File(runfolder.InitialWeightsFile))
	}
	return "do the run again with: " + shell.Command(args...)
}

// ResumeCommand is the command that resumes what is in a folder, with those flags
// of this command that the folder does not record.
func (s *Session) ResumeCommand(folder string) string {
	return shell.Command(append([]string{"-resume", folder}, s.Repeated...)...)
}
