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

func TestWeightsRoundTrip(t *testing.T) {
	folder := create(t)
	values := map[string][]float32{"fc.weight": {1, -2.5, 3e-38, 4}, "fc.bias": {0.1}}
	tensors := map[string]*tensor.Dense{
		"fc.weight": tensor.New(tensor.WithShape(1, 4), tensor.WithBacking(values["fc.weight"])),
		"fc.bias":   tensor.New(tensor.WithShape(1), tensor.WithBacking(values["fc.bias"])),
	}
	if err := folder.WriteWeights("model.safetensors", tensors, nil); err != nil {
		t.Fatal(err)
	}
	got, err := ReadWeights(folder.File("model.safetensors"), 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range tensors {
		if diff := cmp.Diff(want.Float32s(), got[name].Float32s()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff([]int(want.Shape()), []int(got[name].Shape())); diff != "" {
			t.Errorf("shape of %s (-want +got):\n%s", name, diff)
		}
	}
}

// TestWeightsOfTheReferenceLibrary reads files that Hugging Face's Python
// library wrote, and gets the values that testdata/weights.py gave it. The
// script, run by hand with the files of a run, shows that the library reads
// this program's.
func TestWeightsOfTheReferenceLibrary(t *testing.T) {
	type weights struct {
		Shape  []int
		Values []float32
	}
	matrix := make([]float32, 12)
	for i := range matrix {
		matrix[i] = (float32(i) - 5.5) / 4
	}
	want := map[string]weights{
		"fc.weight":                {[]int{3, 4}, matrix},
		"fc.bias":                  {[]int{3}, []float32{0.5, -0.25, 3e-38}},
		`a name, "quoted"; größer`: {[]int{1, 2, 1}, []float32{1, 0}},
	}
	for _, file := range []string{"testdata/reference.safetensors", "testdata/reference_metadata.safetensors"} {
		tensors, err := ReadWeights(file, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := make(map[string]weights)
		for name, value := range tensors {
			got[name] = weights{value.Shape(), value.Float32s()}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

// TestWeightsOfTorch reads a file of a torch.nn.Linear.
func TestWeightsOfTorch(t *testing.T) {
	got, err := ReadWeights("../../training/testdata/svm_init.safetensors", 0)
	if err != nil {
		t.Fatal(err)
	}
	if shape := got["fc.weight"].Shape(); !shape.Eq(tensor.Shape{1, 3072}) {
		t.Errorf("fc.weight has the shape %v", shape)
	}
	// torch.manual_seed(1); torch.nn.Linear(3072, 1).weight[0, :2]
	want := []float32{0.009296479634940624, -0.007963431999087334}
	for i, w := range want {
		if got := got["fc.weight"].Float32s()[i]; got != w {
			t.Errorf("fc.weight[%d] is %.9g, want %.9g", i, got, w)
		}
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
		{"header longer than the file", binary.LittleEndian.AppendUint64(nil, 1<<20), "not a sound safetensors file"},
		{"huge header", binary.LittleEndian.AppendUint64(nil, 1<<63), "not a sound safetensors file"},
		{"not JSON", safetensorsFile("{", nil), "not a sound safetensors file"},
		{"other type", safetensorsFile(`{"w":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}`, make([]byte, 8)), `tensor "w": holds F64, not F32`},
		{"data beyond the file", safetensorsFile(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, float), "not a sound safetensors file"},
		{"shape that overflows", safetensorsFile(`{"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}`, float), "not a sound safetensors file"},
		{"negative offset", safetensorsFile(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}`, float), "not a sound safetensors file"},
		{"overlapping", safetensorsFile(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, float), "not a sound safetensors file"},
		{"gap between", safetensorsFile(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}`, make([]byte, 12)), "not a sound safetensors file"},
		{"gap behind", safetensorsFile(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, make([]byte, 8)), "not a sound safetensors file"},
		{"offsets the wrong way", safetensorsFile(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, float), "not a sound safetensors file"},
		{"offset beyond 64 bits", safetensorsFile(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551620]}}`, float), "not a sound safetensors file"},
		{"shape of another length", safetensorsFile(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, float), "not a sound safetensors file"},
		{"negative size", safetensorsFile(`{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, float), "not a sound safetensors file"},
		{"unknown type", safetensorsFile(`{"w":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}`, float), "not a sound safetensors file"},
		{"no element", safetensorsFile(`{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`, nil), "no weight is a scalar or empty"},
		{"no element of a huge shape", safetensorsFile(`{"w":{"dtype":"F32","shape":[0,9223372036854775807,2],"data_offsets":[0,0]}}`, nil), "no weight is a scalar or empty"},
		{"metadata of another type", safetensorsFile(`{"__metadata__":{"format":1}}`, nil), "not a sound safetensors file"},
		{"something behind the header", safetensorsFile(`{}x`, nil), "not a sound safetensors file"},
		{"header that is a number", safetensorsFile(`1`, nil), "not a sound safetensors file"},
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
	t.Run("folder", func(t *testing.T) {
		if _, err := ReadWeights(t.TempDir(), 0); err == nil || !strings.Contains(err.Error(), "is not a file") {
			t.Errorf("error is %v", err)
		}
	})
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
	metadata, err := ReadMetadata(path, weights)
	if err != nil || metadata["mean_image"] != "AAAA" {
		t.Errorf("metadata %v, error %v", metadata, err)
	}
	if _, err := ReadMetadata(path, 1); err == nil {
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
		tensors, err := ReadWeights(path, 0)
		if err != nil {
			return
		}
		for name, value := range tensors {
			if len(value.Float32s()) != value.Shape().TotalSize() {
				t.Errorf("%q holds %d values for the shape %v", name, len(value.Float32s()), value.Shape())
			}
		}
	})
}
