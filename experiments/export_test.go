package experiments

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cifartrain/configs"
	"cifartrain/loaders"
)

// TestExportedModel follows a run's preprocessing, weights and words into what
// ONNX is told.
func TestExportedModel(t *testing.T) {
	session := onSample(t)
	config, err := configs.Load("svm_best", []string{"data.source=sample", "train.epochs=2",
		"data.normalize={mean: [0.1, 0.2, 0.3], std: [0.5, 0.25, 0.125]}"}, Kinds())
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Train(context.Background(), []configs.Config{config}); err != nil {
		t.Fatal(err)
	}
	from, err := session.source(filepath.Join(session.Runs, "svm_best", "latest"), "last", nil)
	if err != nil {
		t.Fatal(err)
	}
	model, err := session.exported(context.Background(), from)
	if err != nil {
		t.Fatal(err)
	}
	want := &loaders.Normalization{Mean: []float32{0.1, 0.2, 0.3}, Std: []float32{0.5, 0.25, 0.125}}
	if difference := cmp.Diff(want, model.Normalization); difference != "" {
		t.Errorf("the normalisation differs (-want +got):\n%s", difference)
	}
	images, err := session.open(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(images.transform.MeanImage(), model.MeanImage) || len(model.MeanImage) != images.dataset.Shape.Values() {
		t.Error("the mean image is not that of the training images")
	}
	if model.Restores || model.Output() != "scores" || len(model.Layers) != 1 {
		t.Errorf("it gives %s after %d layers", model.Output(), len(model.Layers))
	}
	for _, want := range []string{"the last weights, epoch 2 of 2", "normalises them and subtracts the mean image", "above 0 says horse, any other frog"} {
		if !strings.Contains(model.Doc, want) {
			t.Errorf("the description does not say %q:\n%s", want, model.Doc)
		}
	}
	if got := model.Metadata["classes"]; got != "frog,horse" {
		t.Errorf("the classes are %q", got)
	}

	from.config.Data.Source, from.config.Data.Dir, from.config.Data.Download = "cifar10", t.TempDir(), false
	if _, err := session.exported(context.Background(), from); err == nil || !strings.Contains(err.Error(), "mean image") {
		t.Errorf("without its images the error is %v", err)
	}
}
