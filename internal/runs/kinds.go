package runs

import (
	"cifartrain/configs"
	"cifartrain/graphs"
	"cifartrain/loaders"
)

// Kinds returns the kinds of models that a config may ask for, in the form that
// configs needs to check them.
func Kinds() (all []configs.Kind) {
	for _, kind := range graphs.Kinds {
		all = append(all, configs.Kind{
			Name: kind.Name, Losses: kind.Losses, Keys: kind.Keys, Defaults: kind.Defaults,
			Check: func(config *configs.Config) (problems []configs.Problem) {
				shape, classes, known := sourceOf(*config).Known()
				if known { // the classes of other datasets are known only once they are open
					config.Data.Classes, problems = config.ClassNames(classes)
				}
				for _, p := range kind.Problems(spec(*config, shape, config.Data.Classes)) {
					problems = append(problems, configs.Problem{Key: p.Key, Message: p.Reason})
				}
				return problems
			},
		})
	}
	return all
}

// spec returns what a config says about its model, for images of a shape and
// for the named classes. Either may still be unknown.
func spec(config configs.Config, shape loaders.Shape, classes []string) graphs.Spec {
	_, uniform := lossScale(config.Data.Normalize)
	return graphs.Spec{
		Hidden: config.Model.Hidden, Latent: config.Model.Latent, Init: config.Model.Init,
		Activation: config.Model.Activation, Dropout: config.Model.Dropout, BatchNorm: config.Model.BatchNorm, Noise: config.Data.Noise,
		Loss: config.Loss.Kind, C: config.Loss.C, Multiclass: config.Loss.Multiclass, Inputs: shape.Values(), Classes: len(classes),
		Centered: config.Data.Center, OneScale: uniform,
	}
}

// Load calls [configs.Load] with the kinds of models.
func Load(path string, overrides []string) (configs.Config, error) {
	return configs.Load(path, overrides, Kinds())
}

// Parse calls [configs.Parse] with the kinds of models.
func Parse(source, text string, overrides []string) (configs.Config, error) {
	return configs.Parse(source, []byte(text), overrides, Kinds())
}
