package runfolder

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
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

// TestReadTorch reads what torch.save wrote, in both of its formats, as it is
// and copied into a run folder.
func TestReadTorch(t *testing.T) {
	folder := create(t)
	for _, name := range []string{"weights.pth", "weights_legacy.pth"} {
		path := filepath.Join("testdata", name)
		if err := folder.CopyWeights(InitialWeightsFile, path); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{path, folder.File(InitialWeightsFile)} {
			tensors, err := ReadWeights(path, 8)
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]struct {
				shape  []int
				values []float32
			}{
				"fc.weight": {[]int{2, 3}, []float32{0, 2, 4, 1, 3, 5}},
				"fc.bias":   {[]int{2}, []float32{8, 9}},
			} {
				if tensors[name] == nil {
					t.Fatalf("%s has no %s", path, name)
				}
				if diff := cmp.Diff(want.values, tensors[name].Float32s()); diff != "" {
					t.Errorf("%s of %s (-want +got):\n%s", name, path, diff)
				}
				if diff := cmp.Diff(want.shape, []int(tensors[name].Shape())); diff != "" {
					t.Errorf("shape of %s of %s (-want +got):\n%s", name, path, diff)
				}
			}
			if len(tensors) != 2 {
				t.Errorf("%s holds %d tensors, want 2", path, len(tensors))
			}
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
	whole, legacy := torchFile(t, "weights.pth"), torchFile(t, "weights_legacy.pth")
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
	long := bytes.Clone(legacy)
	six := binary.LittleEndian.AppendUint64(nil, 6)
	binary.LittleEndian.PutUint64(long[bytes.LastIndex(long, six):], 1<<40)
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
		{"legacy, cut short", legacy[:len(legacy)-2], "a storage of float32 runs past the end of the file"},
		{"legacy, no storages", legacy[:100], "runs past the end of the file"},
		{"legacy, a huge storage", long, "a storage of float32 runs past the end of the file"},
		{"legacy, only its beginning", []byte(torchLegacy), "byte 15: the pickle ends too early"},
		{"float64", torchFile(t, "double.pth"), `tensor "fc.weight": its numbers are not float32; save with torch.save(model.float().state_dict(), ...)`},
		{"a whole module", torchFile(t, "module.pth"), "asks for torch.nn.modules.linear.Linear; only weights are read; save with torch.save(model.state_dict(), ...)"},
		{"a checkpoint", torchFile(t, "nested.pth"), `is not a state_dict: its "epoch" is not a tensor; save with torch.save(model.state_dict(), ...)`},
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
