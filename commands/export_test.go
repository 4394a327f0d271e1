package commands

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cifartrain/configs"
	"cifartrain/experiments"
	"cifartrain/exports"
	"cifartrain/loaders"
	"cifartrain/reports"
)

// TestExportedModel follows a run's preprocessing, weights and words into what
// ONNX is told.
func TestExportedModel(t *testing.T) {
	session := onSample(t)
	config, err := session.Load("svm_best", []string{"data.source=sample", "train.epochs=2",
		"data.normalize={mean: [0.1, 0.2, 0.3], std: [0.5, 0.25, 0.125]}"})
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Train(context.Background(), []configs.Config{config}); err != nil {
		t.Fatal(err)
	}
	path, options := filepath.Join(session.Runs, "svm_best", "latest"), ExportOptions{Format: "onnx", Weights: "last", Part: "all"}
	run, err := openExported(context.Background(), session, path, options, nil)
	if err != nil {
		t.Fatal(err)
	}
	model, err := run.model(exports.All)
	if err != nil {
		t.Fatal(err)
	}
	want := &loaders.Normalization{Mean: []float32{0.1, 0.2, 0.3}, Std: []float32{0.5, 0.25, 0.125}}
	if difference := cmp.Diff(want, model.Normalization); difference != "" {
		t.Errorf("the normalisation differs (-want +got):\n%s", difference)
	}
	prepared, err := session.Prepare(context.Background(), config, experiments.Need{Images: true})
	if err != nil {
		t.Fatal(err)
	}
	if images := prepared.Images; !slices.Equal(images.Transform.MeanImage(), model.MeanImage) || len(model.MeanImage) != images.Dataset.Shape.Values() {
		t.Error("the mean image is not that of the training images")
	}
	if model.Restores || model.Outputs()[0].Name != "scores" || len(model.Layers) != 1 {
		t.Errorf("it gives %s after %d layers", model.Outputs()[0].Name, len(model.Layers))
	}
	for _, want := range []string{"the last weights, epoch 2 of 2", "normalises them and subtracts the mean image", "above 0 says horse, any other frog"} {
		if !strings.Contains(model.Doc, want) {
			t.Errorf("the description does not say %q:\n%s", want, model.Doc)
		}
	}
	if got := model.Metadata["classes"]; got != "frog,horse" {
		t.Errorf("the classes are %q", got)
	}

	overrides := []string{"data.source=cifar10", "data.download=false", "data.dir=" + t.TempDir()}
	if _, err := openExported(context.Background(), session, path, options, overrides); err == nil || !strings.Contains(err.Error(), "mean image") {
		t.Errorf("without its images the error is %v", err)
	}
}

// onSample is a session whose runs are gone after the test.
func onSample(t *testing.T) *experiments.Session {
	t.Helper()
	return &experiments.Session{Out: io.Discard, Err: io.Discard, Display: reports.NewDisplay(io.Discard, true), Runs: t.TempDir(), Seeds: 1}
}
