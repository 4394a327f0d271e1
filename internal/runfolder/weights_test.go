package runfolder

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorgonia.org/tensor"
)

// weights are the shape and the values of a tensor.
type weights struct {
	Shape  []int
	Values []float32
}

// expectWeights compares the weights in the file at path with those wanted.
func expectWeights(t *testing.T, path string, want map[string]weights) {
	t.Helper()
	held, err := ReadWeights(path, 0)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]weights)
	for name, value := range held.Tensors {
		got[name] = weights{value.Shape(), value.Float32s()}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestWeightsRoundTrip(t *testing.T) {
	folder := create(t)
	want := map[string]weights{"fc.weight": {[]int{1, 4}, []float32{1, -2.5, 3e-38, 4}}, "fc.bias": {[]int{1}, []float32{0.1}}}
	tensors := make(map[string]*tensor.Dense)
	for name, w := range want {
		tensors[name] = tensor.New(tensor.WithShape(w.Shape...), tensor.WithBacking(w.Values))
	}
	if err := folder.WriteWeights(LastWeightsFile, tensors, nil); err != nil {
		t.Fatal(err)
	}
	expectWeights(t, folder.File(LastWeightsFile), want)
}

// TestWeightsOfTheReferenceLibrary reads files that Hugging Face's Python
// library wrote, and gets the values that testdata/weights.py gave it. The
// script, run by hand with the files of a run, shows that the library reads
// this program's.
func TestWeightsOfTheReferenceLibrary(t *testing.T) {
	matrix := make([]float32, 12)
	for i := range matrix {
		matrix[i] = (float32(i) - 5.5) / 4
	}
	for _, file := range []string{"testdata/reference.safetensors", "testdata/reference_metadata.safetensors"} {
		expectWeights(t, file, map[string]weights{
			"fc.weight":                {[]int{3, 4}, matrix},
			"fc.bias":                  {[]int{3}, []float32{0.5, -0.25, 3e-38}},
			`a name, "quoted"; größer`: {[]int{1, 2, 1}, []float32{1, 0}},
		})
	}
}

// safetensorsFile joins a header and data as the format does.
func safetensorsFile(header string, data []byte) []byte {
	return append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...), data...)
}

func TestUnsoundWeights(t *testing.T) {
	float := []byte{0, 0, 128, 63}
	for _, test := range []struct {
		name    string
		content []byte
		says    string
	}{
		{"empty", nil, "not a sound safetensors file"},
		{"no header", []byte("hello"), "not a sound safetensors file"},
		{"huge header", binary.LittleEndian.AppendUint64(nil, 1<<63), "not a sound safetensors file"},
		{"not JSON", safetensorsFile("{", nil), "not a sound safetensors file"},
		{"other type", safetensorsFile(`{"w":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}`, make([]byte, 8)), `tensor "w": holds F64, not F32`},
		{"data beyond the file", safetensorsFile(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, float), "not a sound safetensors file"},
		{"shape that overflows", safetensorsFile(`{"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}`, float), "not a sound safetensors file"},
		{"overlapping", safetensorsFile(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, float), "not a sound safetensors file"},
		{"gap between", safetensorsFile(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}`, make([]byte, 12)), "not a sound safetensors file"},
		{"shape of another length", safetensorsFile(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, float), "not a sound safetensors file"},
		{"unknown type", safetensorsFile(`{"w":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}`, float), "not a sound safetensors file"},
		{"no element", safetensorsFile(`{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`, nil), "no weight is a scalar or empty"},
		{"metadata of another type", safetensorsFile(`{"__metadata__":{"format":1}}`, nil), "not a sound safetensors file"},
		{"infinite", safetensorsFile(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, []byte{0, 0, 128, 127}), "element 0 is +Inf"},
		{"not a number", safetensorsFile(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, []byte{0, 0, 192, 127}), "element 0 is NaN"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "w.safetensors")
			if err := os.WriteFile(path, test.content, 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := ReadWeights(path, 0)
			var unsound *WeightsError
			if !errors.As(err, &unsound) || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), path) {
				t.Errorf("error is %v, want a WeightsError that names the file and says %q", err, test.says)
			}
		})
	}
}

// TestReadMetadataOfALargeModel reads the metadata of a file that only a large
// model's may be.
func TestReadMetadataOfALargeModel(t *testing.T) {
	const weights = roomForWeights/4 + 1
	large := map[string]*tensor.Dense{"w": tensor.New(tensor.WithShape(weights), tensor.WithBacking(make([]float32, weights)))}
	content, err := Safetensors(large, map[string]string{"mean_image": "AAAA"})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "best.safetensors")
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
	held, err := ReadWeights(path, weights)
	if err != nil || held.Metadata["mean_image"] != "AAAA" {
		t.Errorf("%v, error %v", held, err)
	}
	if _, err := ReadWeights(path, 1); err == nil {
		t.Error("a small model's file may be as large")
	}
}

func FuzzReadWeights(f *testing.F) {
	f.Add(safetensorsFile(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, []byte{0, 0, 128, 63}))
	f.Add(safetensorsFile(`{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`, nil))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "w.safetensors")
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		held, err := ReadWeights(path, 0)
		if err != nil {
			return
		}
		for name, value := range held.Tensors {
			if len(value.Float32s()) != value.Shape().TotalSize() {
				t.Errorf("%q holds %d values for the shape %v", name, len(value.Float32s()), value.Shape())
			}
		}
	})
}
