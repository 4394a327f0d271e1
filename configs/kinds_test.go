package configs

// testKinds are kinds of models as a program may have them.
var testKinds = []Kind{
	{Name: "linear_svm", Losses: []string{"hinge", "squared_hinge"}, Keys: []string{"loss.c"}},
	{Name: "autoencoder", Losses: []string{"mse"}, Keys: []string{"model.hidden", "model.latent", "plots.reconstructions"}},
	{Name: "tied_autoencoder", Losses: []string{"mse"}, Keys: []string{"model.hidden", "model.latent", "plots.reconstructions"}},
}
