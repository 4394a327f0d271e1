package experiments

import (
	"context"
	"errors"

	"cifartrain/configs"
	"cifartrain/loaders"
	"cifartrain/loaders/sources"
	"cifartrain/reports"
)

// images are the dataset as a config selects, splits and transforms it.
type images struct {
	dataset                    *loaders.Dataset
	warning                    string // that they are not CIFAR-10's, and why
	training, validation, test *loaders.Set
	transform                  *loaders.Transform
}

// open loads the dataset and cuts it as the config says.
func (s *Session) open(ctx context.Context, config configs.Config) (*images, error) {
	source := sourceOf(config)
	dataset, err := s.dataset(ctx, source)
	if err != nil {
		return nil, err
	}
	cut := &images{dataset: dataset, warning: sources.Warning(dataset, source)}
	selected, err := dataset.Select(dataset.Train, config.Data.Classes)
	if err != nil {
		return nil, err
	}
	if cut.test, err = dataset.Select(dataset.Test, config.Data.Classes); err != nil {
		return nil, err
	}
	random := config.Random("split")
	if config.Data.Split == "sequential" {
		random = nil
	}
	if cut.training, cut.validation, err = selected.Split(config.Data.Validation, random); err != nil {
		return nil, err
	}
	cut.transform = loaders.NewTransform(dataset.Shape, normalization(config.Data.Normalize))
	if config.Data.Center {
		cut.transform = cut.transform.Centered(cut.training)
	}
	return cut, nil
}

// sourceOf is where a config takes its images from.
func sourceOf(config configs.Config) sources.Source {
	return sources.Source{
		Sample: config.Data.Source == "sample", Dir: config.Data.Dir, URL: config.Data.URL,
		Download: config.Data.Download, Fallback: config.Data.IfMissing == "sample",
	}
}

// dataset loads the source, once for all runs of this program.
func (s *Session) dataset(ctx context.Context, source sources.Source) (*loaders.Dataset, error) {
	if loaded, ok := s.datasets[source]; ok {
		return loaded, ctx.Err()
	}
	dataset, err := sources.Open(ctx, source, s.Display.Download)
	s.Display.Clear()
	if err = errors.Join(err, ctx.Err()); err != nil {
		return nil, err
	}
	if warning := sources.Warning(dataset, source); warning != "" {
		reports.Warning(s.Err, warning)
	}
	s.datasets = map[sources.Source]*loaders.Dataset{source: dataset}
	return dataset, nil
}

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
