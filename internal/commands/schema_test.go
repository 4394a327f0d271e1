package commands

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"cifartrain/configs"
	"cifartrain/internal/runs"
)

// wrongConfigs are wrong in a way that the schema knows, too.
var wrongConfigs = []string{
	"[]", "svm", "modle: {kind: mlp}", "model: 1", "model: {kind: cnn}", "model: {kind: }", "name: a/b", "name: latest", "name: 7", "seed: -1", "seed: 1.5", "seed: '1'",
	"seed: 18446744073709551616", "model: {kind: mlp, hidden: 128}", "model: {kind: mlp, hidden: [0]}", "model: {kind: mlp, hidden: [1.5]}", "model: {kind: mlp, activation: swish}",
	"model: {kind: mlp, dropout: 1}", "model: {kind: mlp, dropout: -0.1}", "model: {kind: mlp, batch_norm: 1}", "model: {kind: mlp, latent: 8}", "model: {latent: 8}", "model: {hidden: [64]}",
	"model: {init: zeros}", "model: {kind: mlp}\ndata: {noise: 0.1}", "data: {source: imagenet}", "data: {size: 64}", "data: {source: folder, size: 513}", "data: {source: sample, test: 0.3}",
	"data: {if_missing: guess}", "data: {dir: ''}", "data: {url: 'ftp://a/b'}", "data: {url: 'https://me:secret@host/a'}", "data: {download: yes}", "data: {classes: frog}", "data: {classes: [frog, frog]}",
	"data: {classes: [1.5, frog]}", "data: {validation: 0}", "data: {validation: 1}", "data: {split: half}", "data: {shift: 32}", "data: {normalize: {mean: [0]}}", "data: {normalize: {mean: [], std: []}}",
	"data: {normalize: {mean: [0], std: [0]}}", "data: {batch_size: 0}", "data: {batch_size: 64.5}", "loss: {kind: mse}", "model: {kind: mlp}\nloss: {kind: hinge}", "model: {kind: mlp}\nloss: {c: 2}", "loss: {c: 0}",
	"data: {classes: [frog, horse]}\nloss: {multiclass: one_vs_rest}", "optimizer: {kind: rmsprop}", "optimizer: {learning_rate: 0}", "optimizer: {kind: adam, momentum: 0.9}",
	"model: {kind: autoencoder}\noptimizer: {momentum: 0.9}", "optimizer: {eps: 1.0e-7}", "optimizer: {kind: adamw, betas: [0.9]}", "optimizer: {kind: adam, betas: [0.9, 1]}", "optimizer: {gamma: 0.5}",
	"optimizer: {schedule: step, gamma: 1.5}", "train: {epochs: 0}", "train: {epochs: null}", "plots: {reconstructions: 9}", "sweep: {}", "sweep: {method: grid}", "sweep: {loss.c: 1}", "sweep: {loss.c: []}",
	"sweep: {loss.c: [1, 1]}", "sweep: {loss.c: [0]}", "sweep: {seed: [1, 2]}", "sweep: {data.dir: [a]}", "sweep: {loss.d: [1]}", "sweep: {loss.c: {min: 1, max: 2}}", "sweep: {loss.c: [1], factor: 2}",
	"sweep: {method: random, budget: 2, loss.c: {min: 1}}", "sweep: {method: random, budget: 2, data.flip: {min: 0, max: 1}}", "sweep: {model.latent: [8, 16]}",
}

// many are 32 values.
const many = "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32]"

// onlyTheProgramKnows are wrong configs that the schema lets pass, with the reason.
var onlyTheProgramKnows = map[string]string{
	"train: {epochs: 010}":                    "notation: YAML's readers hand on a number, not how it is written",
	"train: {epochs: 1e3}":                    "notation",
	"seed: 1\n? {a: b}\n: 2":                  "JSON has no such keys",
	"data: {dir: }":                           "~ is the home folder, and as null looks like no value",
	"name: CON":                               "devices of Windows, whose letters have either case",
	"loss: {c: 1.0e-40}":                      "the limits of float32",
	"data: {classes: [frgo, dog]}":            "the dataset's classes",
	"data: {classes: [6, frog]}":              "the dataset's classes",
	"data: {classes: [frog]}":                 "the model's own rules",
	"model: {init: pca}":                      "the model's own rules",
	"optimizer: {nesterov: true}":             "a comparison of two keys",
	"sweep: {method: random, loss.c: [1, 2]}": "the budget is compared with the number of settings",
	"sweep: {method: random, budget: 2, loss.c: {min: 2, max: 1}}":         "a comparison of two numbers",
	"sweep: {optimizer.kind: [adam, adamw], optimizer.momentum: [0, 0.9]}": "whether one of the settings uses a key",
	"sweep: {model.kind: [mlp, autoencoder], loss.kind: [hinge]}":          "whether the settings suit each other",
	"sweep: {data.batch_size: " + many + ", train.epochs: " + many + "}":   "the number of settings",
}

// TestSchema holds the schema against the program: both accept the shipped configs
// and refuse the wrong ones. Its copy beside the configs must be the current one.
func TestSchema(t *testing.T) {
	t.Setenv("HOME", "/home/me") // which ~ stands for
	var out bytes.Buffer
	if status := run(t.Context(), []string{"schema"}, &out, io.Discard); status != exitDone {
		t.Fatalf("exit status %d", status)
	}
	copied, err := os.ReadFile("../../configs/schema.json")
	if err != nil || !bytes.Equal(copied, out.Bytes()) {
		t.Errorf("configs/schema.json is not what `go run . schema` prints (%v)", err)
	}
	document := must(jsonschema.UnmarshalJSON(&out))
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema := must(compiler.Compile("schema.json")) // which checks it against the drafts' own schema
	bySchema := func(text []byte) error {
		var value any
		if err := yaml.Unmarshal(text, &value); err != nil {
			return nil
		}
		return schema.Validate(value)
	}
	byProgram := func(text []byte) error {
		_, err := configs.Parse("run.yaml", text, nil, runs.Kinds())
		return err
	}
	files, _ := filepath.Glob("../../configs/*.yaml")
	right := [][]byte{[]byte("sweep: null\ndata: {dir: ~, normalize: null}"), []byte("optimizer: {betas: [0.9, 0.999]}"),
		[]byte("sweep: {optimizer.kind: [sgd, adam], optimizer.momentum: [0, 0.9]}"), []byte("sweep: {method: random, budget: 3, loss.c: {min: 1, max: 2, scale: log}}")}
	for _, file := range files {
		text := must(os.ReadFile(file))
		right = append(right, text)
	}
	for _, text := range right {
		if schema, program := bySchema(text), byProgram(text); schema != nil || program != nil {
			t.Errorf("%s\nthe schema says %v, the program %v", text, schema, program)
		}
	}
	for _, text := range wrongConfigs {
		if schema, program := bySchema([]byte(text)), byProgram([]byte(text)); schema == nil || program == nil {
			t.Errorf("%s\nthe schema says %v, the program %v", text, schema, program)
		}
	}
	for text, why := range onlyTheProgramKnows {
		if schema, program := bySchema([]byte(text)), byProgram([]byte(text)); schema != nil || program == nil {
			t.Errorf("%s (%s)\nthe schema says %v, the program %v", text, why, schema, program)
		}
	}
}
