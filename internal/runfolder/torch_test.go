package runfolder

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// torchFile is the content of a file that testdata/torch_save.py wrote.
func torchFile(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// TestReadTorch reads what torch.save wrote, as it is and copied into a run folder.
func TestReadTorch(t *testing.T) {
	folder, original := create(t), filepath.Join("testdata", "weights.pth")
	if err := folder.CopyWeights(InitialWeightsFile, original); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{original, folder.File(InitialWeightsFile)} {
		expectWeights(t, path, map[string]weights{"fc.weight": {[]int{2, 3}, []float32{0, 2, 4, 1, 3, 5}}, "fc.bias": {[]int{2}, []float32{8, 9}}})
	}
}

// TestReadWrapped reads weights that lie in a checkpoint, or whose names have what
// torch puts before them.
func TestReadWrapped(t *testing.T) {
	for name, want := range map[string][]string{
		"weights.pth": nil, "nested.pth": {"model"}, "norm.pth": {"model_state_dict", "module.", "_orig_mod."}, "norm.safetensors": {"module.", "_orig_mod."},
	} {
		held, err := ReadWeights(filepath.Join("testdata", name), 8)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, held.Wrappings); diff != "" {
			t.Errorf("wrappings of %s (-want +got):\n%s", name, diff)
		}
		if !strings.HasPrefix(name, "norm") {
			continue
		}
		// Three batches were counted, in a whole number without a dimension.
		if count := held.Tensors["1.num_batches_tracked"]; len(held.Tensors) != 7 || count == nil || count.Dims() != 1 || count.Float32s()[0] != 3 {
			t.Errorf("%s holds %v", name, held.Tensors)
		}
	}
}

// repacked is a zip of torch's with the content of data.pkl changed, and its
// members compressed or not.
func repacked(t *testing.T, content []byte, method uint16, change func(pickle []byte) []byte) []byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	writer := zip.NewWriter(&out)
	for _, member := range archive.File {
		file, err := member.Open()
		if err != nil {
			t.Fatal(err)
		}
		held, err := io.ReadAll(file)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(member.Name) == "data.pkl" {
			held = change(held)
		}
		into, err := writer.CreateHeader(&zip.FileHeader{Name: member.Name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := into.Write(held); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestReadTorchRefuses reads files that are hostile, damaged or of something
// else. Each is refused by name, and none costs memory that it does not have.
func TestReadTorchRefuses(t *testing.T) {
	whole := torchFile(t, "weights.pth")
	same := func(pickle []byte) []byte { return pickle }
	replaced := func(old, new string) func([]byte) []byte {
		return func(pickle []byte) []byte {
			if !bytes.Contains(pickle, []byte(old)) {
				t.Fatalf("the pickle has no %q", old)
			}
			return bytes.Replace(pickle, []byte(old), []byte(new), 1)
		}
	}
	flipped := bytes.Clone(whole)
	flipped[bytes.Index(flipped, []byte{0, 0, 0x80, 0x3f})] ^= 1 // the float 1
	for _, test := range []struct {
		name    string
		content []byte
		words   string
	}{
		{"nothing after the beginning", []byte(torchZip), "is not a sound file of torch.save: zip: not a valid zip file"},
		{"cut short", whole[:len(whole)-100], "zip: not a valid zip file"},
		{"a flipped bit", flipped, "zip: checksum error"},
		{"compressed", repacked(t, whole, zip.Deflate, same), "is compressed, which torch never does"},
		{"a global that would be called", repacked(t, whole, zip.Store, func([]byte) []byte { return []byte("\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R.") }), "asks for posix.system; only weights are read"},
		{"an operation that would call", repacked(t, whole, zip.Store, func([]byte) []byte { return []byte("\x80\x02(iposix\nsystem\n.") }), "the pickle operation 'i' is not one"},
		{"a huge storage", repacked(t, whole, zip.Store, replaced("cpuq\x06K\x06", "cpuq\x06J\xff\xff\xff\x7f")), "the number 2147483647 is larger"},
		{"a storage larger than its file", repacked(t, whole, zip.Store, replaced("cpuq\x06K\x06", "cpuq\x06M\xff\xff")), "is not a sound file of torch.save: EOF"},
		{"a huge tensor", repacked(t, whole, zip.Store, replaced("K\x02K\x03\x86", "M\xff\xffM\xff\xff\x86")), "is larger than its storage of 6 elements"},
		{"no dictionary", repacked(t, whole, zip.Store, func([]byte) []byte { return []byte("\x80\x02]q\x00.") }), "is not a state_dict; save with torch.save(model.state_dict(), ...)"},
		{"float64", torchFile(t, "double.pth"), `tensor "fc.weight": its numbers are not float32; save with torch.save(model.float().state_dict(), ...)`},
		{"a whole module", torchFile(t, "module.pth"), "asks for torch.nn.modules.linear.Linear; only weights are read; save with torch.save(model.state_dict(), ...)"},
		{"a checkpoint without weights", repacked(t, torchFile(t, "nested.pth"), zip.Store, replaced("model", "other")), `is not a state_dict: its "epoch" is not a tensor; save with torch.save(model.state_dict(), ...)`},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "model.pth")
			if err := os.WriteFile(path, test.content, 0o666); err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := ReadWeights(path, 8)
			runtime.ReadMemStats(&after)
			var fault *WeightsError
			if !errors.As(err, &fault) || fault.Path != path || !strings.Contains(err.Error(), test.words) {
				t.Errorf("error %v, want one of %s that says %q", err, path, test.words)
			}
			if cost := after.TotalAlloc - before.TotalAlloc; cost > 4<<20 {
				t.Errorf("reading it took %d bytes", cost)
			}
		})
	}
}
