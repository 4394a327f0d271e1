package configs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// everyKey sets every key of the format: to its default, where that is a value that
// a file can hold.
var everyKey = strings.NewReplacer("classes: []", "classes: [frog, horse]",
	"normalize: null", "normalize: {mean: [0.25, 0.25, 0.25], std: [0.25, 0.25, 0.25]}").Replace(documented())

// svm is what everyKey holds.
func svm() (c Config) {
	c.Name, c.Seed = "svm", 1
	c.Model.Kind, c.Model.Hidden, c.Model.Latent, c.Model.Init = "linear_svm", []int{128}, 32, "torch"
	c.Model.Activation = "relu"
	c.Data.Source, c.Data.Test, c.Data.IfMissing, c.Data.Dir, c.Data.Download = "cifar10", 0.2, "sample", "data", true
	c.Data.URL = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
	c.Data.Classes, c.Data.Validation, c.Data.Split, c.Data.Shuffle = []string{"frog", "horse"}, 0.3, "random", true
	c.Data.Normalize = &Normalize{Mean: []float64{0.25, 0.25, 0.25}, Std: []float64{0.25, 0.25, 0.25}}
	c.Data.BatchSize, c.Data.EvalBatchSize = 64, 128
	c.Loss.Kind, c.Loss.C, c.Loss.Multiclass = "hinge", 1, "weston_watkins"
	c.Optimizer.Kind, c.Optimizer.LearningRate, c.Optimizer.WeightDecay = "sgd", 0.1, 0.5
	c.Optimizer.Betas, c.Optimizer.Eps = []float64{0.9, 0.999}, 1e-8
	c.Optimizer.Schedule, c.Optimizer.StepEpochs, c.Optimizer.Gamma = "constant", 30, 0.1
	c.Train.Epochs = 50
	c.Plots.Reconstructions = 3
	return c
}

// autoencoder gives a configuration the autoencoders' defaults.
func autoencoder(c *Config, kind string) {
	c.Model.Kind, c.Loss.Kind, c.Data.Classes, c.Data.Normalize = kind, "mse", nil, nil
	c.Optimizer.Kind, c.Optimizer.LearningRate, c.Optimizer.WeightDecay = "adam", 0.001, 0
}

