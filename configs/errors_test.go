package configs

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOneProblem wants the exact text of every error, since it is all that a person
// has to go by.
func TestOneProblem(t *testing.T) {
	const (
		auto = "model: {kind: autoencoder}\n"      // a complete autoencoder
		adam = pair + "optimizer: {kind: adamw}\n" // ready for an override
	)
	set := func(text, override string) []string { return []string{text, override} }
	tests := []struct {
		input []string // text, overrides
		want  string
	}{
		// What is no YAML document of keys.
		{set("", ""), ": holds no configuration; `list` names the shipped ones and `show svm` prints a complete one"},
		{set("seed: 1\n---\nseed: 2\n", ""), ":2: a second document begins here; give each configuration a file of its own"},
		{set("seed: 1\n\x00", ""), ":2: is not UTF-8 text; save the file as UTF-8"},
		{set("seed: 1\nname: \xff\n", ""), ":2: is not UTF-8 text; save the file as UTF-8"},
		{set("model:\n\tkind: svm\n", ""), ":2: is indented with a tab; YAML takes spaces only"},
		{set("seed: 1: 2\n", ""), ":1: cannot be read as YAML: mapping values are not allowed in this context; check the indentation, brackets and quotes here and above"},
		{set("name: \"svm\nseed: 1\n", ""), ":2: cannot be read as YAML: found unexpected end of stream in what begins in line 1; check the indentation, brackets and quotes here and above"},
		{set("name: *svm\n", ""), ":1: cannot be read as YAML: unknown anchor 'svm' referenced; check the indentation, brackets and quotes here and above"},
		{set(strings.Repeat("[", 100000), ""), ":1: cannot be read as YAML: exceeded max depth of 10000; check the indentation, brackets and quotes here and above"},

		// Keys.
		{set(pair+"optimizer:\n  learning_rat: 1\n", ""), ":3: optimizer.learning_rat: unknown key; did you mean learning_rate?"},
		{set(pair+"batch_size: 3\n", ""), ":2: batch_size: unknown key; did you mean data.batch_size?"},
		{set(pair+"train: {warm_up: 3}\n", ""), ":2: train.warm_up: unknown key; the keys here are epochs, early_stopping, average_decay"},
		{set(pair+"seed: 1\n\nseed: 2\n", ""), ":4: seed: is given twice; the first is in line 2"},
		{set(pair+"? [a]\n: 1\n", ""), ":2: has a list for a key; a key is plain text"},

		// Types.
		{set("data:\n  classes: [frog, horse]\n  batch_size: 64.5\n", ""), ":3: data.batch_size: 64.5 is not a whole number from 1 to 60000"},
		{set(pair+"train: {epochs: 1e3}", ""), ":2: train.epochs: 1e3 is not a whole number from 1 to 1000000"},
		{set(pair+"train: {epochs: 010}", ""), ":2: train.epochs: 010 is not a whole number from 1 to 1000000; write it in plain decimal digits"},
		{set(pair+"train: {epochs: '50'}", ""), `:2: train.epochs: "50" is not a whole number from 1 to 1000000; remove the quotes`},
		{set(pair+"train: {epochs: many}", ""), `:2: train.epochs: "many" is not a whole number from 1 to 1000000`},
		{set(pair+"train: {epochs: }", ""), ":2: train.epochs: has no value; remove the key or give it a whole number from 1 to 1000000"},
		{set(pair+"train: 50", ""), ":2: train: needs keys of its own, not 50"},
		{set(pair+"seed: 18446744073709551616", ""), ":2: seed: 18446744073709551616 is not a whole number from 0 to 18446744073709551615"},
		{set(pair+"loss: {c: .inf}", ""), ":2: loss.c: .inf is not a number above 0"},
		{set(pair+"loss: {c: 1e39}", ""), ":2: loss.c: 1e+39 is too large for 32-bit numbers"},
		{set("data:\n  classes: [frog, horse]\n  flip: yes\n", ""), `:3: data.flip: "yes" is not true or false`},
		{set(pair+"optimizer: {betas: 0.9}", ""), ":2: optimizer.betas: 0.9 is not a list, as in [0.9, 0.999]"},
		{set(pair+"optimizer:\n  betas:\n  - 0.9\n  - high\n", ""), `:5: optimizer.betas[1]: "high" is not a number of at least 0 and below 1`},
		{set("model: {kind: autoencoder, hidden: &x [*x]}\n", ""), ":1: model.hidden[0]: a list is not a whole number from 1 to 65536"},

		// Values.
		{set(pair+"name: comparison", ""), `:2: name: "comparison" names something else in the folder of runs, or a device; choose another`},
		{set(pair+"model: {kind: linear-svm}", ""), `:2: model.kind: "linear-svm" is not linear_svm, mlp, autoencoder or tied_autoencoder; did you mean linear_svm?`},
		{set("model: {kind: autoencoder, hidden: ["+strings.Repeat("1,", 101)+"]}", ""), ":1: model.hidden: has 101 values; at most 100 are allowed"},
		{set("data: {classes: [frog, horse], dir: ''}", ""), `:1: data.dir: "" is not the path of a folder`},
		{set("data: {classes: [frog, horse], url: ftp://x/y}", ""), `:1: data.url: "ftp://x/y" is not an address such as https://host/file.tar.gz; to fetch nothing set data.download to false`},
		{set("data: {classes: [frog, horse], url: 'https://user:password@host/x.tar.gz'}", ""), ":1: data.url: holds a user name or a password, which every run would store; fetch the archive yourself and name its folder with -data"},
		{set("data: {classes: [frog, fog]}", ""), `:1: data.classes[1]: "fog" is not a class; did you mean dog?`},
		{set("data: {classes: [frog, 10]}", ""), `:1: data.classes[1]: "10" is not a class; the classes are airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck, or their numbers 0 to 9`},
		{set("data: {classes: [6, frog]}", ""), ":1: data.classes[1]: frog is named twice"},
		{set("data:\n  classes: [frog, horse]\n  normalize:\n    mean: [0, 0, 0]\n", ""), ":3: data.normalize: needs both mean and std, with a value each for red, green and blue"},
		{set("data: {classes: [frog, horse], normalize: {mean: [0, 0, 0], std: [1, 0, 1]}}", ""), ":1: data.normalize.std[1]: 0 is not a number from 0.000001 to 1000"},
		{set(pair+"loss: {kind: mse}", ""), ":2: loss.kind: mse does not suit model.kind linear_svm; use hinge or squared_hinge"},
		{set(pair+"optimizer: {learning_rate: 1e-40}", ""), ":2: optimizer.learning_rate: 1e-40 is too small for 32-bit numbers; at least 1.1754943508222875e-38"},
		{set(pair+"optimizer: {nesterov: true}", ""), ":2: optimizer.nesterov: needs a momentum above 0, and optimizer.momentum is 0"},
		{set(adam, "optimizer.momentum=0.9"), "-set optimizer.momentum=0.9: has no effect with optimizer.kind adamw; leave it out or set optimizer.kind to sgd"},
		{set(adam, "optimizer.betas=[0.9]"), "-set optimizer.betas=[0.9]: needs exactly 2 values, as in [0.9, 0.999], not 1"},
		{set(adam, "optimizer.gamma=1.5"), "-set optimizer.gamma=1.5: 1.5 is not a number above 0 and at most 1"},

		// Keys without effect.
		{set(pair+"model: {latent: 8}", ""), ":2: model.latent: has no effect with model.kind linear_svm; leave it out or set model.kind to autoencoder or tied_autoencoder"},
		{set(pair, "optimizer.gamma=0.5"), "-set optimizer.gamma=0.5: has no effect with optimizer.schedule constant; leave it out or set optimizer.schedule to step"},

		// Paths.
		{set("data:\n  classes: [frog, horse]\n  dir: \"C:\\data\"\n", ""), ":3: cannot be read as YAML: found unknown escape character; " + backslashRemedy},
		{set("data: {classes: [frog, horse], dir: \"C:\\new\"}\n", ""), `:1: data.dir: "C:\new" is not the path of a folder; ` + backslashRemedy},
		{set("data: {classes: [frog, horse], dir: \"a\u202eb\"}\n", ""), `:1: data.dir: "a\u202eb" holds a character that cannot be shown: rename the folder`},
		{set("data: {classes: [frog, horse], dir: \"C:\\temp\\\"}\n", ""), ":1: cannot be read as YAML: found unexpected end of stream; " + backslashRemedy},

		// Overrides.
		{set(pair, "train.epochs"), "-set train.epochs: must be key=value, as in -set train.epochs=2"},
		{set(pair, "\xa7\x1b[2Jx"), "-set ? [2Jx: must be key=value, as in -set train.epochs=2"},
		{set(pair, "train..epochs=2"), "-set train..epochs=2: must be key=value, as in -set train.epochs=2"},
		{set(pair, "train.epoch=2"), "-set train.epoch=2: unknown key; did you mean epochs?"},
		{set(pair, "train.epochs="), "-set train.epochs=: has no value; remove the key or give it a whole number from 1 to 1000000"},
		{set(pair, "train.epochs.last=2"), "-set train.epochs.last=2: train.epochs: a group of keys is not a whole number from 1 to 1000000"},
		{set(pair, "train={epochs: x}"), `-set train={epochs: x}: train.epochs: "x" is not a whole number from 1 to 1000000`},
		{set(pair, "name=@home"), "-set name=@home: cannot be read as YAML: found character that cannot start any token; check the indentation, brackets and quotes here and above"},
		{set(pair, "data.normalize.mean=[0,0,0]"), "-set data.normalize.mean=[0,0,0]: data.normalize: needs both mean and std, with a value each for red, green and blue"},
	}
	for _, test := range tests {
		wantMessage(t, test.input[0], test.input[1], test.want)
	}
}

