package runs

import (
	"testing"

	"cifartrain/configs"
)

// TestKindsCheckConfigs wants the exact text of what a kind of model refuses.
func TestKindsCheckConfigs(t *testing.T) {
	const pair = "data: {classes: [frog, horse]}\n"
	for _, test := range []struct{ text, want string }{
		{"data: {classes: [frog]}", "run.yaml:1: data.classes: one class leaves nothing to tell apart: name two or more, or none for all"},
		{"data:\n  classes:\n  - frog\n  - fog", `run.yaml:4: data.classes[1]: "fog" is not a class; did you mean dog?`},
		{"data: {classes: [6, frog]}", "run.yaml:1: data.classes[1]: frog is named twice"},
		{pair + "model: {init: pca}", "run.yaml:2: model.init: pca starts from what principal components reconstruct; a linear_svm reconstructs nothing"},
		{pair + "model: {latent: 8}", "run.yaml:2: model.latent: has no effect with model.kind linear_svm; leave it out or set model.kind to autoencoder or tied_autoencoder"},
		{"model: {kind: autoencoder}\nloss: {c: 2}", "run.yaml:2: loss.c: has no effect with model.kind autoencoder; leave it out or set model.kind to linear_svm"},
		{"model: {kind: autoencoder, init: pca}", "run.yaml:1: model.init: pca needs images without their mean: set data.center to true"},
		{"model: {kind: autoencoder, init: pca, latent: 65}\ndata: {center: true}", "run.yaml:1: model.init: pca needs hidden layers of an even width of at least twice model.latent, so 130 or more, not 128"},
		{"model: {kind: autoencoder, init: pca, hidden: [64, 63], latent: 31}\ndata: {center: true}", "run.yaml:1: model.init: pca needs hidden layers of an even width of at least twice model.latent, so 62 or more, not 63"},
		{"model: {kind: autoencoder, init: pca}\ndata: {center: true, normalize: {mean: [0, 0, 0], std: [1, 1, 2]}}", "run.yaml:1: model.init: pca needs pixels of one scale: give data.normalize.std the same value for each channel"},
		{"model: {kind: autoencoder, hidden: [65536, 65536]}", "run.yaml:1: model.hidden: these widths make 8996782080 weights, more than the 500000000 that fit; use narrower layers"},
	} {
		_, err := configs.Parse("run.yaml", []byte(test.text), nil, Kinds())
		if err == nil || err.Error() != test.want {
			t.Errorf("%s\n got %v\nwant %s", test.text, err, test.want)
		}
	}
}
