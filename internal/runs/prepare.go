package runs

import (
	"context"
	"errors"
	"fmt"
	"math"
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
// classes are those in the run's summary. Without one, any dataset but CIFAR-10 and its
// sample is opened to find them.
func (r *Run) Prepare(ctx context.Context, need Need) (err error) {
	config := r.Config
	defer func() {
		var setting *loaders.SettingError
		if errors.As(err, &setting) {
			err = config.Error(configs.Problem{Key: setting.Key, Message: setting.Reason}) // with the key's line
		}
	}()
	r.evaluator = new(evaluator)
	known := r.knownWithoutOpening()
	if known {
		if err := r.newArchitecture(); err != nil {
			return err
		}
		r.Transform = loaders.NewTransform(r.Shape, r.Normalization())
		if need.Pixels && config.Data.Center && !need.Images {
			mean, err := meanImage(need.weights, r.Shape)
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
		if err := r.newArchitecture(); err != nil { // again, because other images may have another shape
			return err
		}
		r.completeConfig()
	}
	return r.loadWeights(need)
}

// completeConfig sets in the config what the images decide, so that training from it
// gives the same numbers: the sample in the place of a missing dataset, batches of no
// more than all images, and the names of classes that are given by number.
func (r *Run) completeConfig() {
	if r.Dataset.StandsInBecause != "" {
		r.Config = r.Config.WithSource(sources.Sample)
	}
	r.Config.Data.BatchSize = min(r.Config.Data.BatchSize, r.Training.Len())
	if len(r.Config.Data.Classes) > 0 {
		r.Config.Data.Classes = r.Classes
	}
	// The runs of a series are prepared again from this config, and find the dataset here.
	if source := sourceOf(WithoutSample(r.Config)); r.session.datasets[source] == nil {
		r.session.datasets[source] = r.Dataset
	}
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
	held := from.weights
	if from.File != "" {
		if held, err = runfolder.ReadWeights(from.File, r.Architecture.ParameterCount()); err != nil {
			return err
		}
		r.wrappings = held.Wrappings
	}
	if held == nil {
		return nil
	}
	if r.Weights, err = r.Architecture.Load(held.Tensors); err != nil && held.Path != "" {
		return &runfolder.WeightsError{Path: held.Path, Err: err}
	}
	return err
}

// setPrincipalComponents completes weights of init pca with the principal components
// of the training images.
func (r *Run) setPrincipalComponents(ctx context.Context) error {
	count := r.Architecture.PrincipalComponents()
	if count == 0 {
		return nil
	}
	components, err := r.principalComponents(ctx, count)
	if err != nil {
		return err
	}
	if len(components.Vectors) < count {
		return r.Config.Error(configs.Problem{Key: "model.init", Message: fmt.Sprintf(
			"the training images have %d principal components, but pca needs %d, half the width of the first hidden layer", len(components.Vectors), count)})
	}
	return r.Architecture.SetPrincipalComponents(r.Weights, components.Vectors)
}

// Loss names the loss together with everything that decides its units. Runs
// with equal names can be compared.
func (r *Run) Loss() string {
	n := r.Config.Data.Normalize
	if !r.Architecture.Task.Reconstructs() || n == nil {
		return r.Architecture.LossName
	}
	return fmt.Sprintf("%s of pixels divided by %v", r.Architecture.LossName, n.Std)
}

// Begun returns the summary of what is known about the run before it begins.
func (r *Run) Begun(started time.Time) *runfolder.Summary {
	return &runfolder.Summary{
		Name: r.Config.Name, Status: runfolder.Training, Model: r.Architecture.Kind, Task: r.Architecture.Task, Loss: r.Loss(), Seed: r.Config.Seed,
		Dataset: r.Dataset.Name, Checksum: r.Dataset.Checksum, Shape: []int{r.Shape.Channels, r.Shape.Height, r.Shape.Width}, Warning: sources.Warning(r.Dataset, sourceOf(r.Config)), Classes: r.Classes,
		Images:     runfolder.ImageCounts{Training: r.Training.Len(), Validation: r.Validation.Len(), Test: r.Test.Len()},
		Parameters: r.Architecture.ParameterCount(), Started: started.UTC().Truncate(time.Second),
		Processor: kernels.Instructions(), ProcessorName: cpuid.CPU.BrandName, System: runtime.GOOS, Cores: runtime.GOMAXPROCS(0),
		Command: shell.Command(os.Args[1:]...), Version: runfolder.Version(), Executable: runfolder.Executable(), GoVersion: runtime.Version(),
	}
}

// Check returns an error for mistakes in configs, each trained with so many seeds,
// that can be found before the first run. It opens neither CIFAR-10 nor its sample.
func (s *Session) Check(ctx context.Context, all []configs.Config, seeds int) error {
	if seeds < 1 {
		return Requestf("-seeds %d: there must be at least one", seeds)
	}
	for i, config := range all {
		if uint64(seeds-1) > math.MaxUint64-config.Seed {
			return Requestf("-seeds %d: there are not that many seeds from %d upwards", seeds, config.Seed)
		}
		prepared, err := s.Prepare(ctx, config, Need{File: s.Init})
		if err != nil {
			return err
		}
		if i == 0 && len(prepared.wrappings) > 0 {
			fmt.Fprintf(s.Err, "note: the weights of %s were taken out of %q\n", s.Init, prepared.wrappings)
		}
		if _, _, err := solver(config); err != nil {
			return err
		}
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
