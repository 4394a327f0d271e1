package cifar

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cifartrain/loaders"
)

// TestOpenFindsEveryForm puts the same images into every place where people
// have them.
func TestOpenFindsEveryForm(t *testing.T) {
	one := madeUp()
	records := bytes.Repeat(one, 3) // each batch holds what the script made up
	pickled := must(os.ReadFile("testdata/cpickle"))
	collection := small(records)
	binaryFiles := map[string][]byte{"data_batch_1.bin": one, "data_batch_2.bin": one, "test_batch.bin": one, "batches.meta.txt": nil}
	pythonFiles := map[string][]byte{"data_batch_1": pickled, "data_batch_2": pickled, "test_batch": pickled, "batches.meta": nil}
	for _, test := range []struct {
		name, folder string
		files        map[string][]byte
	}{
		{"binary, the folder itself", "", binaryFiles},
		{"binary, unpacked", "cifar-10-batches-bin", binaryFiles},
		{"python, the folder itself", "", pythonFiles},
		{"python, torchvision's", "cifar-10-batches-py", pythonFiles},
		{"python, Keras's", "cifar-10-batches-py-target/cifar-10-batches-py", pythonFiles},
		{"python, Keras's from its home", "datasets/cifar-10-batches-py-target/cifar-10-batches-py", pythonFiles},
		{"binary archive", "", map[string][]byte{"cifar-10-binary.tar.gz": packFolder("cifar-10-batches-bin", binaryFiles)}},
		{"python archive", "", map[string][]byte{"cifar-10-python.tar.gz": packFolder("cifar-10-batches-py", pythonFiles)}},
		{"Keras 2's archive", "", map[string][]byte{"cifar-10-batches-py.tar.gz": packFolder("cifar-10-batches-py", pythonFiles)}},
		{"unpacked before its archive", "", map[string][]byte{"cifar-10-python.tar.gz": nil, "cifar-10-batches-py/data_batch_1": pickled,
			"cifar-10-batches-py/data_batch_2": pickled, "cifar-10-batches-py/test_batch": pickled}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, content := range test.files {
				writeFile(t, filepath.Join(dir, test.folder, name), content)
			}
			dataset, err := collection.Open(t.Context(), dir)
			wantDataset(t, dataset, err, records)
		})
	}
}

func TestOpenCanceled(t *testing.T) {
	dir := t.TempDir()
	writeBinary(t, dir, randomRecords(1, 9))
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Ten.Open(canceled, dir); err != context.Canceled {
		t.Errorf("error %v, want the context's", err)
	}
}

// TestOpenFaults damages files of the binary version, which lie in the folder that the
// user names or in the archive's folder in it.
func TestOpenFaults(t *testing.T) {
	remedies := map[string]string{
		".":                    "; unpack the archive again there, or name another folder",
		"cifar-10-batches-bin": "; unpack the archive again or delete the folder to have it fetched",
	}
	records := randomRecords(1, 9)
	file := func(name string, content []byte) func(*testing.T, string) {
		return func(t *testing.T, dir string) { writeFile(t, filepath.Join(dir, name), content) }
	}
	first := func() []byte { return bytes.Clone(records[:3*recordSize]) }
	mislabeled := first()
	mislabeled[2*recordSize] = 17
	for _, test := range []struct {
		name   string
		damage func(t *testing.T, dir string)
		want   string
	}{
		{"missing", func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, "data_batch_2.bin")) }, "FOLDER/data_batch_2.bin is missing"},
		{"empty", file("data_batch_1.bin", nil), "FOLDER/data_batch_1.bin: byte 0: the file ends here, 9219 bytes short of the 9219 bytes of its 3 records"},
		{"cut short", file("data_batch_1.bin", records[:5000]), "FOLDER/data_batch_1.bin: byte 5000: the file ends here, 4219 bytes short of the 9219 bytes of its 3 records"},
		{"too long", file("test_batch.bin", append(records[6*recordSize:], 0)), "FOLDER/test_batch.bin: byte 9219: the file goes on after its 3 records, so it is not one of CIFAR's"},
		{"label", file("data_batch_2.bin", mislabeled), "FOLDER/data_batch_2.bin: byte 6146: record 2: label 17 is not in 0-9"},
		{"checksum", file("data_batch_1.bin", make([]byte, 3*recordSize)), fmt.Sprintf(
			"FOLDER/data_batch_1.bin: byte 0: the SHA-256 of its images is %x, but the published one is %x: the file is damaged", sha256.Sum256(make([]byte, 3*recordSize)), sha256.Sum256(first()))},
		{"a folder in a file's place", func(t *testing.T, dir string) {
			path := filepath.Join(dir, "data_batch_1.bin")
			if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o777)); err != nil {
				t.Fatal(err)
			}
		}, "FOLDER/data_batch_1.bin is not a file"},
		{"no permission", func(t *testing.T, dir string) {
			if os.Geteuid() == 0 {
				t.Skip("root may read everything")
			}
			if err := os.Chmod(filepath.Join(dir, "data_batch_1.bin"), 0); err != nil {
				t.Fatal(err)
			}
		}, "open FOLDER/data_batch_1.bin: permission denied; give this user the permission to read it"},
		{"several", func(t *testing.T, dir string) {
			os.Remove(filepath.Join(dir, "data_batch_1.bin"))
			os.Remove(filepath.Join(dir, "data_batch_2.bin"))
		}, "FOLDER/data_batch_1.bin is missing\nFOLDER/data_batch_2.bin is missing"},
	} {
		for where, remedy := range remedies {
			if strings.Contains(test.want, ";") { // it names a remedy of its own
				remedy = ""
			}
			t.Run(test.name+" in "+where, func(t *testing.T) {
				named := t.TempDir()
				dir := filepath.Join(named, where)
				writeBinary(t, dir, records)
				test.damage(t, dir)
				dataset, err := small(records).Open(t.Context(), named)
				if dataset != nil {
					t.Error("there is a dataset all the same")
				}
				wantMessage(t, err, dir, test.want+remedy)
			})
		}
	}
}

