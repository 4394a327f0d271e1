package exports_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorgonia.org/tensor"

	"cifartrain/graphs"
	"cifartrain/internal/exports"
	"cifartrain/loaders"
	"cifartrain/loaders/sample"
	"cifartrain/training"
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

// begun is a model with its first weights.
func begun(t *testing.T, kinds []graphs.Kind, kind string, spec graphs.Spec) trained {
	t.Helper()
	architecture, err := graphs.New(kinds, kind, spec)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	weights := architecture.Initialize(func(string) *rand.Rand { return random })
	built, err := architecture.Build(weights, 1)
	if err != nil {
		t.Fatal(err)
	}
	return trained{architecture: architecture, transform: loaders.NewTransform(images().Shape, nil), Model: exports.Model{
		Name: "run", Doc: "what it is", Version: "1", Shape: images().Shape, Graph: built, Weights: weights,
		Reconstructs: built.Labels == nil, Probabilities: architecture.Probabilities, Metadata: map[string]string{"seed": "1", "run": "run"},
	}}
}

func newTrained(t *testing.T, kind string, normalized, centered bool) trained {
	t.Helper()
	classes := 2
	if kind == "mlp" && !centered {
		classes = 10
	}
	m := begun(t, graphs.Kinds, kind, graphs.Spec{Inputs: 3072, Classes: classes, Hidden: []int{64, 48}, Latent: 32, Init: "torch", C: 1})
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
// the model reconstructs them, and then also their codes.
func (m trained) outputs(t *testing.T) (outputs, codes [][]float32) {
	t.Helper()
	evaluator := training.NewEvaluator(m.architecture, m.Weights)
	outputs, codes = make([][]float32, rows), make([][]float32, rows)
	batches := loaders.NewBatcher(images(), m.transform, loaders.BatchOptions{Size: rows})
	_, err := evaluator.Outputs(context.Background(), batches, func(place int, output []float32) {
		outputs[place] = slices.Clone(output)
		if m.Reconstructs {
			outputs[place] = m.transform.Invert(output)
		}
	})
	if err == nil && m.Reconstructs {
		err = evaluator.Codes(context.Background(), batches, func(place int, code []float32) { codes[place] = slices.Clone(code) })
	}
	if err != nil {
		t.Fatal(err)
	}
	return outputs, codes
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
	for _, kind := range graphs.Kinds {
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
				decoded := decode(t, file)
				want, codes := model.outputs(t)
				for i := range rows {
					compare(t, decoded.evaluate(t, double(pixels(i))), want[i])
				}
				checkWithONNXRuntime(t, model, file, want, codes)
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
func checkWithONNXRuntime(t *testing.T, model trained, file []byte, want, codes [][]float32) {
	t.Helper()
	python := os.Getenv("ONNX_PYTHON")
	if python == "" {
		return
	}
	var in, probabilities [][]float32
	for i := range rows {
		in, probabilities = append(in, pixels(i)), append(probabilities, nil)
		if !model.Probabilities {
			continue
		}
		of := model.architecture.ProbabilitiesOf(want[i])
		for _, probability := range of[len(of)-len(want[i]):] { // a single score has the second class's
			probabilities[i] = append(probabilities[i], float32(probability))
		}
	}
	var all []exports.Array
	for _, one := range append([]exports.Tensor{model.Input()}, model.Outputs()...) {
		values := map[string][][]float32{exports.Input: in, exports.Probabilities: probabilities, exports.Code: codes}[one.Name]
		if values == nil {
			values = want
		}
		all = append(all, exports.Array{Name: one.Name, Shape: append([]int{rows}, one.Shape...), Values: slices.Concat(values...)})
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
	said := []any{d.model[1][0].number, operators[2][0].number, d.model.text(6)}
	for _, entry := range d.model[14] {
		said = append(said, read(t, entry.bytes).text(1))
	}
	if difference := cmp.Diff([]any{uint64(8), uint64(17), model.Doc, "run", "seed"}, said); difference != "" {
		t.Errorf("IR version, opset, description and metadata differ (-want +got):\n%s", difference)
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
	model.Weights = model.Weights[1:]
	if _, err := exports.ONNX(model.Model); err == nil || err.Error() != `writing the model as ONNX: there is no weight "enc_fc1.weight"` {
		t.Errorf("without a weight: error %v", err)
	}
}

// TestNPZ wants of each array what numpy 2.4 writes of it, but for the spaces that
// pad the header, and all of them stored under their names.
func TestNPZ(t *testing.T) {
	weights := graphs.Weights{{Parameter: graphs.Parameter{Name: "fc.weight"}, Value: tensor.New(tensor.WithShape(1, 3), tensor.WithBacking([]float32{1, 2.5, -3}))}}
	plain, err := exports.NPZ(weights)
	if err != nil {
		t.Fatal(err)
	}
	others, err := exports.Arrays([]exports.Array{
		{Name: "labels", Shape: []int{2}, Values: []int64{-1, 7}},
		{Name: "files", Shape: []int{2}, Values: []string{"ä.png", "b"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, content := range [][]byte{plain, others} {
		archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range archive.File {
			array, err := fs.ReadFile(archive, entry.Name)
			if err != nil || entry.Method != zip.Store || !strings.HasPrefix(string(array), "\x93NUMPY\x01\x00\x76\x00") || len(array) < 128 {
				t.Fatalf("%s starts with %.20q: %v", entry.Name, array, err)
			}
			got[entry.Name] = strings.TrimRight(string(array[10:127]), " ") + string(array[127:])
		}
	}
	want := map[string]string{
		"fc.weight.npy": "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }\n\x00\x00\x80?\x00\x00 @\x00\x00@\xc0",
		"labels.npy":    "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }\n\xff\xff\xff\xff\xff\xff\xff\xff\x07\x00\x00\x00\x00\x00\x00\x00",
		"files.npy": "{'descr': '<U5', 'fortran_order': False, 'shape': (2,), }\n\xe4\x00\x00\x00.\x00\x00\x00p\x00\x00\x00n\x00\x00\x00g\x00\x00\x00" +
			"b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
	}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Errorf("the arrays differ (-want +got):\n%s", difference)
	}
}
