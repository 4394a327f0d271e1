package configs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// everyKey sets every key of the format to its default, where that is a value
// a file can hold.
const everyKey = `
name: svm
seed: 1
model:
  kind: linear_svm
  hidden: [128]
  latent: 32
  init: torch
data:
  source: cifar10
  if_missing: sample
  dir: data
  url: https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz
  download: true
  classes: [frog, horse]
  validation: 0.3
  split: random
  shuffle: true
  flip: false
  shift: 0
  normalize:
    mean: [0.25, 0.25, 0.25]
    std: [0.25, 0.25, 0.25]
  center: false
  batch_size: 64
  eval_batch_size: 128
loss:
  kind: hinge
  c: 1.0
optimizer:
  kind: sgd
  learning_rate: 0.1
  momentum: 0.0
  nesterov: false
  weight_decay: 0.5
  betas: [0.9, 0.999]
  eps: 1.0e-8
  schedule: constant
  step_epochs: 30
  gamma: 0.1
  warmup_steps: 0
  clip_norm: 0.0
train:
  epochs: 50
  early_stopping: 0
  average_decay: 0.0
plots:
  reconstructions: 3
`

// svm is what everyKey holds.
func svm() Config {
	c := Default()
	c.Name = "svm"
	c.Data.Classes = []string{"frog", "horse"}
	c.Data.Normalize = &Normalize{Mean: []float64{0.25, 0.25, 0.25}, Std: []float64{0.25, 0.25, 0.25}}
	return c
}

func TestParse(t *testing.T) {
	const classes = "data: {classes: [frog, horse]}\n"
	tests := []struct {
		name, text string
		overrides  []string
		want       func(c *Config) // changes to svm()
	}{
		{name: "every key", text: everyKey},
		{"only what has no default", classes, nil, func(c *Config) {
			c.Name, c.Data.Normalize = "first.run", nil
		}},
		{"the loss follows the model", "model: {kind: tied_autoencoder}", nil, func(c *Config) {
			c.Name, c.Model.Kind, c.Loss.Kind = "first.run", "tied_autoencoder", "mse"
			c.Data.Classes, c.Data.Normalize = nil, nil
		}},
		{"classes by number and name, byte order mark", "\ufeffdata: {classes: [6, horse]}", nil, func(c *Config) {
			c.Name, c.Data.Normalize = "first.run", nil
		}},
		{"numbers in YAML's spellings", everyKey, []string{"train.epochs=1_000", "loss.c=2", "optimizer.eps=1e-5", "seed=18446744073709551615", "data.batch_size=010"}, func(c *Config) {
			c.Train.Epochs, c.Loss.C, c.Optimizer.Eps, c.Seed, c.Data.BatchSize = 1000, 2, 1e-5, 1<<64-1, 10
		}},
		{"an alias stands for its value", "data: {classes: [frog, horse], normalize: {mean: &grey [0.5, 0.5, 0.5], std: *grey}}", nil, func(c *Config) {
			half := []float64{0.5, 0.5, 0.5}
			c.Name, c.Data.Normalize = "first.run", &Normalize{Mean: half, Std: half}
		}},
		{"overrides in their order", everyKey, []string{"train.epochs=2", "train.epochs=3", "data.classes=[0, 9]", "data.normalize=null"}, func(c *Config) {
			c.Train.Epochs, c.Data.Classes, c.Data.Normalize = 3, []string{"airplane", "truck"}, nil
		}},
		{"an empty override is null", everyKey, []string{"data.normalize="}, func(c *Config) {
			c.Data.Normalize = nil
		}},
		{"an override keeps a section's other keys", everyKey, []string{"data.normalize.mean=[0.5,0.5,0.5]", "optimizer={kind: adam, learning_rate: 0.001}"}, func(c *Config) {
			c.Data.Normalize.Mean = []float64{0.5, 0.5, 0.5}
			c.Optimizer.Kind, c.Optimizer.LearningRate = "adam", 0.001
		}},
		{"only the first = separates", everyKey, []string{"data.url=https://mirror.org/get?set=cifar", `data.dir=C:\data`}, func(c *Config) {
			c.Data.URL, c.Data.Dir = "https://mirror.org/get?set=cifar", `C:\data`
		}},
		{"no address is needed without download", everyKey, []string{"data.download=false", "data.url=none"}, func(c *Config) {
			c.Data.Download, c.Data.URL = false, "none"
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Parse("experiments/first.run.yaml", []byte(test.text), test.overrides, testKinds)
			if err != nil {
				t.Fatal(err)
			}
			want := svm()
			if test.want != nil {
				test.want(&want)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("config (-want +got):\n%s", diff)
			}
		})
	}
}

