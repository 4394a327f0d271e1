package commands

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/image/tiff"

	"cifartrain/configs"
	"cifartrain/internal/exports"
	"cifartrain/internal/runs"
	"cifartrain/loaders"
	"cifartrain/loaders/pictures"
)

// trainedRun trains a config shortly on the sample and returns its folder.
func trainedRun(t *testing.T, session *runs.Session, name string, overrides ...string) string {
	t.Helper()
	config, err := session.Load(name, append(overrides, "data.source=sample", "data.classes=[frog, horse]", "train.epochs=1"))
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Train(context.Background(), []configs.Config{config}); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(session.Runs, name, "latest")
}

// ownOddPictures writes pictures of odd sizes and several formats.
func ownOddPictures(t *testing.T, count int) (folder string) {
	t.Helper()
	folder = t.TempDir()
	random := rand.New(rand.NewPCG(1, 1))
	for i := range count {
		width, height := 1+random.IntN(90), 1+random.IntN(90)
		picture := image.NewRGBA(image.Rect(0, 0, width, height))
		for y := range height {
			for x := range width {
				picture.Set(x, y, color.RGBA{R: uint8(3 * x), G: uint8(random.IntN(256)), B: uint8(2 * y), A: 255})
			}
		}
		var content bytes.Buffer
		extension, err := "png", error(nil)
		switch i % 4 {
		case 0:
			err = png.Encode(&content, picture)
		case 1:
			extension, err = "jpg", jpeg.Encode(&content, picture, nil)
		case 2:
			extension, err = "gif", gif.Encode(&content, picture, nil)
		case 3:
			extension, err = "tiff", tiff.Encode(&content, picture, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(folder, fmt.Sprintf("%03d.%s", i, extension)), content.Bytes())
	}
	return folder
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestPredictOwnImages compares the last line with the run's own summary.
func TestPredictOwnImages(t *testing.T) {
	for _, name := range []string{"svm_best", "autoencoder_tied"} {
		t.Run(name, func(t *testing.T) {
			session := onSample(t)
			run, file := trainedRun(t, session, name), filepath.Join(t.TempDir(), "out.csv")
			var out bytes.Buffer
			session.Out = &out
			if err := Predict(context.Background(), session, run, Selection{Split: "test"}, file, nil); err != nil {
				t.Fatal(err)
			}
			saved, err := session.Open(run, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := fmt.Sprintf("mean MSE %.5f", *saved.Summary.Best.TestLoss)
			if accuracy := saved.Summary.Best.TestAccuracy; accuracy != nil {
				want = fmt.Sprintf("accuracy %.1f%%", 100**accuracy)
			}
			if !strings.HasSuffix(strings.TrimSpace(out.String()), want) {
				t.Errorf("the last line does not end in %q:\n%s", want, out.String())
			}
			if rows := readCSV(t, file); len(rows) != 1+saved.Summary.Images.Test {
				t.Errorf("%d rows for %d images", len(rows)-1, saved.Summary.Images.Test)
			}
			if err := Predict(context.Background(), session, run, Selection{Split: "test"}, file, nil); err == nil || !strings.Contains(err.Error(), "is not overwritten") {
				t.Errorf("a second time the error is %v", err)
			}
		})
	}
}

// TestOtherPixels asks a run's weights about images prepared in another way than those
// they were trained on.
func TestOtherPixels(t *testing.T) {
	session := onSample(t)
	run := trainedRun(t, session, "svm")
	for override, key := range map[string]string{"data.normalize.std=[1, 1, 1]": "data.normalize", "data.center=true": "data.center"} {
		for name, err := range map[string]error{
			"predict": Predict(context.Background(), session, run, Selection{Split: "test"}, "-", []string{override}),
			"export":  Export(context.Background(), session, run, ExportOptions{Weights: "last", Part: "all", Format: "npz", File: "-"}, []string{override}),
		} {
			if err == nil || !strings.Contains(err.Error(), "was trained with another "+key+" than its config.yaml says now") {
				t.Errorf("%s with %s: the error is %v", name, override, err)
			}
		}
	}
}

// TestPredictOddPictures predicts what can be read and tells of the rest.
func TestPredictOddPictures(t *testing.T) {
	session := onSample(t)
	run := trainedRun(t, session, "svm_best")
	folder := ownOddPictures(t, 4)
	whole, err := os.ReadFile(filepath.Join(folder, "000.png"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"cut.png": whole[:len(whole)/2], "empty.jpg": nil, "text.webp": []byte("no picture"), "notes.txt": []byte("not looked at"),
	} {
		writeFile(t, filepath.Join(folder, name), content)
	}
	if err := os.Mkdir(filepath.Join(folder, "horse"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(folder, "horse", "one.png"), whole)
	var warnings bytes.Buffer
	session.Err = &warnings
	file := filepath.Join(t.TempDir(), "out.csv")
	err = Predict(context.Background(), session, run, Selection{Split: "test", Pictures: []string{folder, filepath.Join(folder, "none.png")}}, file, nil)
	if err == nil || !strings.Contains(err.Error(), "4 of 9 pictures could not be read; the others are done") {
		t.Errorf("the error is %v", err)
	}
	for _, name := range []string{"cut.png", "empty.jpg", "text.webp", "none.png"} {
		if !strings.Contains(warnings.String(), name) {
			t.Errorf("no warning of %s:\n%s", name, warnings.String())
		}
	}
	rows := readCSV(t, file)
	if len(rows) != 6 || strings.Join(rows[0], ",") != "file,label,predicted,score" {
		t.Fatalf("the rows are %v", rows)
	}
	if first, last := rows[1], rows[5]; first[1] != "" || last[1] != "horse" || first[3] != last[3] {
		t.Errorf("the same picture, labeled by its folder or not, has the rows %v and %v", first, last)
	}

	// A single picture that is not there is told once.
	warnings.Reset()
	err = Predict(context.Background(), session, run, Selection{Split: "test", Pictures: []string{"none.png"}}, "-", nil)
	if err == nil || err.Error() != "none.png: there is no such file or folder" || warnings.Len() > 0 {
		t.Errorf("the error is %v, the warnings are %q", err, warnings.String())
	}

	// The summary would spoil rows on the standard output for the program that reads them.
	var out bytes.Buffer
	session.Out = &out
	warnings.Reset()
	if err := Predict(context.Background(), session, run, Selection{Split: "test"}, "-", nil); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(out.String(), "\n"); lines != 2001 || !strings.Contains(warnings.String(), ": accuracy ") {
		t.Errorf("%d lines on the standard output, and beside it %q", lines, warnings.String())
	}
}

// TestPredictionsAgainstONNXRuntime holds predictions and codes of 100 pictures
// against the exported models, where ONNX_PYTHON names a Python that has
// onnxruntime.
func TestPredictionsAgainstONNXRuntime(t *testing.T) {
	python := os.Getenv("ONNX_PYTHON")
	if python == "" {
		t.Skip("ONNX_PYTHON names no Python that has onnxruntime")
	}
	const count = 100
	folder := ownOddPictures(t, count)
	for name, overrides := range map[string][]string{
		"svm_best": nil, "autoencoder_best": {"optimizer.warmup_steps=0"}, "autoencoder_tied": nil,
	} {
		t.Run(name, func(t *testing.T) {
			session, out := onSample(t), t.TempDir()
			run := trainedRun(t, session, name, overrides...)
			model := filepath.Join(out, "model.onnx")
			if err := Export(context.Background(), session, run, ExportOptions{Format: "onnx", Weights: "best", Part: "all", File: model}, nil); err != nil {
				t.Fatal(err)
			}
			selection := Selection{Split: "test", Pictures: []string{folder}}
			subject, err := openSubject(context.Background(), session, run, selection, nil, needsImages)
			if err != nil {
				t.Fatal(err)
			}
			arrays := []exports.Array{{Name: exports.Input, Shape: []int{count, 3, 32, 32}, Values: pixelsOf(t, subject)}}
			if subject.Architecture.Latent == 0 {
				file := filepath.Join(out, "out.csv")
				if err := Predict(context.Background(), session, run, selection, file, nil); err != nil {
					t.Fatal(err)
				}
				arrays = append(arrays, exports.Array{Name: exports.Scores, Shape: []int{count, 1}, Values: column(t, readCSV(t, file), 3)})
			} else {
				restored, err := subject.Restore(context.Background(), subject.set)
				if err != nil {
					t.Fatal(err)
				}
				codes, err := subject.Encode(context.Background(), subject.set)
				if err != nil {
					t.Fatal(err)
				}
				var all []float32
				for _, one := range restored {
					all = append(all, one...)
				}
				arrays = append(arrays, exports.Array{Name: exports.Reconstruction, Shape: []int{count, 3, 32, 32}, Values: all},
					exports.Array{Name: exports.Code, Shape: []int{count, subject.Architecture.Latent}, Values: codes})
			}
			content, err := exports.Arrays(arrays)
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(out, "arrays.npz"), content)
			check := filepath.Join("..", "exports", "testdata", "check_onnx.py")
			output, err := exec.Command(python, check, model, filepath.Join(out, "arrays.npz")).CombinedOutput()
			if err != nil {
				t.Errorf("%v\n%s", err, output)
			}
			t.Logf("%s", output)
		})
	}
}

// pixelsOf are the pictures' pixels in [0, 1], read apart from the command.
func pixelsOf(t *testing.T, s *subject) (all []float32) {
	t.Helper()
	shape := s.Shape
	pixels, values := make([]byte, shape.Values()), make([]float32, shape.Values())
	for _, file := range s.own.files {
		if err := pictures.Read(file, shape, pixels); err != nil {
			t.Fatal(err)
		}
		loaders.NewTransform(shape, nil).Apply(values, pixels)
		all = append(all, values...)
	}
	return all
}

func column(t *testing.T, rows [][]string, place int) (values []float32) {
	t.Helper()
	for _, row := range rows[1:] {
		value, err := strconv.ParseFloat(row[place], 32)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, float32(value))
	}
	return values
}

// TestEncode writes codes as both kinds of files.
func TestEncode(t *testing.T) {
	session := onSample(t)
	run, out := trainedRun(t, session, "autoencoder_tied", "model.latent=4"), t.TempDir()
	pictures := Selection{Split: "test", Pictures: []string{ownOddPictures(t, 3)}}
	file := filepath.Join(out, "codes.csv")
	if err := Encode(context.Background(), session, run, pictures, file, nil); err != nil {
		t.Fatal(err)
	}
	if rows := readCSV(t, file); len(rows) != 4 || strings.Join(rows[0], ",") != "file,label,z0,z1,z2,z3" {
		t.Errorf("the rows are %v", rows)
	}
	if err := Encode(context.Background(), session, run, Selection{Split: "validation"}, filepath.Join(out, "codes.npz"), nil); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"codes.txt": "npz or CSV", "codes.npz": "is not overwritten"} {
		err := Encode(context.Background(), session, run, pictures, filepath.Join(out, name), nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("for %s the error is %v, want one with %q", name, err, want)
		}
	}
	err := Encode(context.Background(), session, trainedRun(t, session, "svm_best"), pictures, "", nil)
	if err == nil || !strings.Contains(err.Error(), "no code") {
		t.Errorf("for a classifier the error is %v", err)
	}
}
