package runs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"cifartrain/configs"
	"cifartrain/graphs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/loaders"
	"cifartrain/loaders/sources"
)

// loadImages loads the dataset, and selects and splits it as the config says, unless
// the run that the Session prepared before had the same images.
func (r *Run) loadImages(ctx context.Context) error {
	s, data, source := r.session, r.Config.Data, sourceOf(r.Config)
	dataset, err := s.dataset(ctx, source)
	if err != nil {
		return err
	}
	r.warning = sources.Warning(dataset, source)
	key := fmt.Sprint(source, r.Config.Seed, data.Classes, data.Validation, data.Split, data.Limit, data.Shift, data.Center, r.Normalization())
	if s.selected == nil || s.selected.key != key {
		if err := r.selectImages(dataset); err != nil {
			return err
		}
		s.selected = &selection{key, r.Images}
	}
	r.Images = s.selected.Images
	return nil
}

// A selection is the images of a run.
type selection struct {
	key string // everything that they depend on
	Images
}

// selectImages selects and splits a dataset as the config says.
func (r *Run) selectImages(dataset *loaders.Dataset) error {
	config := r.Config
	r.Dataset = dataset
	classes, problems := config.ClassNames(dataset.Classes)
	if err := config.Error(problems...); err != nil {
		return err
	}
	if config.Data.Shift >= min(dataset.Shape.Height, dataset.Shape.Width) {
		return &loaders.SettingError{Key: "data.shift", Reason: fmt.Sprintf("%d moves images of %d × %d pixels out of sight", config.Data.Shift, dataset.Shape.Height, dataset.Shape.Width)}
	}
	selected, err := dataset.Select(dataset.Train, classes)
	if err != nil {
		return err
	}
	if r.Test, err = dataset.Select(dataset.Test, classes); err != nil {
		return err
	}
	random := config.Random("split")
	if config.Data.Split == "sequential" {
		random = nil
	}
	if dataset.Validation.Len() > 0 {
		r.Training = selected
		r.Validation, err = dataset.Select(dataset.Validation, classes)
	} else {
		split := selected.Split
		if dataset.ByClass {
			split = selected.SplitByClass
		}
		r.Training, r.Validation, err = split(config.Data.Validation, random)
	}
	if err != nil {
		return err
	}
	if r.Training, err = r.Training.Limit(config.Data.Limit, config.Random("limit")); err != nil {
		return err
	}
	if err := r.enough(); err != nil {
		return err
	}
	if err := oneEachChannel(config, dataset.Shape.Channels); err != nil {
		return err
	}
	r.Transform = loaders.NewTransform(dataset.Shape, normalization(config.Data.Normalize))
	if config.Data.Center {
		r.Transform = r.Transform.Centered(r.Training)
	}
	return nil
}

// Split returns one of the three sets by its name: test, validation or train.
func (r *Run) Split(name string) *loaders.Set {
	return map[string]*loaders.Set{"test": r.Test, "validation": r.Validation, "train": r.Training}[name]
}

// enough returns an error if the chosen classes leave a set without images, or a
// class of a dataset that is split by class without images to train or to
// validate on.
func (r *Run) enough() error {
	for name, set := range map[string]*loaders.Set{"training": r.Training, "validation": r.Validation, "test": r.Test} {
		if set.Len() == 0 {
			return &loaders.SettingError{Key: "data.classes", Reason: fmt.Sprintf("there are no %s images of the chosen classes in the %s", name, r.Dataset.Name)}
		}
		if set == r.Test {
			continue
		}
		images := make([]int, len(set.Classes))
		for i := range set.Len() {
			images[set.Class(i)]++
		}
		if lacking := slices.Index(images, 0); lacking >= 0 && r.Dataset.ByClass {
			return &loaders.SettingError{Key: "data.classes", Reason: fmt.Sprintf("there are no %s images of class %q in the %s", name, set.Classes[lacking], r.Dataset.Name)}
		}
	}
	return nil
}

// foreseen returns what is known about a config's images without opening the
// dataset: from the run's summary if there is one, or because the dataset is a
// well-known one.
func foreseen(config configs.Config, trained *runfolder.Summary) (shape loaders.Shape, classes []string, known bool) {
	if trained != nil && len(trained.Shape) == 3 {
		return loaders.Shape{Channels: trained.Shape[0], Height: trained.Shape[1], Width: trained.Shape[2]}, trained.Classes, true
	}
	shape, classes, known = sourceOf(config).Known()
	if len(config.Data.Classes) > 0 {
		classes = config.Data.Classes
	}
	return shape, classes, known
}

// defaultSize is the number of pixels a side to which pictures of a folder are
// scaled: CIFAR-10's.
const defaultSize = 32

// sourceOf returns where a config takes its images from.
func sourceOf(config configs.Config) sources.Source {
	source := sources.Source{
		Kind: config.Data.Source, Dir: config.Data.Dir, Named: config.Overridden("data.dir"), URL: config.Data.URL,
		Download: config.Data.Download, Fallback: config.Data.IfMissing == "sample",
	}
	if source.Kind == sources.Folder {
		source.Size, source.Test, source.Seed = cmp.Or(config.Data.Size, defaultSize), config.Data.Test, config.Seed
		source.Unlabeled = slices.ContainsFunc(graphs.Kinds(), func(kind graphs.Kind) bool { return kind.Name == config.Model.Kind && kind.Task.Restores() })
	}
	return source
}

// WithoutSample returns the config for a run that has begun: if its dataset is
// missing, the sample must not replace it.
func WithoutSample(config configs.Config) configs.Config {
	if config.Data.Source == "cifar10" {
		config.Data.IfMissing = "fail"
	}
	return config
}

// dataset loads the source once and keeps it for the next run of this program.
func (s *Session) dataset(ctx context.Context, source sources.Source) (*loaders.Dataset, error) {
	if loaded, ok := s.datasets[source]; ok {
		return loaded, ctx.Err()
	}
	from := source
	if s.Offline && source.Kind == sources.CIFAR10 && source.Download && !source.Named {
		from.Download, from.Fallback = false, true
	}
	dataset, err := sources.Open(ctx, from, s.Display)
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
	for _, remark := range dataset.Remarks {
		fmt.Fprintf(s.Err, "note: %s\n", remark)
	}
	s.datasets, s.selected = map[sources.Source]*loaders.Dataset{source: dataset}, nil
	return dataset, nil
}

// notFetched warns that the sample was used in place of the source, because
// [Session.Offline] is set and nothing was downloaded.
func notFetched(source sources.Source) string {
	otherwise := "train on the built-in sample"
	if !source.Fallback {
		otherwise = "stop"
	}
	return fmt.Sprintf("%s does not hold CIFAR-10. A run would first fetch it from %s (170 MB) or, if that fails, %s. The figures here are those of the built-in sample.",
		source.Dir, source.URL, otherwise)
}

// oneEachChannel returns an error if data.normalize does not have as many
// values as the images have channels.
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

// Normalization returns the run's normalization, or nil for pixels in [0, 1].
func (r *Run) Normalization() *loaders.Normalization {
	return normalization(r.Config.Data.Normalize)
}

// normalization converts the config's normalization for the transform.
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
