package experiments

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"time"

	"cifartrain/configs"
	"cifartrain/graphs"
	"cifartrain/kernels"
	"cifartrain/loaders"
	"cifartrain/metrics"
	"cifartrain/plots"
	"cifartrain/reports"
	"cifartrain/runfolder"
	"cifartrain/training"
)

// A record is what one run writes into its folder.
type record struct {
	folder  *runfolder.Folder
	config  configs.Config // the dataset's source is the one used in fact
	text    []byte         // of config.yaml
	init    string         // the weights file the run started from; empty where the seed drew them
	run     *training.Run
	images  *images
	pca     *yardstick
	summary *runfolder.Summary
	began   time.Time // breaks left out
}

// newRecord returns the record of a run that starts.
func newRecord(folder *runfolder.Folder, config configs.Config, run *training.Run, images *images, started time.Time, init string) *record {
	if images.dataset.StandsInBecause != "" {
		config.Data.Source = "sample"
	}
	architecture := run.Architecture
	return &record{folder: folder, config: config, init: init, run: run, images: images, began: started, summary: &runfolder.Summary{
		Name: config.Name, Model: architecture.Kind, Task: architecture.Task, Loss: lossName(config, architecture), Seed: config.Seed,
		Dataset: images.dataset.Name, Warning: images.warning, Classes: images.training.Classes,
		Images:     runfolder.Images{Training: images.training.Len(), Validation: images.validation.Len(), Test: images.test.Len()},
		Parameters: architecture.ParameterCount(), Started: started.UTC().Truncate(time.Second),
		Processor: kernels.Instructions(), Cores: runtime.GOMAXPROCS(0),
		Version: runfolder.Version(), GoVersion: runtime.Version(),
	}}
}

// begin writes what is known before training, again where the run goes on: it
// may have been stopped between any two of the files. The config it writes gives the
// same numbers again: it names the dataset that was used in fact, and the
// weights of -init stand beside it.
func (r *record) begin() error {
	text, err := writeConfig(r.folder, r.config, r.init)
	if err != nil {
		return err
	}
	r.text = text
	if r.init != "" {
		r.summary.InitialWeights = runfolder.InitialWeightsFile
	}
	if exists(r.folder.File(runfolder.GraphFile)) {
		return nil
	}
	model, err := r.run.Architecture.Build(r.run.Weights, r.run.Batches.Size())
	if err != nil {
		return err
	}
	if err := model.Differentiate(); err != nil {
		return err
	}
	err = r.folder.WriteWith(runfolder.GraphFile, func(w io.Writer) error {
		text, err := model.Dot()
		if err != nil {
			return err
		}
		_, err = w.Write(text)
		return err
	})
	if err != nil {
		return err
	}
	return r.folder.WriteWith(runfolder.DiagramFile, func(w io.Writer) error {
		return plots.Diagram(w, network(r.images.dataset.Shape, r.run.Architecture, model))
	})
}

// writeConfig writes config.yaml, whose text it returns, and beside it the
// weights of the file that the run starts from, where init names one.
func writeConfig(folder *runfolder.Folder, config configs.Config, init string) (text []byte, err error) {
	text, err = config.YAML()
	if err != nil {
		return nil, err
	}
	if init != "" {
		weights, err := os.ReadFile(init)
		if err != nil {
			return nil, err
		}
		if err := folder.Write(runfolder.InitialWeightsFile, weights); err != nil {
			return nil, err
		}
		text = append([]byte("# started from weights: repeat with -init "+runfolder.InitialWeightsFile+"\n"), text...)
	}
	return text, folder.Write(runfolder.ConfigFile, text)
}

// end writes all the rest. cause is what stopped the training, nil when it ran
// to its end; what the epochs so far gave is written all the same, and cause is
// returned with where to find it.
func (r *record) end(ctx context.Context, result training.Result, cause error) error {
	if cause == nil {
		cause = r.test(ctx, result)
	}
	if cause != nil {
		r.pca.cancel() // the figures would come too late
	}
	r.summary.PCA = r.pca.wait()
	err := r.write(result, cause)
	cause = cmp.Or(cause, err)
	switch {
	case cause == nil:
		return nil
	case errors.Is(cause, context.Canceled):
		return errors.Join(&Interruption{len(result.History), r.folder.Path}, err)
	}
	return r.failure(cause, len(result.History))
}

// test scores the last and the best weights on the test images.
func (r *record) test(ctx context.Context, result training.Result) error {
	batches := evaluationBatches(r.config, r.images, r.images.test)
	last, err := score(ctx, r.run.Architecture, r.run.Evaluated(), batches)
	if err != nil {
		return err
	}
	best, err := score(ctx, r.run.Architecture, result.Best, batches)
	if err != nil {
		return err
	}
	r.summary.Final = figures(result.History.Last(), last)
	r.summary.Best = figures(result.History[result.History.Best()], best)
	r.summary.Confusion = best.Confusion
	r.summary.DeadUnits, err = r.deadUnits(ctx, result.Best)
	return err
}

// deadUnits counts the best weights' on the validation images.
func (r *record) deadUnits(ctx context.Context, best graphs.Weights) ([]metrics.DeadUnits, error) {
	evaluator, err := training.NewEvaluator(r.run.Architecture, best, r.run.ValidationSet.Size())
	if err != nil {
		return nil, err
	}
	counts, err := evaluator.DeadUnits(ctx, r.run.ValidationSet)
	return counts, errors.Join(err, evaluator.Close())
}

// figures are those of an epoch whose weights scored test on the test images.
func figures(epoch metrics.Epoch, test training.Evaluation) *runfolder.Figures {
	figures := runfolder.FiguresOf(epoch)
	figures.TestLoss = &test.Loss
	if test.Task.Classifies() {
		accuracy := test.Confusion.Accuracy()
		figures.TestAccuracy = &accuracy
	}
	return figures
}

