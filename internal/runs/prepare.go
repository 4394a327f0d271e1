package runs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/klauspost/cpuid/v2"

	"cifartrain/configs"
	"cifartrain/graphs"
	"cifartrain/internal/kernels"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/shell"
	"cifartrain/loaders"
	"cifartrain/loaders/sources"
	"cifartrain/solvers"
	"cifartrain/training"
)

// Prepare prepares the run of a config in the one way that all commands share:
// first the model, then the dataset with its split and its transform, then the
// weights. A dataset whose images' shape and classes are not known beforehand is opened
// before the model; with any other, mistakes in the config are found before it is loaded.
func (s *Session) Prepare(ctx context.Context, config configs.Config, need Need) (*Run, error) {
	run := &Run{session: s, Config: config}
	return run, run.Prepare(ctx, need)
}

// Prepare prepares the parts of a run; see [Session.Prepare]. The images' shape and
// classes are those in the run's summary. Without one, a dataset that is not well
// known is opened to find them.
func (r *Run) Prepare(ctx context.Context, need Need) (err error) {
	config := r.Config
	defer func() {
		var setting *loaders.SettingError
		if errors.As(err, &setting) {
			err = config.Error(configs.Problem{Key: setting.Key, Message: setting.Reason}) // with the key's line
		}
	}()
	r.evaluator = new(evaluator)
	known := r.foresee()
	if known {
		if err := r.newArchitecture(); err != nil {
			return err
		}
		r.Transform = loaders.NewTransform(r.Shape, r.Normalization())
		if need.Pixels && config.Data.Center && !need.Images {
			mean, err := meanImage(need.File, r.Shape, r.Architecture.ParameterCount())
			if err != nil {
				return err
			}
			r.Transform, need.Images = r.Transform.WithMeanImage(mean), mean == nil
		}
	}
	if need.Images || !known {
		if err := r.loadImages(ctx); err != nil {
			return err
		}
		if err := r.checkImages(need.Others); err != nil {
			return err
		}
		r.Shape, r.Classes = r.Dataset.Shape, r.Training.Classes
		if err := r.newArchitecture(); err != nil {
			return err
		}
		if r.Dataset.StandsInBecause != "" {
			r.Config = r.Config.WithSource(sources.Sample)
		}
		r.Config.Data.BatchSize = min(config.Data.BatchSize, r.Training.Len())
		if source := sourceOf(WithoutSample(r.Config)); r.session.datasets[source] == nil { // what the run is resumed with
			r.session.datasets[source] = r.Dataset
		}
		if len(config.Data.Classes) > 0 {
			r.Config.Data.Classes = r.Classes // by name, even if the config gives numbers
		}
	}
	return r.loadWeights(need)
}

// newArchitecture makes the config's model, for images of the run's shape and classes.
func (r *Run) newArchitecture() (err error) {
	r.Architecture, err = graphs.New(graphs.Kinds, r.Config.Model.Kind, spec(r.Config, r.Shape, r.Classes))
	if err != nil {
		return RequestError(err.Error())
	}
	return nil
}

func (r *Run) loadWeights(from Need) (err error) {
	tensors := from.tensors
	if from.File != "" {
		held, err := runfolder.ReadWeights(from.File, r.Architecture.ParameterCount())
		if err != nil {
			return err
		}
		tensors, r.wrappings = held.Tensors, held.Wrappings
	}
	if tensors == nil {
		return nil
	}
	if r.Weights, err = r.Architecture.Load(tensors); err != nil && from.File != "" {
		return &runfolder.WeightsError{Path: from.File, Err: err}
	}
	return err
}

// align completes weights of init pca with the principal components of the
// training images.
func (r *Run) align(ctx context.Context) error {
	count := r.Architecture.PrincipalComponents()
	if count == 0 {
		return nil
	}
	components, err := r.principalComponents(ctx, count)
	if err != nil {
		return err
	}
	if len(components.Vectors) < count {
		return &loaders.SettingError{Key: "model.init", Reason: fmt.Sprintf(
			"the training images have %d principal components, but pca needs %d, half the width of the first hidden layer", len(components.Vectors), count)}
	}
	return r.Architecture.Align(r.Weights, components.Vectors)
}

// Loss names the loss together with everything that decides its units. Runs
// with equal names can be compared.
func (r *Run) Loss() string {
	n := r.Config.Data.Normalize
	if !r.Architecture.Task.Restores() || n == nil {
		return r.Architecture.LossName
	}
	return fmt.Sprintf("%s of pixels divided by %v", r.Architecture.LossName, n.Std)
}

