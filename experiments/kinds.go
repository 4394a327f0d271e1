package experiments

import (
	"cifartrain/configs"
	"cifartrain/graphs"
	"cifartrain/loaders"
)

// Kinds are the kinds of models that a config may ask for, as configs checks
// them.
func Kinds() []configs.Kind { return configKinds(graphs.Kinds()) }

// configKinds tells configs of kinds of models.
func configKinds(kinds []graphs.Kind) (all []configs.Kind) {
	for _, kind := range kinds {
		all = append(all, configs.Kind{
			Name: kind.Name, Losses: kind.Losses, Keys: kind.Keys, Defaults: kind.Defaults,
			Check: func(config *configs.Config) (problems []configs.Problem) {
				shape, classes, known := sourceOf(*config).Known()
				if known { // the classes of any other dataset show once it is open
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

// spec is what a config says of its model, for images of a shape and of the
// named classes. Neither may be known yet.
func spec(config configs.Config, shape loaders.Shape, classes []string) graphs.Spec {
	_, uniform := lossScale(config.Data.Normalize)
	return graphs.Spec{
		Hidden: config.Model.Hidden, Latent: config.Model.Latent, Init: config.Model.Init,
		Loss: config.Loss.Kind, C: config.Loss.C, Multiclass: config.Loss.Multiclass, Inputs: shape.Values(), Classes: len(classes),
		Centered: config.Data.Center, OneScale: uniform,
	}
}

// Load is [configs.Load] with the session's kinds of models and the names of the
// dataset's classes.
func (s *Session) Load(path string, overrides []string) (configs.Config, error) {
	return configs.Load(path, overrides, configKinds(s.kinds()))
}

// kinds are the session's kinds of models, those of [graphs.Kinds] where it
// names none.
func (s *Session) kinds() []graphs.Kind {
	if s.Kinds == nil {
		return graphs.Kinds()
	}
	return s.Kinds
}
