package runs

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"gorgonia.org/tensor"

	"cifartrain/configs"
	"cifartrain/graphs"
	"cifartrain/internal/kernels"
	"cifartrain/internal/runfolder"
	"cifartrain/loaders"
	"cifartrain/loaders/sources"
	"cifartrain/metrics/pca"
)

// A Prepared run is a config together with the parts that it describes, as far
// as a command needs them.
type Prepared struct {
	Config       configs.Config // its data.source is the one that was actually used
	Shape        loaders.Shape  // of an image
	Classes      []string       // in the order of the labels
	Architecture *graphs.Architecture
	Images       *Images        // nil if not needed
	Weights      graphs.Weights // nil if not needed

	// Transform turns an image's bytes into the model's input. If the images
	// are not loaded, it lacks the mean image of a centered run unless
	// [Need.Pixels] asks for it.
	Transform *loaders.Transform

	components *pca.Fit // of the training images, once they are needed
}

// Need says what a command needs of a run. Anything else is neither loaded nor
// computed.
type Need struct {
	Images  bool
	Weights Weights

	// Pixels says that images will go through the model. A centered run
	// subtracts the mean of its training images; it is read from the metadata
	// of the weights file or, if it is not there, computed from the images.
	Pixels bool

	// Trained is the summary of a run that has been trained, which tells the
	// images' shape and classes. Without it, a dataset that is not well known
	// is opened to find them.
	Trained *runfolder.Summary
}

// Weights say where a run's weights come from. The zero value means that none
// are needed.
type Weights struct {
	drawn   bool                     // drawn by the config's seed; model.init pca needs the images for this
	file    string                   // read from this file
	tensors map[string]*tensor.Dense // taken from a checkpoint
}

// DrawnWeights are weights that the config's seed draws.
var DrawnWeights = Weights{drawn: true}

// WeightsIn are the weights in a file.
func WeightsIn(file string) Weights { return Weights{file: file} }

// meanImage returns the mean image in the metadata of the weights' file. It is
// nil if the file has none or the weights are in no file.
func (w Weights) meanImage(shape loaders.Shape, weights int) ([]float32, error) {
	if w.file == "" {
		return nil, nil
	}
	metadata, err := runfolder.ReadMetadata(w.file, weights)
	if err != nil {
		return nil, err
	}
	mean, err := meanImage(metadata, shape)
	if err != nil {
		return nil, &runfolder.WeightsError{Path: w.file, Err: err}
	}
	return mean, nil
}

// Prepare prepares the run of a config in the one way that all commands share:
// first the model, then the dataset with its split and its transform, then the
// weights. Mistakes in the config are reported before anything is loaded.
func (s *Session) Prepare(ctx context.Context, config configs.Config, need Need) (*Prepared, error) {
	p, err := s.prepare(ctx, config, need)
	var setting *loaders.SettingError
	if errors.As(err, &setting) {
		err = config.Error(configs.Problem{Key: setting.Key, Message: setting.Reason}) // which adds the line
	}
	return p, err
}

func (s *Session) prepare(ctx context.Context, config configs.Config, need Need) (p *Prepared, err error) {
	p = &Prepared{Config: config}
	var known bool
	if p.Shape, p.Classes, known = foreseen(config, need.Trained); known {
		if p.Architecture, err = s.architecture(config, p.Shape, p.Classes); err != nil {
			return nil, err
		}
		p.Transform = loaders.NewTransform(p.Shape, p.Normalization())
	}
	if known && need.Pixels && config.Data.Center && !need.Images {
		mean, err := need.Weights.meanImage(p.Shape, p.Architecture.ParameterCount())
		if err != nil {
			return nil, err
		}
		p.Transform = p.Transform.WithMeanImage(mean)
		need.Images = mean == nil
	}
	if need.Images || !known {
		if p.Images, err = s.images(ctx, config); err != nil {
			return nil, err
		}
		p.Shape, p.Classes, p.Transform = p.Images.Dataset.Shape, p.Images.Training.Classes, p.Images.Transform
		if p.Architecture, err = s.architecture(config, p.Shape, p.Classes); err != nil {
			return nil, err
		}
		if p.Images.Dataset.StandsInBecause != "" {
			p.Config = p.Config.WithSource(sources.Sample)
		}
		p.Config.Data.BatchSize = min(config.Data.BatchSize, p.Images.Training.Len())
		if source := sourceOf(WithoutSample(p.Config)); s.datasets[source] == nil { // what the run is resumed with
			s.datasets[source] = p.Images.Dataset
		}
		if len(config.Data.Classes) > 0 {
			p.Config.Data.Classes = p.Classes // by name, even if the config gives numbers
		}
	}
	return p, p.loadWeights(ctx, need.Weights)
}

