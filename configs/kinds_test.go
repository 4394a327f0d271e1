package configs

// testKinds are kinds of models as a program may have them.
var testKinds = []Kind{
	{Name: "linear_svm", Losses: []string{"hinge", "squared_hinge"}, Keys: []string{"loss.c", "loss.multiclass"}, Check: needsClasses},
	{Name: "mlp", Losses: []string{"cross_entropy"}, Keys: hidden, Defaults: adam, Check: needsClasses},
	{Name: "autoencoder", Losses: []string{"mse"}, Keys: restoring, Defaults: adam, Check: knowsClasses},
	{Name: "tied_autoencoder", Losses: []string{"mse"}, Keys: restoring, Defaults: adam, Check: knowsClasses},
}

var (
	hidden    = []string{"model.hidden", "model.activation", "model.dropout", "model.batch_norm"}
	restoring = append([]string{"model.latent", "data.noise", "plots.reconstructions"}, hidden...)
	adam      = map[string]any{"optimizer.kind": "adam", "optimizer.learning_rate": 0.001, "optimizer.weight_decay": 0}
)

func knowsClasses(c *Config) (problems []Problem) {
	classes := []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}
	c.Data.Classes, problems = c.ClassNames(classes)
	return problems
}

func needsClasses(c *Config) []Problem {
	if c.Data.Source != "cifar10" && c.Data.Source != "sample" {
		return nil // whose classes nobody knows yet
	}
	problems := knowsClasses(c)
	if len(c.Data.Classes) == 1 {
		problems = append(problems, Problem{Key: "data.classes", Message: "takes more than one class"})
	}
	return problems
}