// wantMessage wants the error of a text and an override, if that is not empty. In
// front of it stands the file's name, unless it begins with "-set" or is empty.
func wantMessage(t *testing.T, text, override, want string) {
	t.Helper()
	var overrides []string
	if override != "" {
		overrides = []string{override}
	}
	if want != "" && !strings.HasPrefix(want, "-set") {
		want = "run.yaml" + want
	}
	_, err := Parse("run.yaml", []byte(text), overrides, testKinds)
	if diff := cmp.Diff(want, message(err)); diff != "" {
		t.Errorf("%s %s\nerror (-want +got):\n%s", quoted(text), override, diff)
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	const text = `name: first run
modle:
  kind: autoencoder
data:
  batch_size: 64.5
  classes: [frog]
  normalize:
    mean: []
    std: [0.5, 0.5, many]
optimizer:
  kind: adam
  momentum: 0.9
  learning_rat: 0.1
`
	_, err := Parse("run.yaml", []byte(text), []string{"train.epochs=x", "name=ok", "name=a=:b", "loss.c=0"}, testKinds)
	const want = `9 problems in the configuration:
run.yaml:2: modle: unknown key; did you mean model?
run.yaml:5: data.batch_size: 64.5 is not a whole number from 1 to 60000
run.yaml:8: data.normalize.mean: needs from 1 to 16 values, not 0
run.yaml:9: data.normalize.std[2]: "many" is not a number from 0.000001 to 1000
run.yaml:12: optimizer.momentum: has no effect with optimizer.kind adam; leave it out or set optimizer.kind to sgd
run.yaml:13: optimizer.learning_rat: unknown key; did you mean learning_rate?
-set train.epochs=x: "x" is not a whole number from 1 to 1000000
-set name=a=:b: "a=:b" cannot name the run folder; use at most 100 of the characters A-Z a-z 0-9 "-" "_" ".", the first not "-" or ".", the last not "."
-set loss.c=0: 0 is not a number above 0`
	if diff := cmp.Diff(want, message(err)); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	var all *Error
	if !errors.As(err, &all) {
		t.Fatalf("the error is a %T, want *Error", err)
	}
	wantSecond := Problem{Source: "run.yaml", Line: 5, Key: "data.batch_size", Message: "64.5 is not a whole number from 1 to 60000"}
	if diff := cmp.Diff(wantSecond, all.Problems[1]); diff != "" {
		t.Errorf("problem (-want +got):\n%s", diff)
	}
}

func TestUnsafeFileName(t *testing.T) {
	const text = "data: {classes: [frog, horse]}"
	_, err := Parse("my run.yaml", []byte(text), nil, testKinds)
	const want = `my run.yaml: name: is not given, and the file's own name "my run" cannot name the run folder; use at most 100 of the characters A-Z a-z 0-9 "-" "_" ".", the first not "-" or ".", the last not "."`
	if diff := cmp.Diff(want, message(err)); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	if c, err := Parse("my run.yaml", []byte(text), []string{"name=mine"}, testKinds); err != nil || c.Name != "mine" {
		t.Errorf("with a name of its own: %q, error %v; want mine", c.Name, err)
	}
}
