package experiments

import (
	"context"
	"errors"
	"fmt"

	"cifartrain/configs"
	"cifartrain/loaders"
	"cifartrain/loaders/cifar"
	"cifartrain/loaders/sources"
	"cifartrain/reports"
)

// Images are the dataset as a config selects, splits and transforms it.
type Images struct {
	Dataset                    *loaders.Dataset
	Training, Validation, Test *loaders.Set
	Transform                  *loaders.Transform

	warning string // that they are not the dataset asked for, and why
}

// images loads the dataset and cuts it as the config says.
func (s *Session) images(ctx context.Context, config configs.Config) (*Images, error) {
	source := sourceOf(config)
	dataset, err := s.dataset(ctx, source)
	if err != nil {
		return nil, err
	}
	cut := &Images{Dataset: dataset, warning: sources.Warning(dataset, source)}
	classes, problems := config.ClassNames(dataset.Classes)
	if err := config.Error(problems...); err != nil {
		return nil, err
	}
	selected, err := dataset.Select(dataset.Train, classes)
	if err != nil {
		return nil, err
	}
	if cut.Test, err = dataset.Select(dataset.Test, classes); err != nil {
		return nil, err
	}
	random := config.Random("split")
	if config.Data.Split == "sequential" {
		random = nil
	}
	if cut.Training, cut.Validation, err = selected.Split(config.Data.Validation, random); err != nil {
		return nil, err
	}
	if err := oneEachChannel(config, dataset.Shape.Channels); err != nil {
		return nil, err
	}
	cut.Transform = loaders.NewTransform(dataset.Shape, normalization(config.Data.Normalize))
	if config.Data.Center {
		cut.Transform = cut.Transform.Centered(cut.Training)
	}
	return cut, nil
}

// Split is one of the three sets by the name that people give it: test,
// validation or train.
func (i *Images) Split(name string) *loaders.Set {
	return map[string]*loaders.Set{"test": i.Test, "validation": i.Validation, "train": i.Training}[name]
}

// expected is what is known of a config's images before they are loaded.
func expected(config configs.Config) (loaders.Shape, []string) {
	if len(config.Data.Classes) == 0 {
		return cifar.Shape, cifar.Classes
	}
	return cifar.Shape, config.Data.Classes
}

// sourceOf is where a config takes its images from.
func sourceOf(config configs.Config) sources.Source {
	return sources.Source{
		Sample: config.Data.Source == "sample", Dir: config.Data.Dir, URL: config.Data.URL.WithPassword(),
		Download: config.Data.Download, Fallback: config.Data.IfMissing == "sample",
	}
}

// dataset loads the source, once for all runs of this program.
func (s *Session) dataset(ctx context.Context, source sources.Source) (*loaders.Dataset, error) {
	if loaded, ok := s.datasets[source]; ok {
		return loaded, ctx.Err()
	}
	from := source
	if s.Offline && !source.Sample && source.Download {
		from.Download, from.Fallback = false, true
	}
	dataset, err := sources.Open(ctx, from, s.Display.Download)
	s.Display.Clear()
	if err = errors.Join(err, ctx.Err()); err != nil {
		return nil, err
	}
	switch warning := sources.Warning(dataset, source); {
	case from != source && dataset.StandsInBecause != "":
		reports.Warning(s.Err, notFetched(source))
	case warning != "":
		reports.Warning(s.Err, warning)
	}
	s.datasets = map[sources.Source]*loaders.Dataset{source: dataset}
	return dataset, nil
}

// notFetched warns that a session that fetches nothing used the sample instead
// of the source.
func notFetched(source sources.Source) string {
	otherwise := "train on the built-in sample"
	if !source.Fallback {
		otherwise = "stop"
	}
	return fmt.Sprintf("%s does not hold CIFAR-10. A run would fetch it from %s first, 170 MB, and where it cannot, %s. The figures here are of the built-in sample.",
		source.Dir, source.Address(), otherwise)
}

// oneEachChannel returns an error where data.normalize has not as many values as
// the images have channels.
func oneEachChannel(config configs.Config, channels int) error {
	n := config.Data.Normalize
	if n == nil {
		return nil
	}
	var problems []configs.Problem
	wrong := func(key string, values []float64) {
		if len(values) != channels {
			problems = append(problems, configs.Problem{Key: key, Message: fmt.Sprintf("needs %d values, one for each channel of the images, not %d", channels, len(values))})
		}
	}
	wrong("data.normalize.mean", n.Mean)
	wrong("data.normalize.std", n.Std)
	return config.Error(problems...)
}

// Transform turns an image's bytes into the model's input. A centered run's needs
// the images, whose mean it subtracts.
func (p *Prepared) Transform() *loaders.Transform {
	if p.Images != nil {
		return p.Images.Transform
	}
	return loaders.NewTransform(p.Shape(), p.Normalization())
}

// Shape is that of the images that the model takes.
func (p *Prepared) Shape() loaders.Shape {
	if p.Images != nil {
		return p.Images.Dataset.Shape
	}
	shape, _ := expected(p.Config)
	return shape
}

// Classes are the names of those that the model tells apart, or whose images it
// was trained on.
func (p *Prepared) Classes() []string {
	if p.Images != nil {
		return p.Images.Training.Classes
	}
	_, classes := expected(p.Config)
	return classes
}

// Normalization is the run's, nil for pixels in [0, 1].
func (p *Prepared) Normalization() *loaders.Normalization {
	return normalization(p.Config.Data.Normalize)
}

// normalization is the config's, as the transform takes it.
func normalization(n *configs.Normalize) *loaders.Normalization {
	if n == nil {
		return nil
	}
	normalization := &loaders.Normalization{}
	for c := range n.Mean {
		normalization.Mean = append(normalization.Mean, float32(n.Mean[c]))
		normalization.Std = append(normalization.Std, float32(n.Std[c]))
	}
	return normalization
}
