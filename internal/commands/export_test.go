package commands

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cifartrain/configs"
	"cifartrain/internal/exports"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
	"cifartrain/loaders"
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
		t.Errorf("the normalization differs (-want +got):\n%s", difference)
	}
	prepared, err := session.Prepare(context.Background(), config, runs.Need{Images: true})
	if err != nil {
		t.Fatal(err)
	}
	if images := prepared.Images; !slices.Equal(images.Transform.MeanImage(), model.MeanImage) || len(model.MeanImage) != images.Dataset.Shape.Values() {
		t.Error("the mean image is not that of the training images")
	}
	if model.Restores || model.Outputs()[0].Name != "scores" || len(model.Layers) != 1 {
		t.Errorf("it gives %s after %d layers", model.Outputs()[0].Name, len(model.Layers))
	}
	for _, want := range []string{"the last weights, epoch 2 of 2", "normalizes them and subtracts the mean image", "above 0 says horse, any other frog"} {
		if !strings.Contains(model.Doc, want) {
			t.Errorf("the description does not say %q:\n%s", want, model.Doc)
		}
	}
	if got := model.Metadata["classes"]; got != "frog,horse" {
		t.Errorf("the classes are %q", got)
	}

	without, err := openExported(context.Background(), session, path, options, noData(t))
	if err != nil {
		t.Fatalf("without its images: %v", err)
	}
	if !slices.Equal(without.Transform.MeanImage(), model.MeanImage) {
		t.Error("without its images the mean image is another one")
	}
}

// TestCenteredRunWithoutImages takes a run to where its images are not: what its
// weights' file tells is enough for pictures, and no sample stands in for the
// rest.
func TestCenteredRunWithoutImages(t *testing.T) {
	session := onSample(t)
	path, picture := trainedRun(t, session, "svm_best"), filepath.Join(t.TempDir(), "picture.png")
	file, err := os.Create(picture)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(png.Encode(file, image.NewGray(image.Rect(0, 0, 40, 30))), file.Close()); err != nil {
		t.Fatal(err)
	}
	predict := func(overrides []string, pictures ...string) (string, error) {
		var out bytes.Buffer
		session.Out = &out
		err := Predict(context.Background(), session, path, Selection{Split: "test", Pictures: pictures}, standardOutput, overrides)
		return out.String(), err
	}
	want, err := predict(nil, picture)
	if err != nil {
		t.Fatal(err)
	}
	got, err := predict(noData(t), picture)
	if err != nil {
		t.Fatalf("of a picture: %v", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("predictions (-with the images +without):\n%s", diff)
	}
	const missing = "does not exist; name a folder that holds CIFAR-10"
	if _, err := predict(noData(t)); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("of its test images: error %v, want %q", err, missing)
	}
	if err := Evaluate(context.Background(), session, path, noData(t)); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("evaluating: error %v, want %q", err, missing)
	}

	// A file of weights alone, as earlier versions wrote, needs the images.
	weights := filepath.Join(path, runfolder.BestWeightsFile)
	tensors, err := runfolder.ReadWeights(weights, 0)
	if err != nil {
		t.Fatal(err)
	}
	content, err := runfolder.Safetensors(tensors, nil)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, weights, content)
	if _, err := predict(noData(t), picture); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("of a picture, with weights that tell no mean image: error %v, want %q", err, missing)
	}
	if got, err = predict(nil, picture); err != nil || got != want {
		t.Errorf("with the images it predicts %q, %v; want %q", got, err, want)
	}
}

// noData has a run's images looked for where there are none.
func noData(t *testing.T) (overrides []string) {
	return []string{"data.source=cifar10", "data.if_missing=sample", "data.download=false", "data.dir=" + filepath.Join(t.TempDir(), "data")}
}

// onSample is a session whose runs are gone after the test.
func onSample(t *testing.T) *runs.Session {
	t.Helper()
	return &runs.Session{Out: io.Discard, Err: io.Discard, Display: reports.NewDisplay(io.Discard, true), Runs: t.TempDir(), Seeds: 1}
}
