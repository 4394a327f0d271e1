package exports_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cifartrain/graphs"
	"cifartrain/internal/exports"
	"cifartrain/loaders"
	"cifartrain/loaders/sample"
	"cifartrain/training"
	"github.com/google/go-cmp/cmp"
)

// images are some of two classes of the built-in sample's.
var images = sync.OnceValue(func() *loaders.Set {
	dataset := sample.Draw()
	test, err := dataset.Select(dataset.Test, dataset.Classes[:2])
	if err != nil {
		panic(err)
	}
	return test.Sample(rows, rand.New(rand.NewPCG(1, 2)))
})

const rows = 20

// A trained model is one that was, as far as an export can tell.
type trained struct {
	exports.Model
	architecture *graphs.Architecture
	transform    *loaders.Transform
}

func newTrained(t *testing.T, kind string, normalized, centered bool) trained {
	t.Helper()
	classes := 2
	if kind == "mlp" && !centered {
		classes = 10
	}
	architecture, err := graphs.New(graphs.Kinds(), kind, graphs.Spec{Inputs: 3072, Classes: classes, Hidden: []int{64, 48}, Latent: 32, Init: "torch", C: 1})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	weights := architecture.Initialize(func(string) *rand.Rand { return random })
	built, err := architecture.Build(weights, 1)
	if err != nil {
		t.Fatal(err)
	}
	m := trained{architecture: architecture, Model: exports.Model{
		Name: "run", Doc: "what it is", Version: "1", Shape: images().Shape, Graph: built, Weights: weights,
		Restores: built.Labels == nil, Probabilities: architecture.Probabilities, Metadata: map[string]string{"seed": "1", "run": "run"},
	}}
	if normalized {
		m.Normalization = &loaders.Normalization{Mean: []float32{0.5, 0.4, 0.3}, Std: []float32{0.25, 0.2, 0.3}}
	}
	m.transform = loaders.NewTransform(images().Shape, m.Normalization)
	if centered {
		m.transform = m.transform.Centered(images())
		m.MeanImage = m.transform.MeanImage()
	}
	return m
}

// outputs are what the program itself computes of the images, as pixels where
// the model restores them.
func (m trained) outputs(t *testing.T) [][]float32 {
	t.Helper()
	evaluator := training.NewEvaluator(m.architecture, m.Weights)
	defer evaluator.Close()
	outputs := make([][]float32, rows)
	batches := loaders.NewBatcher(images(), m.transform, loaders.BatchOptions{Size: rows})
	_, err := evaluator.Outputs(context.Background(), batches, func(place int, output []float32) {
		outputs[place] = append([]float32(nil), output...)
		if m.Restores {
			outputs[place] = m.transform.Invert(output)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return outputs
}

// pixels are an image's in [0, 1].
func pixels(image int) []float32 {
	values := make([]float32, images().Shape.Values())
	loaders.NewTransform(images().Shape, nil).Apply(values, images().Pixels(image))
	return values
}

// TestONNX decodes what was written, evaluates it in float64 and compares with
// the program's own outputs.
func TestONNX(t *testing.T) {
	for _, kind := range graphs.Kinds() {
		for _, c := range []struct {
			name                 string
			normalized, centered bool
		}{{"pixels", false, false}, {"normalized", true, false}, {"centered", false, true}, {"both", true, true}} {
			t.Run(kind.Name+", "+c.name, func(t *testing.T) {
				model := newTrained(t, kind.Name, c.normalized, c.centered)
				file, err := exports.ONNX(model.Model)
				if err != nil {
					t.Fatal(err)
				}
				decoded, want := decode(t, file), model.outputs(t)
				for i := range rows {
					compare(t, decoded.evaluate(t, double(pixels(i))), want[i])
				}
				checkWithONNXRuntime(t, model, file, want)
			})
		}
	}
}

func double(values []float32) []float64 {
	doubled := make([]float64, len(values))
	for i, value := range values {
		doubled[i] = float64(value)
	}
	return doubled
}

// codes are what the program itself computes of the images.
func (m trained) codes(t *testing.T) [][]float32 {
	t.Helper()
	evaluator := training.NewEvaluator(m.architecture, m.Weights)
	defer evaluator.Close()
	codes := make([][]float32, rows)
	err := evaluator.Codes(context.Background(), loaders.NewBatcher(images(), m.transform, loaders.BatchOptions{Size: rows}),
		func(place int, code []float32) { codes[place] = append([]float32(nil), code...) })
	if err != nil {
		t.Fatal(err)
	}
	return codes
}

func compare(t *testing.T, got []float64, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d values, want %d", len(got), len(want))
	}
	for i, w := range want {
		if off := math.Abs(got[i] - float64(w)); off > 1e-5*max(1, math.Abs(float64(w))) {
			t.Fatalf("value %d is %g, want %g", i, got[i], w)
		}
	}
}

// checkWithONNXRuntime runs the file in onnxruntime, where ONNX_PYTHON names a
// Python that has it.
func checkWithONNXRuntime(t *testing.T, model trained, file []byte, want [][]float32) {
	t.Helper()
	python := os.Getenv("ONNX_PYTHON")
	if python == "" {
		return
	}
	main := model.Outputs()[0]
	var in, out, codes []float32
	for i := range rows {
		in, out = append(in, pixels(i)...), append(out, want[i]...)
	}
	all := []exports.Array{
		{Name: "images", Shape: []int{rows, 3, 32, 32}, Values: in},
		{Name: main.Name, Shape: append([]int{rows}, main.Shape...), Values: out},
	}
	if model.Probabilities {
		var probabilities []float32
		for i := range rows {
			all := model.architecture.ProbabilitiesOf(want[i])
			if len(want[i]) == 1 {
				all = all[1:]
			}
			for _, probability := range all {
				probabilities = append(probabilities, float32(probability))
			}
		}
		all = append(all, exports.Array{Name: exports.Probabilities, Shape: all[1].Shape, Values: probabilities})
	}
	if model.Restores {
		for _, code := range model.codes(t) {
			codes = append(codes, code...)
		}
		all = append(all, exports.Array{Name: exports.Code, Shape: []int{rows, len(codes) / rows}, Values: codes})
	}
	arrays, err := exports.Arrays(all)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	modelFile, arraysFile := filepath.Join(folder, "model.onnx"), filepath.Join(folder, "arrays.npz")
	for path, content := range map[string][]byte{modelFile: file, arraysFile: arrays} {
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	output, err := exec.Command(python, filepath.Join("testdata", "check_onnx.py"), modelFile, arraysFile).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, output)
	}
	t.Logf("%s", output)
}

// TestONNXSaysWhatItIs looks at the parts of the file that no figure shows.
func TestONNXSaysWhatItIs(t *testing.T) {
	model := newTrained(t, "tied_autoencoder", true, true)
	file, err := exports.ONNX(model.Model)
	if err != nil {
		t.Fatal(err)
	}
	again, err := exports.ONNX(model.Model)
	if err != nil || !bytes.Equal(file, again) {
		t.Errorf("a second export differs: %v", err)
	}
	d := decode(t, file)
	operators := read(t, d.model[8][0].bytes)
	if version, opset := d.model[1][0].number, operators[2][0].number; version != 8 || opset != 17 {
		t.Errorf("IR version %d, opset %d, want 8 and 17", version, opset)
	}
	if got := d.model.text(6); got != model.Doc {
		t.Errorf("the description is %q", got)
	}
	var keys []string
	for _, entry := range d.model[14] {
		keys = append(keys, read(t, entry.bytes).text(1))
	}
	if difference := cmp.Diff([]string{"run", "seed"}, keys); difference != "" {
		t.Errorf("the metadata differ (-want +got):\n%s", difference)
	}
	uses := make(map[string]int)
	for _, node := range d.graph[1] {
		for _, input := range read(t, node.bytes)[1] {
			uses[string(input.bytes)]++
		}
	}
	for _, layer := range model.Graph.Layers {
		if uses[layer.Weight] != 2 || uses[layer.Bias] != 1 {
			t.Errorf("%s is used %d times, want 2; %s %d times, want 1", layer.Weight, uses[layer.Weight], layer.Bias, uses[layer.Bias])
		}
	}
	if want := model.architecture.Parameters; len(d.constants) != len(want)+4 { // mean, std, mean image, shape
		t.Errorf("%d initializers for %d parameters", len(d.constants), len(want))
	}
}

func TestONNXWithoutAWeight(t *testing.T) {
	model := newTrained(t, "autoencoder", false, false)
	model.Weights = model.Weights[1:]
	_, err := exports.ONNX(model.Model)
	if want := `writing the model as ONNX: there is no weight "encoder.0.weight"`; err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %q", err, want)
	}
}