// hundred are the files of a made-up CIFAR-100, binary version, with 2 and 1
// images, and the records that they mean.
func hundred() (c *Collection, files map[string][]byte, records []byte) {
	copied := *Hundred
	copied.train, copied.test = []batch{{file: "train", records: 2}}, []batch{{file: "test", records: 1}}
	records = randomRecords(3, 3)
	coarse := func(from, to int) (content []byte) {
		for i := from; i < to; i++ {
			content = append(append(content, byte(20-i)), records[i*recordSize:(i+1)*recordSize]...)
		}
		return content
	}
	return &copied, map[string][]byte{"train.bin": coarse(0, 2), "test.bin": coarse(2, 3), "fine_label_names.txt": []byte("apple\naquarium_fish\nbaby\n")}, records
}

func TestOpenCIFAR100(t *testing.T) {
	collection, files, records := hundred()
	dir := t.TempDir()
	for name, content := range files {
		writeFile(t, filepath.Join(dir, "cifar-100-binary", name), content)
	}
	dataset := must(collection.Open(t.Context(), dir))
	if loaders.Checksum(dataset.Train, dataset.Test) != loaders.Checksum(loaders.NewImages(Shape, records)) {
		t.Error("the images do not have their fine labels")
	}
	if diff := cmp.Diff([]string{"apple", "aquarium_fish", "baby"}, dataset.Classes); diff != "" || dataset.Name != "CIFAR-100" {
		t.Errorf("%s, classes (-want +got):\n%s", dataset.Name, diff)
	}

	writeFile(t, filepath.Join(dir, "cifar-100-binary", "fine_label_names.txt"), []byte("apple\nbaby\n"))
	_, err := collection.Open(t.Context(), dir)
	wantMessage(t, err, dir, "FOLDER/cifar-100-binary: image 2 has the label 2, but fine_label_names.txt names only 2 classes; "+
		"unpack the archive again or delete the folder to have it fetched")
	writeFile(t, filepath.Join(dir, "cifar-100-binary", "fine_label_names.txt"), []byte("apple\nbaby\napple\n"))
	_, err = collection.Open(t.Context(), dir)
	wantMessage(t, err, dir, `FOLDER/cifar-100-binary: fine_label_names.txt names the class "apple" twice; `+
		"unpack the archive again or delete the folder to have it fetched")
	os.Remove(filepath.Join(dir, "cifar-100-binary", "fine_label_names.txt"))
	_, err = collection.Open(t.Context(), dir)
	wantMessage(t, err, dir, "FOLDER/cifar-100-binary/fine_label_names.txt is missing; unpack the archive again or delete the folder to have it fetched")
}

func realDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("CIFAR10_DIR")
	if dir == "" {
		t.Skip("CIFAR10_DIR names no folder with CIFAR-10's binary version")
	}
	return dir
}

// The real files, where CIFAR10_DIR names their folder.
func TestCIFAR10(t *testing.T) {
	data := must(Ten.Open(t.Context(), realDir(t)))
	for _, part := range []struct {
		name     string
		images   loaders.Images
		perClass int
	}{{"training", data.Train, 5000}, {"test", data.Test, 1000}} {
		count := make([]int, len(Classes))
		for i := range part.images.Len() {
			count[part.images.Label(i)]++
		}
		for label, n := range count {
			if n != part.perClass {
				t.Errorf("%d %s images of %s, want %d", n, part.name, Classes[label], part.perClass)
			}
		}
	}
	// The means that every CIFAR-10 recipe normalizes with.
	for plane, want := range []float64{0.4914, 0.4822, 0.4465} {
		sum := 0
		for i := range data.Train.Len() {
			for _, b := range data.Train.Pixels(i)[plane*1024 : (plane+1)*1024] {
				sum += int(b)
			}
		}
		mean := float64(sum) / 255 / float64(data.Train.Len()*1024)
		if math.Abs(mean-want) > 0.00005 {
			t.Errorf("mean of color plane %d is %.6f, want %.4f", plane, mean, want)
		}
	}
}

// TestRealPythonVersion has the script write the python version of the real
// CIFAR-10 and reads it, unpacked and from its archive.
func TestRealPythonVersion(t *testing.T) {
	dir := realDir(t)
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3")
	}
	want := must(Ten.Open(t.Context(), dir))
	found := must(Ten.find(dir))
	unpacked, archived := t.TempDir(), t.TempDir()
	folder := filepath.Join(unpacked, "cifar-10-batches-py")
	if output, err := exec.Command(python, "testdata/python.py", found.path, folder).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	files := make(map[string][]byte)
	for _, b := range Ten.batches() {
		files[b.file] = must(os.ReadFile(filepath.Join(folder, b.file)))
	}
	writeFile(t, filepath.Join(archived, "cifar-10-python.tar.gz"), packFolder("cifar-10-batches-py", files))
	for _, dir := range []string{unpacked, archived} {
		got := must(Ten.Open(t.Context(), dir))
		if got.Checksum != want.Checksum || loaders.Checksum(got.Train, got.Test) != loaders.Checksum(want.Train, want.Test) {
			t.Errorf("%s holds other images than the binary version", dir)
		}
	}
}
