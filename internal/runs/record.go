package runs

import (
	"cmp"
	"context"
	"errors"
	"os"
	"time"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/training"
)

// A record writes the files of one run into its folder.
type record struct {
	*Prepared
	folder      *runfolder.Folder
	text        []byte        // of config.yaml
	initial     string        // the weights file that the run started from; empty if the seed drew the weights
	run         *training.Run // nil until the weights exist
	summary     *runfolder.Summary
	noYardstick string       // why a run that restores its input is not compared with principal components
	began       time.Time    // later by the time that the run stood still
	pause       int          // the epoch after which training pauses; 0 for never
	saving      func() error // waits for the checkpoint that is being written; nil if none is
}

// newRecord returns the record of a run that starts now.
func newRecord(folder *runfolder.Folder, prepared *Prepared, initial string, started time.Time) *record {
	return &record{Prepared: prepared, folder: folder, initial: initial, summary: prepared.Summary(started), began: started}
}

// Create makes the folder of a run that is trained later, with its config and the
// weights in the file initial unless that is empty.
func (s *Session) Create(folder *runfolder.Folder, config configs.Config, initial string) error {
	paths := []string{folder.Path}
	if s.TensorBoard {
		paths = append(paths, folder.File(runfolder.TensorBoardFolder))
	}
	for _, path := range paths {
		if err := os.MkdirAll(path, 0o777); err != nil {
			return err
		}
	}
	_, err := writeConfig(folder, config, initial)
	return err
}

// begin writes the files that are known before training. A resumed run writes
// them again, because it may have been stopped between any two of them. The
// config names the dataset that is actually used, and the weights of -init are
// stored beside it, so that training from it gives the same numbers. The
// summary says that the run is training until end has written everything else.
func (r *record) begin() (err error) {
	if r.text, err = writeConfig(r.folder, r.Config, r.initial); err != nil {
		return err
	}
	if r.initial != "" {
		r.summary.InitialWeights = runfolder.InitialWeightsFile
	}
	return r.folder.WriteSummary(r.summary)
}

// describeModel adds the model's layers to the summary, and writes its expression
// graph unless that exists.
func (r *record) describeModel() error {
	model, err := r.Architecture.Build(r.Weights, r.run.Batches.Size())
	if err != nil {
		return err
	}
	r.summary.Layers = Layers(r.Architecture, model)
	if err := r.folder.WriteSummary(r.summary); err != nil || exists(r.folder.File(runfolder.GraphFile)) {
		return err
	}
	return r.folder.Write(runfolder.GraphFile, model.Dot())
}

// end writes all other files, the summary's final status last, so that a run
// that says it is finished lacks nothing. cause is what stopped the training,
// or nil if it came to its end. After a failure the results of the finished
// epochs are still written, and end returns cause together with where to find
// them.
func (r *record) end(ctx context.Context, result training.Result, cause error) error {
	if cause == nil {
		cause = r.test(ctx, result)
	}
	err := r.write(result, cause)
	cause = cmp.Or(cause, err)
	switch {
	case cause == nil:
		return nil
	case errors.Is(cause, context.Canceled):
		return errors.Join(interruption(len(result.History), r.folder.Path), err)
	}
	return r.failure(cause, len(result.History))
}

// write writes weights, pictures and report, and the summary last.
func (r *record) write(result training.Result, cause error) error {
	status := r.ended(result, cause)
	if status == runfolder.Failed {
		r.summary.Error = cause.Error()
	}
	r.summary.Epochs = len(result.History)
	if len(result.History) > 0 {
		r.judge(result.History)
		r.measureSpeed(result)
		if err := r.weights(result, status); err != nil {
			return err
		}
	}
	r.summary.Seconds = time.Since(r.began).Seconds()
	r.summary.PeakMemory = runfolder.PeakMemory()
	pictures, err := r.draw(result)
	if err != nil { // the figures are worth keeping, but files are missing
		if r.summary.Status = r.ended(result, err); r.summary.Status == runfolder.Failed {
			r.summary.Error = err.Error()
		}
		return errors.Join(err, r.folder.WriteSummary(r.summary))
	}
	r.summary.Status = status
	if err := reports.WriteReport(r.folder, r.summary, pictures); err != nil {
		return err
	}
	if r.summary.Files, err = r.folder.Files(); err != nil {
		return err
	}
	return r.folder.WriteSummary(r.summary)
}

// ended returns how the run ended, for its summary.
func (r *record) ended(result training.Result, cause error) string {
	switch {
	case cause == nil && result.Stopped:
		return runfolder.Stopped
	case cause == nil && len(result.History) < r.Config.Train.Epochs:
		return runfolder.Paused
	case cause == nil:
		return runfolder.Finished
	case errors.Is(cause, context.Canceled):
		return runfolder.Interrupted
	case errors.As(cause, new(*runfolder.WriteError)):
		return runfolder.Interrupted // it can go on once the disk is well
	default:
		return runfolder.Failed
	}
}

// weights writes the best weights and the last ones, except last ones that a
// failure may have spoiled.
func (r *record) weights(result training.Result, status string) error {
	if err := r.folder.WriteWeights(runfolder.BestWeightsFile, result.Best.ByName(), r.PixelMetadata()); err != nil {
		return err
	}
	if status == runfolder.Failed {
		return nil
	}
	return r.folder.WriteWeights(runfolder.LastWeightsFile, r.run.Evaluated().ByName(), r.PixelMetadata())
}

// writeConfig writes config.yaml and returns its text. If the run starts from a
// weights file, named by initial, it stores those weights beside it.
func writeConfig(folder *runfolder.Folder, config configs.Config, initial string) (text []byte, err error) {
	text, err = config.YAML()
	if err != nil {
		return nil, err
	}
	if initial != "" {
		if err := folder.CopyWeights(runfolder.InitialWeightsFile, initial); err != nil {
			return nil, err
		}
		text = append([]byte("# started from weights: repeat with -init "+runfolder.InitialWeightsFile+"\n"), text...)
	}
	return text, folder.Write(runfolder.ConfigFile, text)
}