// TestNPZ reads an archive back by the format's description.
func TestNPZ(t *testing.T) {
	weights := newTrained(t, "tied_autoencoder", false, false).Weights
	content, err := exports.NPZ(weights)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	headers := map[string]string{
		"enc_fc1.weight.npy": "{'descr': '<f4', 'fortran_order': False, 'shape': (64, 3072,), }",
		"enc_fc1.bias.npy":   "{'descr': '<f4', 'fortran_order': False, 'shape': (64,), }",
	}
	if len(archive.File) != len(weights) {
		t.Fatalf("%d arrays, want %d", len(archive.File), len(weights))
	}
	for i, entry := range archive.File {
		if want := weights[i].Name + ".npy"; entry.Name != want || entry.Method != zip.Store {
			t.Errorf("entry %d is %s, method %d; want %s, stored", i, entry.Name, entry.Method, want)
		}
		file, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		array, err := io.ReadAll(file)
		if err != nil {
			t.Fatal(err)
		}
		length := int(binary.LittleEndian.Uint16(array[8:])) + 10
		header := string(array[10:length])
		if string(array[:8]) != "\x93NUMPY\x01\x00" || length%64 != 0 || !strings.HasSuffix(header, "\n") {
			t.Errorf("%s starts with %q", entry.Name, array[:length])
		}
		if want, known := headers[entry.Name]; known && strings.TrimSpace(header) != want {
			t.Errorf("%s says %q, want %q", entry.Name, header, want)
		}
		want := weights[i].Value.Float32s()
		got := make([]float32, len(want))
		if _, err := binary.Decode(array[length:], binary.LittleEndian, got); err != nil || len(array) != length+4*len(want) {
			t.Fatalf("%s: %d bytes for %d values: %v", entry.Name, len(array)-length, len(want), err)
		}
		if !cmp.Equal(want, got) {
			t.Errorf("%s holds other values", entry.Name)
		}
	}
}

// TestArrays looks at the types that weights do not have.
func TestArrays(t *testing.T) {
	content, err := exports.Arrays([]exports.Array{
		{Name: "labels", Shape: []int{2}, Values: []int64{-1, 7}},
		{Name: "files", Shape: []int{2}, Values: []string{"ä.png", "b"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }", "{'descr': '<U5', 'fortran_order': False, 'shape': (2,), }",
		"\n\xff\xff\xff\xff\xff\xff\xff\xff\x07\x00\x00\x00\x00\x00\x00\x00", "\n\xe4\x00\x00\x00.\x00\x00\x00p\x00\x00\x00",
	} {
		if !bytes.Contains(content, []byte(want)) {
			t.Errorf("the archive does not hold %q", want)
		}
	}
}
