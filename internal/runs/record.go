package runs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"cifartrain/configs"
	"cifartrain/graphs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
	"cifartrain/training"
)

// Create makes the folder of a run that is trained later, with its config and the
// weights in the file initial unless that is empty.
func (s *Session) Create(folder *runfolder.Folder, config configs.Config, initial string) error {
	path := folder.Path
	if s.TensorBoard {
		path = folder.File(runfolder.TensorBoardFolder)
	}
	if err := os.MkdirAll(path, 0o777); err != nil {
		return err
	}
	if initial != "" {
		if err := folder.CopyWeights(runfolder.InitialWeightsFile, initial); err != nil {
			return err
		}
	}
	_, err := writeConfig(folder, config)
	return err
}

// writeConfig writes config.yaml and returns its text, which says how to repeat a run
// that starts from the weights of a file.
func writeConfig(folder *runfolder.Folder, config configs.Config) (text []byte, err error) {
	if text, err = config.YAML(); err != nil {
		return nil, err
	}
	if folder.Has(runfolder.InitialWeightsFile) {
		text = append([]byte("# started from weights: repeat with -init "+runfolder.InitialWeightsFile+"\n"), text...)
	}
	return text, folder.Write(runfolder.ConfigFile, text)
}

// begin writes the files that are known before the epochs after a history are trained. A
// resumed run writes them again, because it may have been stopped between any two of
// them. The config names the dataset that is actually used, so that training from it
// gives the same numbers. The summary says that the run is training until everything
// else is written.
func (r *Run) begin(history metrics.History) (err error) {
	defer func() {
		if errors.As(err, new(*runfolder.WriteError)) {
			err = fmt.Errorf("%w; once the cause is fixed, %s", err, howToResume(r.Folder.Path))
		}
	}()
	if err := r.Folder.WriteHistory(history); err != nil {
		return err
	}
	if r.text, err = writeConfig(r.Folder, r.Config); err != nil {
		return err
	}
	if r.Folder.Has(runfolder.InitialWeightsFile) {
		r.Summary.InitialWeights = runfolder.InitialWeightsFile
	}
	return r.Folder.WriteSummary(r.Summary)
}

// describeModel adds the model's layers to the summary, and writes its expression
// graph unless that exists.
func (r *Run) describeModel() error {
	model, err := r.Architecture.Build(r.Weights, r.loop.TrainBatcher.Size())
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
			layers[i].Activation = strings.TrimSuffix("batch norm, "+layer.Activation, ", ")
		}
		owner := model.Layers[slices.IndexFunc(model.Layers, func(l graphs.Layer) bool { return l.Weight == layer.Weight })]
		if owner.Name != layer.Name {
			layers[i].SharesWith = owner.Name
		}
	}
	return layers
}

// stopped returns the error of a run that cause has stopped, together with where its
// results are and how it goes on. unwritten is the error of writing them.
func (r *Run) stopped(result training.Result, cause, unwritten error) error {
	epochs := reports.Epochs(len(result.History))
	if errors.Is(cause, context.Canceled) {
		return errors.Join(Interruption(fmt.Sprintf("interrupted after %s; its files are in %s; %s", epochs, r.Folder.Path, howToResume(r.Folder.Path))), unwritten)
	}
	diverged := errors.As(cause, new(*training.DivergedError))
	saved, _, lost := r.Folder.Checkpoint()
	switch {
	case diverged && len(result.History) == 0:
		return fmt.Errorf("%w; no epoch had ended; the config is in %s", cause, r.Folder.Path)
	case diverged:
		return fmt.Errorf("%w; the results of %s are in %s", cause, epochs, r.Folder.Path)
	case lost != nil && r.Folder.Has(runfolder.ConfigFile) && !r.Folder.Has(runfolder.MetricsFile):
		return fmt.Errorf("%w; no epoch had ended; once the cause is fixed, %s", cause, howToResume(r.Folder.Path))
	case lost != nil && r.Folder.Has(runfolder.ConfigFile):
		return fmt.Errorf("%w; no checkpoint is left in %s to go on from; once the cause is fixed, %s", cause, r.Folder.Path, howToRepeat(r.Folder))
	case lost != nil:
		return fmt.Errorf("%w; no checkpoint is left in %s to go on from", cause, r.Folder.Path)
	}
	reached := "after " + reports.Epochs(len(saved.History))
	if saved.Partial.Steps > 0 || len(saved.History) == 0 {
		reached = fmt.Sprintf("of epoch %d, step %d", len(saved.History)+1, saved.Partial.Steps)
	}
	return fmt.Errorf("%w; the checkpoint %s is complete; once the cause is fixed, %s", cause, reached, howToResume(r.Folder.Path))
}

// figures returns the figures of an epoch, and those of its weights on the test
// images.
func figures(epoch metrics.Epoch, test training.Evaluation) *runfolder.Figures {
	figures := runfolder.FiguresOf(test.Task, epoch)
	figures.TestLoss = &test.Loss
	if test.Task.Classifies() {
		accuracy := test.Confusion.Accuracy()
		figures.TestAccuracy = &accuracy
	}
	return figures
}

// judge adds the history's figures, its speed and the verdict to the summary.
func (r *Run) judge(history metrics.History) {
	s := r.Summary
	for _, epoch := range history {
		s.TrainingSeconds += epoch.Seconds
	}
	if s.TrainingSeconds > 0 { // metrics.csv rounds epochs of less than half a millisecond to 0
		s.ImagesPerSecond = float64(len(history)*s.Images.Training) / s.TrainingSeconds
	}
	if s.Final == nil {
		s.Final = runfolder.FiguresOf(s.Task, history.Last())
	}
	if s.Best == nil {
		s.Best = runfolder.FiguresOf(s.Task, history[history.Best()])
	}
	against := metrics.Reference{Baseline: float64(slices.Max(imagesByClass(r.Training))) / float64(r.Training.Len())} // the share of the commonest class
	if s.PCA != nil {
		against.PCATraining, against.PCAValidation = s.PCA.TrainMSE, s.PCA.ValidationMSE
	}
	s.Verdict = reports.Verdict(s.Task, metrics.Judge(s.Task, history, against))
}

func (r *Run) ended(result training.Result, cause error) string {
	switch {
	case cause == nil && result.Stopped:
		return runfolder.Stopped
	case cause == nil && len(result.History) < r.Config.Train.Epochs:
		return runfolder.Paused
	case cause == nil:
		return runfolder.Finished
	case errors.Is(cause, context.Canceled), errors.As(cause, new(*runfolder.WriteError)):
		return runfolder.Interrupted // it can go on, once the disk can be written again
	}
	return runfolder.Failed
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