// architecture returns the config's model, for images of a shape and for the
// named classes.
func (s *Session) architecture(config configs.Config, shape loaders.Shape, classes []string) (*graphs.Architecture, error) {
	architecture, err := graphs.New(s.kinds(), config.Model.Kind, spec(config, shape, classes))
	if err != nil {
		return nil, RequestError(err.Error())
	}
	return architecture, nil
}

// loadWeights sets the run's weights.
func (p *Prepared) loadWeights(ctx context.Context, from Weights) (err error) {
	tensors := from.tensors
	switch {
	case from.drawn:
		p.Weights = p.Architecture.Initialize(p.Config.Random)
		return p.align(ctx)
	case from.file == "" && tensors == nil:
		return nil
	case tensors == nil:
		if tensors, err = runfolder.ReadWeights(from.file, p.Architecture.ParameterCount()); err != nil {
			return err
		}
	}
	p.Weights, err = p.Architecture.Load(tensors)
	if err != nil && from.tensors == nil {
		return &runfolder.WeightsError{Path: from.file, Err: err}
	}
	return err
}

// align completes weights of init pca with the principal components of the
// training images.
func (p *Prepared) align(ctx context.Context) error {
	count := p.Architecture.PrincipalComponents()
	if count == 0 {
		return nil
	}
	components, err := p.principalComponents(ctx, count)
	if err != nil {
		return err
	}
	if len(components.Vectors) < count {
		return &loaders.SettingError{Key: "model.init", Reason: fmt.Sprintf(
			"the training images have %d principal components, but pca needs %d, half the width of the first hidden layer", len(components.Vectors), count)}
	}
	return p.Architecture.Align(p.Weights, components.Vectors)
}

// Loss names the loss together with everything that decides its units. Runs
// with equal names can be compared.
func (p *Prepared) Loss() string {
	n := p.Config.Data.Normalize
	if !p.Architecture.Task.Restores() || n == nil {
		return p.Architecture.LossName
	}
	return fmt.Sprintf("%s of pixels divided by %v", p.Architecture.LossName, n.Std)
}

// Summary returns what is known about the run before it begins.
func (p *Prepared) Summary(started time.Time) *runfolder.Summary {
	return &runfolder.Summary{
		Name: p.Config.Name, Status: runfolder.Training, Model: p.Architecture.Kind, Task: p.Architecture.Task, Loss: p.Loss(), Seed: p.Config.Seed,
		Dataset: p.Images.Dataset.Name, Shape: []int{p.Shape.Channels, p.Shape.Height, p.Shape.Width}, Warning: p.Images.warning, Classes: p.Classes,
		Images:     runfolder.Images{Training: p.Images.Training.Len(), Validation: p.Images.Validation.Len(), Test: p.Images.Test.Len()},
		Parameters: p.Architecture.ParameterCount(), Started: started.UTC().Truncate(time.Second),
		Processor: kernels.Instructions(), Cores: runtime.GOMAXPROCS(0),
		Version: runfolder.Version(), GoVersion: runtime.Version(),
	}
}
