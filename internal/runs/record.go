package runs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cifartrain/configs"
	"cifartrain/graphs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/training"
)

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
func (r *Run) begin() (err error) {
	if r.text, err = writeConfig(r.Folder, r.Config, r.initial); err != nil {
		return err
	}
	if r.initial != "" {
		r.Summary.InitialWeights = runfolder.InitialWeightsFile
	}
	return r.Folder.WriteSummary(r.Summary)
}

// describeModel adds the model's layers to the summary, and writes its expression
// graph unless that exists.
func (r *Run) describeModel() error {
	model, err := r.Architecture.Build(r.Weights, r.loop.Batches.Size())
	if err != nil {
		return err
	}
	r.Summary.Layers = Layers(r.Architecture, model)
	if err := r.Folder.WriteSummary(r.Summary); err != nil || r.Folder.Has(runfolder.GraphFile) {
		return err
	}
	return r.Folder.Write(runfolder.GraphFile, model.Dot())
}

// Layers describes a model's layers from the input to the output.
func Layers(architecture *graphs.Architecture, model *graphs.Model) []runfolder.Layer {
	counts := architecture.ParameterCounts(model.Layers)
	layers := make([]runfolder.Layer, len(model.Layers))
	for i, layer := range model.Layers {
		layers[i] = runfolder.Layer{Name: layer.Name, In: layer.In, Out: layer.Out, Parameters: counts[i], Latent: layer.Latent, Activation: layer.Activation}
		if layer.Norm != nil {
			layers[i].Activation = strings.TrimSpace("batch norm " + layer.Activation)
		}
		owner := model.Layers[slices.IndexFunc(model.Layers, func(l graphs.Layer) bool { return l.Weight == layer.Weight })]
		if owner.Name != layer.Name {
			layers[i].SharesWith = owner.Name
		}
	}
	return layers
}

// end writes all other files, the summary's final status last, so that a run
// that says it is finished lacks nothing. cause is what stopped the training,
// or nil if it came to its end. After a failure the results of the finished
// epochs are still written, and end returns cause together with where to find
// them.
func (r *Run) end(ctx context.Context, result training.Result, cause error) error {
	if cause == nil {
		cause = r.test(ctx, result)
	}
	err := r.write(result, cause)
	cause = cmp.Or(cause, err)
	switch {
	case cause == nil:
		return nil
	case errors.Is(cause, context.Canceled):
		return errors.Join(interruption(len(result.History), r.Folder.Path), err)
	}
	return r.failure(cause, len(result.History))
}

// write writes weights, pictures and report, and the summary last.
func (r *Run) write(result training.Result, cause error) error {
	r.Summary.Epochs = len(result.History)
	if len(result.History) > 0 {
		r.judge(result.History)
		if err := r.weights(result, cause); err != nil {
			return err
		}
	}
	pictures, err := r.draw(result)
	r.Summary.Seconds = time.Since(r.began).Seconds()
	r.Summary.PeakMemory = runfolder.PeakMemory()
	cause = cmp.Or(cause, err)
	if r.Summary.Status = r.ended(result, cause); r.Summary.Status == runfolder.Failed {
		r.Summary.Error = cause.Error()
	}
	if err != nil { // the figures are worth keeping, but files are missing
		return errors.Join(err, r.Folder.WriteSummary(r.Summary))
	}
	if err := reports.WriteReport(r.Folder, r.Summary, pictures); err != nil {
		return err
	}
	if r.Summary.Files, err = r.Folder.Files(); err != nil {
		return err
	}
	if err := r.Folder.WriteSummary(r.Summary); err != nil || cause != nil || r.Summary.Status == runfolder.Paused {
		return err
	}
	return r.Folder.Remove(runfolder.PreviousCheckpointFile) // the last one is enough to make the run longer
}

// ended returns how the run ended, for its summary.
func (r *Run) ended(result training.Result, cause error) string {
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
func (r *Run) weights(result training.Result, cause error) error {
	if err := r.Folder.WriteWeights(runfolder.BestWeightsFile, result.Best.ByName(), r.PixelMetadata()); err != nil {
		return err
	}
	if r.ended(result, cause) == runfolder.Failed {
		return nil
	}
	return r.Folder.WriteWeights(runfolder.LastWeightsFile, r.loop.Evaluated().ByName(), r.PixelMetadata())
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

// Index updates the page of all runs, if the folder is one that it lists. If
// another program is writing the page at the same time, that program's version
// is kept; it lists this run, too.
func (s *Session) Index(folder *runfolder.Folder) {
	root, err := filepath.Abs(s.Runs)
	if err != nil || s.Runs == "" {
		return
	}
	path, err := filepath.Abs(folder.Path)
	if err != nil || filepath.Dir(filepath.Dir(path)) != root {
		return
	}
	if err := reports.WriteIndex(s.Runs); err != nil && !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(s.Err, "warning: %v\n", err)
	}
}