// Begun returns the summary of what is known about the run before it begins.
func (r *Run) Begun(started time.Time) *runfolder.Summary {
	return &runfolder.Summary{
		Name: r.Config.Name, Status: runfolder.Training, Model: r.Architecture.Kind, Task: r.Architecture.Task, Loss: r.Loss(), Seed: r.Config.Seed,
		Dataset: r.Dataset.Name, Checksum: r.Dataset.Checksum, Shape: []int{r.Shape.Channels, r.Shape.Height, r.Shape.Width}, Warning: r.warning, Classes: r.Classes,
		Images:     runfolder.Images{Training: r.Training.Len(), Validation: r.Validation.Len(), Test: r.Test.Len()},
		Parameters: r.Architecture.ParameterCount(), Started: started.UTC().Truncate(time.Second),
		Processor: kernels.Instructions(), ProcessorName: cpuid.CPU.BrandName, System: runtime.GOOS, Cores: runtime.GOMAXPROCS(0),
		Command: shell.Command(os.Args[1:]...), Version: runfolder.Version(), Executable: runfolder.Executable(), GoVersion: runtime.Version(),
	}
}

// newLoop assembles the parts of the run for the training loop. It needs images. The seed
// draws the weights unless they were read from a file.
func (r *Run) newLoop(ctx context.Context) error {
	if err := r.CheckSteps(); err != nil {
		return err
	}
	solver, schedule, err := solver(r.Config)
	if err != nil {
		return err
	}
	if r.Weights == nil {
		r.Weights = r.Architecture.Initialize(r.Config.Random)
		if err := r.align(ctx); err != nil {
			return err
		}
	}
	data, train := r.Config.Data, r.Config.Train
	r.loop = &training.Loop{
		Architecture: r.Architecture, Weights: r.Weights, Solver: solver, Schedule: schedule, Warmup: solvers.Warmup(r.Config.Optimizer.WarmupSteps),
		TrainBatcher: loaders.NewBatcher(r.Training, r.Transform, loaders.BatchOptions{
			Size: data.BatchSize, Shuffle: data.Shuffle, Flip: data.Flip, Shift: data.Shift, Random: r.Config.Random,
		}),
		TrainEvalBatcher:  r.batches(r.Training),
		ValidationBatcher: r.batches(r.Validation),
		Random:            r.Config.Random,
		Epochs:            train.Epochs, EarlyStopping: train.EarlyStopping,
	}
	if train.AverageDecay > 0 {
		r.loop.Average = training.NewAverage(r.Weights, train.AverageDecay)
	}
	return nil
}

// CheckSteps returns an error if the warm-up is longer than the run, or if a batch
// normalization would get a batch of one image.
func (r *Run) CheckSteps() error {
	size, images, epochs, warmup := r.Config.Data.BatchSize, r.Training.Len(), r.Config.Train.Epochs, r.Config.Optimizer.WarmupSteps
	if steps := (images + size - 1) / size; warmup > epochs*steps {
		return r.Config.Error(configs.Problem{Key: "optimizer.warmup_steps", Message: fmt.Sprintf(
			"a warm-up of %d steps is longer than the run, whose %s of %d steps make %d: train longer or shorten the warm-up", warmup, reports.Epochs(epochs), steps, epochs*steps)})
	}
	if r.Config.Model.BatchNorm && images%size == 1 {
		return r.Config.Error(configs.Problem{Key: "data.batch_size", Message: fmt.Sprintf(
			"the last batch of the %d training images would hold a single one, which batch normalization cannot normalize: choose another size than %d", images, size)})
	}
	return nil
}

func solver(config configs.Config) (solver solvers.Solver, schedule solvers.Schedule, err error) {
	o := config.Optimizer
	if solver, err = solvers.New(solvers.Spec{
		Kind: o.Kind, LearningRate: o.LearningRate, Momentum: o.Momentum, Nesterov: o.Nesterov,
		Betas: [2]float64(o.Betas), Eps: o.Eps, WeightDecay: o.WeightDecay, ClipNorm: o.ClipNorm,
	}); err == nil {
		schedule, err = solvers.NewSchedule(solvers.ScheduleSpec{
			Kind: o.Schedule, Initial: o.LearningRate, Epochs: config.Train.Epochs, StepEpochs: o.StepEpochs, Gamma: o.Gamma,
		})
	}
	if err != nil {
		err = RequestError(err.Error())
	}
	return solver, schedule, err
}