func TestYAMLHoldsEveryKey(t *testing.T) {
	c := svm()
	text, err := c.YAML()
	if err != nil {
		t.Fatal(err)
	}
	// The layout is everyKey's but for the shortest spelling of the numbers.
	want := strings.NewReplacer("\nname", "name", "c: 1.0\n", "c: 1\n", "momentum: 0.0", "momentum: 0", "clip_norm: 0.0", "clip_norm: 0", "average_decay: 0.0", "average_decay: 0", "1.0e-8", "1e-08").Replace(everyKey)
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("YAML (-want +got):\n%s", diff)
	}
}

func TestYAMLRoundTrip(t *testing.T) {
	extreme := svm()
	extreme.Seed = 1<<64 - 1
	extreme.Name = "1e3" // a number unless it is quoted
	extreme.Data.Dir = "no # comment: \"really\" 'ünïcode'"
	extreme.Data.Validation = 1.0 / 3
	extreme.Optimizer.LearningRate = 1e-37
	extreme.Loss.C = 3e38
	plain := svm()
	plain.Name = "null"
	plain.Data.Dir = "~"
	plain.Data.Normalize = nil
	deep := svm()
	deep.Model = Model{Kind: "autoencoder", Hidden: []int{512, 256, 128}, Latent: 1, Init: "he"}
	deep.Loss.Kind = "mse"
	deep.Data.Classes = nil
	for _, want := range []Config{svm(), extreme, plain, deep} {
		checkRoundTrip(t, want)
	}
}

func checkRoundTrip(t *testing.T, want Config) {
	t.Helper()
	text, err := want.YAML()
	if err != nil {
		t.Fatal(err)
	}
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
	if err := os.Mkdir("folder", 0o777); err != nil {
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
		{path: "svm.yaml", name: "svm"},
		{path: "configs/svm.yaml", name: "svm"},
		{path: "./configs/svm.yaml", name: "svm"},
		{path: "folder", err: "folder: this is a folder; name a configuration file in it"},
		{path: "large.yaml", err: "large.yaml: is larger than 256 KiB; a configuration is a few kilobytes of text"},
		{path: "elsewhere/missing.yaml", err: "elsewhere/missing.yaml: there is no such file; the shipped configurations are " + names},
		{path: "smv", err: "smv: there is no such file (did you mean svm?); the shipped configurations are " + names},
		{path: "", err: "-config: names no file; the shipped configurations are " + names},
	}
	for _, test := range tests {
		c, err := Load(test.path, nil, testKinds)
		if got := message(err); got != test.err || c.Name != test.name {
			t.Errorf("Load(%q) = %q, error %q; want %q, error %q", test.path, c.Name, got, test.name, test.err)
		}
	}

	// A file on disk goes before the shipped one of its name.
	write("svm", "name: mine\ndata: {classes: [cat, dog]}")
	if c, err := Load("svm", nil, testKinds); err != nil || c.Name != "mine" {
		t.Errorf("Load of a file named as a shipped config = %q, error %v; want mine", c.Name, err)
	}
	// A folder does not.
	if err := os.Mkdir("svm.yaml", 0o777); err != nil {
		t.Fatal(err)
	}
	if c, err := Load("svm.yaml", nil, testKinds); err != nil || c.Name != "svm" {
		t.Errorf("Load with a folder named as a shipped config = %q, error %v; want svm", c.Name, err)
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
