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
	"cifartrain/internal/shell"
	"cifartrain/loaders"
	"cifartrain/loaders/cifar"
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
	key := fmt.Sprint(source, r.Config.Seed, data.Classes, data.Validation, data.Split, data.Limit, data.Shift, data.Center, r.Normalization())
	if s.selected.key != key {
		if err := r.selectImages(dataset); err != nil {
			return err
		}
		r.Sets.key, s.selected = key, r.Sets
	}
	r.Sets = s.selected
	return nil
}

func (r *Run) selectImages(dataset *loaders.Dataset) error {
	config := r.Config
	r.Dataset = dataset
	classes, problems := config.ClassNames(dataset.Classes)
	if n := config.Data.Normalize; n != nil {
		channels := dataset.Shape.Channels
		for i, values := range [][]float64{n.Mean, n.Std} {
			if len(values) != channels {
				problems = append(problems, configs.Problem{Key: "data.normalize." + []string{"mean", "std"}[i],
					Message: fmt.Sprintf("needs %d values, one for each channel of the images, not %d", channels, len(values))})
			}
		}
	}
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
	if err := r.checkCounts(); err != nil {
		return err
	}
	r.Transform = loaders.NewTransform(dataset.Shape, r.Normalization())
	if config.Data.Center {
		r.Transform = r.Transform.Centered(r.Training)
	}
	return nil
}

// checkImages returns an error if the images that were loaded are not those that
// the run was trained on, as far as its summary tells. If others will do, it warns
// of another dataset.
func (r *Run) checkImages(othersWillDo bool) error {
	trained := r.Summary
	if trained == nil {
		return nil
	}
	if len(trained.Classes) > 0 && !slices.Equal(trained.Classes, r.Training.Classes) {
		return Requestf("the run in %s was trained on %s, but these images are of %s",
			r.Folder.Path, reports.ClassList(trained.Classes), reports.ClassList(r.Training.Classes))
	}
	if trained.Checksum == "" {
		return fmt.Errorf("%s does not say on which images the run was trained; have it written again with: %s",
			r.Folder.File(runfolder.SummaryFile), shell.Command("-resume", r.Folder.Path))
	}
	err := sameDataset(trained.Dataset, trained.Checksum, r.Dataset)
	if err != nil && othersWillDo {
		fmt.Fprintf(r.session.Err, "warning: these are not the images that the run was trained on, but other ones of the %s\n", r.Dataset.Name)
		return nil
	}
	return err
}

// sameDataset returns an error if the run was begun with another dataset, which had
// a name and a checksum. The checksum decides: that of a folder is named after it.
func sameDataset(name, checksum string, dataset *loaders.Dataset) error {
	if checksum == dataset.Checksum {
		return nil
	}
	return &loaders.SettingError{Key: "data.dir", Reason: fmt.Sprintf("the run was begun with the %s with checksum %.16s, but these images are the %s with checksum %.16s: name the folder of the former with -data",
		name, checksum, dataset.Name, dataset.Checksum)}
}

// Split returns one of the three sets by its name: test, validation or train.
func (r *Run) Split(name string) *loaders.Set {
	return map[string]*loaders.Set{"test": r.Test, "validation": r.Validation, "train": r.Training}[name]
}

// checkCounts returns an error if the chosen classes leave a set without images, or a
// class of a dataset that is split by class without images to train or to
// validate on.
func (r *Run) checkCounts() error {
	for i, set := range []*loaders.Set{r.Training, r.Validation, r.Test} {
		name, of := []string{"training", "validation", "test"}[i], "the chosen classes"
		if lacking := slices.Index(imagesByClass(set), 0); lacking >= 0 && r.Dataset.ByClass && set != r.Test && set.Len() > 0 {
			of = fmt.Sprintf("class %q", set.Classes[lacking])
		} else if set.Len() > 0 {
			continue
		}
		return &loaders.SettingError{Key: "data.classes", Reason: fmt.Sprintf("there are no %s images of %s in the %s", name, of, r.Dataset.Name)}
	}
	return nil
}

func imagesByClass(set *loaders.Set) []int {
	counts := make([]int, len(set.Classes))
	for i := range set.Len() {
		counts[set.Class(i)]++
	}
	return counts
}

// knownWithoutOpening sets the images' shape and classes if they are known without opening
// the dataset: from the run's summary if there is one, or because it is CIFAR-10 or its sample.
func (r *Run) knownWithoutOpening() (known bool) {
	if trained := r.Summary; trained != nil && len(trained.Shape) == 3 {
		r.Shape, r.Classes = loaders.Shape{Channels: trained.Shape[0], Height: trained.Shape[1], Width: trained.Shape[2]}, trained.Classes
		return true
	}
	r.Shape, r.Classes, known = sourceOf(r.Config).Known()
	if len(r.Config.Data.Classes) > 0 {
		r.Classes = r.Config.Data.Classes
	}
	return known
}

func sourceOf(config configs.Config) sources.Source {
	source := sources.Source{
		Kind: config.Data.Source, Dir: config.Data.Dir, Named: config.Overridden("data.dir"), URL: config.Data.URL,
		Download: config.Data.Download, Fallback: config.Data.IfMissing == "sample",
	}
	if source.Kind == sources.Folder {
		source.Size, source.Test, source.Seed = cmp.Or(config.Data.Size, cifar.Shape.Width), config.Data.Test, config.Seed
		source.Unlabeled = slices.ContainsFunc(graphs.Kinds, func(kind graphs.Kind) bool { return kind.Name == config.Model.Kind && kind.Task.Reconstructs() })
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
	from.Offline = s.Offline
	dataset, err := sources.Open(ctx, from, s.Display)
	s.Display.Clear()
	if err = errors.Join(err, ctx.Err()); err != nil {
		return nil, err
	}
	if warning := sources.Warning(dataset, source); warning != "" {
		reports.Warning(s.Err, warning)
	}
	for _, remark := range dataset.Remarks {
		fmt.Fprintf(s.Err, "note: %s\n", remark)
	}
	s.datasets, s.selected = map[sources.Source]*loaders.Dataset{source: dataset}, Sets{}
	return dataset, nil
}

// Normalization returns the run's normalization, or nil for pixels in [0, 1].
func (r *Run) Normalization() *loaders.Normalization {
	n := r.Config.Data.Normalize
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

// lossScale is the factor by which the normalization scales a squared error of
// pixels in [0, 1]. uniform is false if the channels have different standard
// deviations; then there is no such factor.
func lossScale(n *configs.Normalize) (scale float64, uniform bool) {
	if n == nil {
		return 1, true
	}
	std := n.Std[0]
	return 1 / (std * std), !slices.ContainsFunc(n.Std, func(other float64) bool { return other != std })
}