// write writes weights, pictures, summary and report.
func (r *record) write(result training.Result, cause error) error {
	r.summary.Status = ended(result, cause)
	if r.summary.Status == runfolder.Failed {
		r.summary.Error = cause.Error()
	}
	r.summary.Epochs = len(result.History)
	if len(result.History) > 0 {
		r.judge(result.History)
		r.measureSpeed(result)
		if err := r.weights(result); err != nil {
			return err
		}
	}
	pictures, err := r.pictures(result) // the figures are worth keeping without one
	r.summary.Seconds = time.Since(r.began).Seconds()
	r.summary.PeakMemory = runfolder.PeakMemory()
	if err = errors.Join(err, r.folder.WriteSummary(r.summary)); err != nil {
		return err
	}
	return reports.WriteReport(r.folder, r.summary, pictures)
}

// ended is how the run ended, for its summary.
func ended(result training.Result, cause error) string {
	switch {
	case cause == nil && result.Stopped:
		return runfolder.Stopped
	case cause == nil:
		return runfolder.Finished
	case errors.Is(cause, context.Canceled):
		return runfolder.Interrupted
	default:
		return runfolder.Failed
	}
}

// judge fills the summary from the history.
func (r *record) judge(history metrics.History) {
	s := r.summary
	if s.Final == nil {
		s.Final = runfolder.FiguresOf(history.Last())
	}
	if s.Best == nil {
		s.Best = runfolder.FiguresOf(history[history.Best()])
	}
	against := metrics.Reference{Chance: 1 / float64(len(s.Classes))}
	if s.PCA != nil {
		against.PCA = s.PCA.ValidationMSE
	}
	verdict := metrics.Judge(history, against)
	s.Verdict = &verdict
}

// measureSpeed fills the summary with how fast the epochs went, and how fast
// this machine could have gone.
func (r *record) measureSpeed(result training.Result) {
	s, epochs := r.summary, float64(len(result.History))
	for _, epoch := range result.History {
		s.TrainingSeconds += epoch.Seconds
	}
	if s.TrainingSeconds == 0 { // epochs of less than half a millisecond, read back
		return
	}
	s.ImagesPerSecond = epochs * float64(s.Images.Training) / s.TrainingSeconds
	s.GFLOPS = epochs * result.EpochOperations / s.TrainingSeconds / 1e9
	s.PeakGFLOPS = kernels.Peak() / 1e9
	s.PeakShare = s.GFLOPS / s.PeakGFLOPS
}

// weights writes the best weights and, unless a failure may have spoilt them,
// the last.
func (r *record) weights(result training.Result) error {
	if err := r.folder.WriteWeights(runfolder.BestWeightsFile, result.Best.ByName()); err != nil {
		return err
	}
	if r.summary.Status == runfolder.Failed {
		return nil
	}
	return r.folder.WriteWeights(runfolder.LastWeightsFile, r.run.Evaluated().ByName())
}

// score evaluates weights on batches.
func score(ctx context.Context, architecture *graphs.Architecture, weights graphs.Weights, batches *loaders.Batcher) (training.Evaluation, error) {
	evaluator, err := training.NewEvaluator(architecture, weights, batches.Size())
	if err != nil {
		return training.Evaluation{}, err
	}
	evaluation, err := evaluator.Evaluate(ctx, batches)
	return evaluation, errors.Join(err, evaluator.Close())
}

// pictures draws what the run's figures allow and returns what the page shows
// beside its own curves.
func (r *record) pictures(result training.Result) ([]reports.Picture, error) {
	caption := plots.Caption{Run: r.config.Name, Dataset: r.summary.Dataset + ": " + reports.ClassList(r.images.training.Classes)}
	var drawn []reports.Picture
	draw := func(file, meaning string, picture func(io.Writer) error) error {
		drawn = append(drawn, reports.Picture{File: file, Meaning: meaning})
		return r.folder.WriteWith(file, picture)
	}
	history, classes := result.History, r.images.training.Classes
	var err error
	if len(history) > 0 {
		err = errors.Join(err, r.folder.WriteWith("loss.png", func(w io.Writer) error {
			return plots.Loss(w, caption, history, r.summary.Loss, reports.Yardsticks(r.summary)...)
		}))
	}
	if r.run.Architecture.Task.Restores() && r.config.Plots.Reconstructions > 0 && len(history) > 0 {
		pairs, fault := reconstruct(r.config, r.run.Architecture, result.Best, r.images)
		err = errors.Join(err, fault, draw("reconstructions.png", "Validation images drawn by the seed, and what the best weights restore of them.", func(w io.Writer) error {
			return plots.Reconstructions(w, caption, pairs)
		}))
	}
	if r.run.Architecture.Task.Classifies() && len(history) > 0 {
		err = errors.Join(err, r.folder.WriteWith("accuracy.png", func(w io.Writer) error {
			return plots.Accuracy(w, caption, history)
		}))
	}
	if r.summary.Confusion != nil {
		test := plots.Caption{Run: caption.Run, Dataset: caption.Dataset + ", test images, best weights"}
		err = errors.Join(err, draw("confusion.png", "How the best weights classify the test images.", func(w io.Writer) error {
			return plots.Confusion(w, test, r.summary.Confusion)
		}))
	}
	if name := r.run.Architecture.PixelWeight; name != "" && len(history) > 0 {
		values := result.Best.ByName()[name].Float32s()
		err = errors.Join(err, draw("weights.png", "The best weights as a picture: what speaks for which class.", func(w io.Writer) error {
			return plots.Weights(w, caption, classes[0], classes[1], values)
		}))
	}
	return drawn, err
}
