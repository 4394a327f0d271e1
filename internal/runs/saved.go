package runs

import (
	"context"
	"fmt"

	"cifartrain/graphs"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/shell"
)

// Open opens the run folder at path for a command that trains nothing. The
// overrides are for the run's config; see [configs.Load].
func (s *Session) Open(path string, overrides []string) (*Run, error) {
	folder, err := runfolder.Open(path)
	if err != nil {
		return nil, err
	}
	config, err := Load(folder.File(runfolder.ConfigFile), overrides)
	if err != nil {
		return nil, err
	}
	run := &Run{session: s, Folder: folder, Config: WithoutSample(config)}
	if summary, err := folder.Summary(); err == nil {
		run.Summary = summary
		return run, run.checkTask()
	}
	return run, nil
}

// checkTask returns an error if a run's summary gives another task than its
// config's kind of model has.
func (r *Run) checkTask() error {
	for _, kind := range graphs.Kinds {
		if kind.Name == r.Config.Model.Kind && kind.Task != r.Summary.Task {
			return Requestf("%s gives the task %q, but the %s that %s asks for has the task %q: the two files belong to different runs; delete %[1]s and have it written again with: %[6]s",
				r.Folder.File(runfolder.SummaryFile), r.Summary.Task, kind.Name, runfolder.ConfigFile, kind.Task, shell.Command("-resume", r.Folder.Path))
		}
	}
	return nil
}

// HasResults reports whether the run has ended, so that its files belong to the
// epochs it has trained.
func (r *Run) HasResults() bool { return r.Summary != nil && r.Summary.Status != runfolder.Training }

// PrepareTrained prepares the run with its best weights, or with the last ones, and
// with what else is needed; see [Session.Prepare]. WeightsName then says which weights
// these are.
func (r *Run) PrepareTrained(ctx context.Context, last bool, need Need) (err error) {
	file := runfolder.BestWeightsFile
	r.WeightsName = "the best weights (by validation loss)"
	if last {
		file, r.WeightsName = runfolder.LastWeightsFile, "the last weights"
	}
	switch {
	case r.HasResults() && r.Folder.Has(file):
		figures := r.Summary.Best
		if last {
			figures = r.Summary.Final
		}
		if figures != nil {
			r.WeightsName += fmt.Sprintf(", epoch %d of %d", figures.Epoch, r.Summary.Epochs)
		}
		need.weights, err = r.trainedWeights(r.Folder.File(file))
	case last:
		err = Requestf("%s holds no last weights: its run did not come to its end; use the best ones with -weights best", r.Folder.Path)
	default:
		need.weights, err = r.bestSoFar()
	}
	if err != nil {
		return err
	}
	return r.Prepare(ctx, need)
}

// bestSoFar reads the weights with the lowest validation loss from the checkpoint of a
// run that has not ended.
func (r *Run) bestSoFar() (*runfolder.Weights, error) {
	saved, _, err := r.Folder.Checkpoint()
	none := err != nil || len(saved.History) == 0
	switch {
	case none && r.Summary != nil && r.Summary.Status == runfolder.Failed:
		return nil, Requestf("%s holds no weights to use: the run failed before its first epoch had ended: %s", r.Folder.Path, r.Summary.Error)
	case none:
		return nil, Requestf("%s holds no weights to use: the first epoch of the run has not ended; %s", r.Folder.Path, howToResume(r.Folder.Path))
	}
	r.WeightsName += fmt.Sprintf(" so far, epoch %d of %d; the run has not ended", saved.History.Best()+1, len(saved.History))
	return &runfolder.Weights{Tensors: saved.Best()}, nil
}
