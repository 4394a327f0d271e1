package runs

import (
	"fmt"

	"cifartrain/internal/runfolder"
	"cifartrain/internal/shell"
)

// Open opens the run folder at path for a command that trains nothing. The
// overrides are for the run's config; see [configs.Load].
func (s *Session) Open(path string, overrides []string) (*Run, error) {
	folder, err := openRun(path)
	if err != nil {
		return nil, err
	}
	config, err := s.Load(folder.File(runfolder.ConfigFile), overrides)
	if err != nil {
		return nil, err
	}
	run := &Run{session: s, Folder: folder, Config: WithoutSample(config)}
	if summary, err := folder.Summary(); err == nil {
		run.Summary = summary
		return run, s.checkTask(run)
	}
	return run, nil
}

// checkTask returns an error if a run's summary gives another task than its
// config's kind of model has.
func (s *Session) checkTask(run *Run) error {
	for _, kind := range s.kinds() {
		if kind.Name == run.Config.Model.Kind && kind.Task != run.Summary.Task {
			return Requestf("%s gives the task %q, but the %s that %s asks for has the task %q: the two files belong to different runs; delete %[1]s and have it written again with: %[6]s",
				run.Folder.File(runfolder.SummaryFile), run.Summary.Task, kind.Name, runfolder.ConfigFile, kind.Task, shell.Command("-resume", run.Folder.Path))
		}
	}
	return nil
}

// openRun opens the run folder at path, or says what is there instead.
func openRun(path string) (*runfolder.Folder, error) {
	folder, err := runfolder.Open(path)
	if err != nil {
		return nil, RequestError(err.Error())
	}
	return folder, nil
}

// Ended reports whether the run has ended, so that its files belong to the
// epochs it has trained.
func (r *Run) Ended() bool { return r.Summary != nil && r.Summary.Status != runfolder.Training }

// BestWeights returns the weights with the lowest validation loss, and what to
// call them. If the run has not ended, they come from its checkpoint.
func (r *Run) BestWeights() (need Need, words string, err error) {
	const best = "the best weights (by validation loss)"
	if file := r.Folder.File(runfolder.BestWeightsFile); r.Ended() && r.Folder.Has(runfolder.BestWeightsFile) {
		if err := r.checkPixels(file); err != nil {
			return Need{}, "", err
		}
		if figures := r.Summary.Best; figures != nil {
			return Need{File: file}, fmt.Sprintf("%s, epoch %d of %d", best, figures.Epoch, r.Summary.Epochs), nil
		}
		return Need{File: file}, best, nil
	}
	saved, _, err := r.Folder.Checkpoint()
	if failed := r.Summary; (err != nil || len(saved.History) == 0) && failed != nil && failed.Status == runfolder.Failed {
		return Need{}, "", Requestf("%s holds no weights to use: the run failed before its first epoch had ended: %s", r.Folder.Path, failed.Error)
	}
	if err != nil || len(saved.History) == 0 {
		return Need{}, "", Requestf("%s holds no weights to use: the first epoch of the run has not ended; %s", r.Folder.Path, howToGoOn(r.Folder.Path))
	}
	words = fmt.Sprintf("%s so far, epoch %d of %d; the run has not ended", best, saved.History.Best()+1, len(saved.History))
	return Need{tensors: stateOf(saved).Best()}, words, nil
}

// LastWeights returns the weights after the last epoch, and what to call them.
// Only a run that came to its end has them.
func (r *Run) LastWeights() (need Need, words string, err error) {
	file := r.Folder.File(runfolder.LastWeightsFile)
	if !r.Ended() || !r.Folder.Has(runfolder.LastWeightsFile) {
		return Need{}, "", Requestf("%s holds no last weights: its run did not come to its end; use the best ones with -weights best", r.Folder.Path)
	}
	if err := r.checkPixels(file); err != nil {
		return Need{}, "", err
	}
	words = "the last weights"
	if figures := r.Summary.Final; figures != nil {
		words += fmt.Sprintf(", epoch %d of %d", figures.Epoch, r.Summary.Epochs)
	}
	return Need{File: file}, words, nil
}
