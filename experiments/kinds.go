package experiments

import "cifartrain/configs"

// Kinds are the kinds of models that a config may ask for.
func Kinds() []configs.Kind {
	autoencoder := []string{"model.hidden", "model.latent", "plots.reconstructions"}
	return []configs.Kind{
		{Name: "linear_svm", Losses: []string{"hinge", "squared_hinge"}, Keys: []string{"loss.c"}},
		{Name: "autoencoder", Losses: []string{"mse"}, Keys: autoencoder},
		{Name: "tied_autoencoder", Losses: []string{"mse"}, Keys: autoencoder},
	}
}

// Load is [configs.Load] with the session's kinds of models.
func (s *Session) Load(path string, overrides []string) (configs.Config, error) {
	return configs.Load(path, overrides, s.kinds())
}

// kinds are the session's kinds of models, those of [Kinds] where it names none.
func (s *Session) kinds() []configs.Kind {
	if s.Kinds == nil {
		return Kinds()
	}
	return s.Kinds
}