func TestParse(t *testing.T) {
	const classes = "data: {classes: [frog, horse]}\n"
	tests := []struct {
		name, text string
		overrides  []string
		want       func(c *Config) // changes to svm()
	}{
		{name: "every key", text: everyKey},
		{"defaults follow the model", "model: {kind: tied_autoencoder}", nil, func(c *Config) {
			c.Name = "first.run"
			autoencoder(c, "tied_autoencoder")
		}},
		{"classes by number and name, byte order mark", "\ufeffdata: {classes: [6, horse]}", nil, func(c *Config) {
			c.Name, c.Data.Normalize = "first.run", nil
		}},
		{"numbers in YAML's spellings", everyKey, []string{"train.epochs=1_000", "loss.c=2", "train.average_decay=9e-1", "seed=18446744073709551615", "data.batch_size=10"}, func(c *Config) {
			c.Train.Epochs, c.Loss.C, c.Train.AverageDecay, c.Seed, c.Data.BatchSize = 1000, 2, 0.9, 1<<64-1, 10
		}},
		{"an alias stands for its value", "data: {classes: [frog, horse], normalize: {mean: &gray [0.5, 0.5, 0.5], std: *gray}}", nil, func(c *Config) {
			half := []float64{0.5, 0.5, 0.5}
			c.Name, c.Data.Normalize = "first.run", &Normalize{Mean: half, Std: half}
		}},
		{"overrides in their order", everyKey, []string{"train.epochs=2", "train.epochs=3", "data.classes=[0, 9]", "data.normalize=null"}, func(c *Config) {
			c.Train.Epochs, c.Data.Classes, c.Data.Normalize = 3, []string{"airplane", "truck"}, nil
		}},
		{"null takes a key out of the file", everyKey, []string{"train.epochs=3", "train.epochs=null", "optimizer={weight_decay: null}"}, nil},
		{"an override keeps a section's other keys", everyKey, []string{"data.normalize.mean=[0.5,0.5,0.5]", "optimizer={kind: adam, learning_rate: 0.001}"}, func(c *Config) {
			c.Data.Normalize.Mean = []float64{0.5, 0.5, 0.5}
			c.Optimizer.Kind, c.Optimizer.LearningRate = "adam", 0.001
		}},
		{"only the first = separates", everyKey, []string{"data.url=https://mirror.org/get?set=cifar", `data.dir=C:\data`}, func(c *Config) {
			c.Data.URL, c.Data.Dir = "https://mirror.org/get?set=cifar", `C:\data`
		}},
		{"keys without effect, at their defaults, as old runs' files list them", everyKey + "# betas, hidden, gamma and more\n", []string{"data.normalize=null", "data.source=sample", "data.url=http://elsewhere", "data.download=false"}, func(c *Config) {
			c.Data.Normalize, c.Data.Source = nil, "sample"
		}},
	}
	for _, test := range tests {
		got, want := must(Parse("experiments/first.run.yaml", []byte(test.text), test.overrides, testKinds)), svm()
		if test.want != nil {
			test.want(&want)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: config (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestYAMLHoldsTheKeysThatAct(t *testing.T) {
	c := must(Parse("any.yaml", []byte("model: {kind: autoencoder}\nname: b"), []string{"data.source=sample", "plots.reconstructions=0"}, testKinds))
	text := must(c.YAML())
	for _, acts := range []string{"name: b\n", "  hidden: [128]\n", "  source: sample\n", "  eps: 1e-08\n", "  reconstructions: 0\n"} {
		if !strings.Contains(string(text), acts) {
			t.Errorf("it lacks %q:\n%s", acts, text)
		}
	}
	for _, idle := range []string{"size", "if_missing", "url", "download", "normalize", "c", "multiclass", "momentum", "nesterov", "step_epochs", "gamma"} {
		if strings.Contains(string(text), "  "+idle+":") {
			t.Errorf("it holds %s, which has no effect:\n%s", idle, text)
		}
	}
}

func TestYAMLRoundTrip(t *testing.T) {
	extreme := svm()
	extreme.Name, extreme.Data.Dir = "1e3", "no # comment: \"really\" 'ünïcode'" // a number unless it is quoted
	extreme.Seed, extreme.Data.Validation, extreme.Optimizer.LearningRate, extreme.Loss.C = 1<<64-1, 1.0/3, 1e-37, 3e38
	plain := svm()
	plain.Name, plain.Data.Dir, plain.Data.Normalize = "null", "./~", nil
	deep := svm()
	autoencoder(&deep, "autoencoder")
	deep.Model.Hidden, deep.Model.Latent, deep.Model.Init = []int{512, 256, 128}, 1, "he"
	for _, want := range []Config{svm(), extreme, plain, deep} {
		checkRoundTrip(t, want)
	}
}

func checkRoundTrip(t *testing.T, want Config) {
	t.Helper()
	want.Origin.kinds = testKinds
	text := must(want.YAML())
	got, err := Parse("other.yaml", text, nil, testKinds)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after a round trip (-want +got):\n%s\n%s", diff, text)
	}
}

func TestLoadFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("mine.yaml", "data: {classes: [cat, dog]}")
	write("large.yaml", strings.Repeat("#", maxFileSize+1))
	write("full.yaml", "data: {classes: [cat, dog]}\n#"+strings.Repeat("#", maxFileSize-29))
	write("autoencoder", "name: mine\ndata: {classes: [cat, dog]}")
	if err := errors.Join(os.Mkdir("folder", 0o777), os.Mkdir("svm.yaml", 0o777)); err != nil {
		t.Fatal(err)
	}
	names := strings.Join(shippedNames(), ", ")
	tests := []struct {
		path      string
		name, err string // either
	}{
		{path: "mine.yaml", name: "mine"},
		{path: "full.yaml", name: "full"},
		{path: "svm", name: "svm"},
		{path: "svm.yaml", name: "svm"}, // in spite of a folder of this name
		{path: "autoencoder", name: "mine"},
		{path: "configs/svm.yaml", name: "svm"},
		{path: "./configs/svm.yaml", name: "svm"},
		{path: "folder", err: "folder: this is a folder; name a configuration file in it"},
		{path: "large.yaml", err: "large.yaml: is larger than 256 KiB; a configuration is a few kilobytes of text"},
		{path: "elsewhere/missing.yaml", err: "elsewhere/missing.yaml: there is no such file; the shipped configurations are " + names},
		{path: "smv", err: "smv: there is no such file; did you mean svm?; the shipped configurations are " + names},
		{path: "", err: "-config: names no file; the shipped configurations are " + names},
	}
	for _, test := range tests {
		c, err := Load(test.path, nil, testKinds)
		if got := message(err); got != test.err || c.Name != test.name {
			t.Errorf("Load(%q) = %q, error %q; want %q, error %q", test.path, c.Name, got, test.name, test.err)
		}
	}

	// A name that no file system takes is an error like any other.
	if _, err := Load(filepath.Join("a\x00b"), nil, testKinds); err == nil {
		t.Error("Load of a path with a zero byte succeeded")
	}
}

// message returns an error's text, "" for none.
func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// must returns a value that a test cannot do without; an error ends the test at once.
func must[V any](value V, err error) V {
	if err != nil {
		panic(err)
	}
	return value
}
