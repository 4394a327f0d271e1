package cifar

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"cifartrain/loaders"
)

// randomRecords are count records of arbitrary pixels, labelled 0 to 9 in turn.
func randomRecords(seed uint64, count int) []byte {
	records := make([]byte, count*recordSize)
	rand.NewChaCha8([32]byte{byte(seed)}).Read(records)
	for i := range count {
		records[i*recordSize] = byte(i % len(Classes))
	}
	return records
}

// A smallFolder holds two training files and a test file of three records each.
type smallFolder struct {
	dir         string
	train, test []dataFile
	records     []byte // of all files in order
}

func newSmallFolder(t *testing.T) smallFolder {
	small := smallFolder{dir: t.TempDir(), records: randomRecords(1, 9)}
	for i, name := range []string{"data_batch_1.bin", "data_batch_2.bin", "test_batch.bin"} {
		content := small.records[i*3*recordSize : (i+1)*3*recordSize]
		writeFile(t, filepath.Join(small.dir, name), content)
		small.train = append(small.train, dataFile{name, fmt.Sprintf("%x", sha256.Sum256(content))})
	}
	small.train, small.test = small.train[:2], small.train[2:]
	return small
}

func (s smallFolder) read() (*loaders.Dataset, error) { return readFiles(s.dir, s.train, s.test, 3) }

// change rewrites one of the folder's files.
func (s smallFolder) change(t *testing.T, name string, edit func(content []byte) []byte) {
	t.Helper()
	path := filepath.Join(s.dir, name)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, edit(content))
}

func TestReadFiles(t *testing.T) {
	small := newSmallFolder(t)
	data, err := small.read()
	if err != nil {
		t.Fatal(err)
	}
	if data.Train.Len() != 6 || data.Test.Len() != 3 {
		t.Errorf("%d training and %d test images, want 6 and 3", data.Train.Len(), data.Test.Len())
	}
	if loaders.Checksum(data.Train, data.Test) != loaders.Checksum(loaders.NewImages(Shape, small.records)) {
		t.Error("the images are not the files' in order")
	}
	if data.Name != "CIFAR-10" || data.StandsInBecause != "" {
		t.Errorf("the dataset is %q and stands in because %q", data.Name, data.StandsInBecause)
	}
}

func TestReadFilesFaults(t *testing.T) {
	const remedy = "; unpack the archive again or delete the folder to have it fetched"
	for _, test := range []struct {
		name   string
		damage func(t *testing.T, small smallFolder)
		want   string // FOLDER is the folder's path
	}{
		{"missing", func(t *testing.T, small smallFolder) {
			os.Remove(filepath.Join(small.dir, "data_batch_2.bin"))
		}, "FOLDER/data_batch_2.bin is missing"},
		{"empty", func(t *testing.T, small smallFolder) {
			small.change(t, "data_batch_1.bin", func([]byte) []byte { return nil })
		}, "FOLDER/data_batch_1.bin: byte 0: the file ends here, 9219 bytes short of the 9219 that 3 records need"},
		{"too long", func(t *testing.T, small smallFolder) {
			small.change(t, "test_batch.bin", func(content []byte) []byte { return append(content, 0) })
		}, "FOLDER/test_batch.bin: byte 9219: the file goes on after its 3 records: it is not the binary version's"},
		{"label", func(t *testing.T, small smallFolder) {
			small.change(t, "data_batch_2.bin", func(content []byte) []byte { content[2*recordSize] = 17; return content })
		}, "FOLDER/data_batch_2.bin: byte 6146: record 2: label 17 is not in 0-9"},
		{"checksum", func(t *testing.T, small smallFolder) {
			small.change(t, "data_batch_1.bin", func([]byte) []byte { return make([]byte, 3*recordSize) })
		}, fmt.Sprintf("FOLDER/data_batch_1.bin: byte 0: the SHA-256 sum is %x, the published one is %x: the file is damaged",
			sha256.Sum256(make([]byte, 3*recordSize)), sha256.Sum256(randomRecords(1, 9)[:3*recordSize]))},
		{"a folder in a file's place", func(t *testing.T, small smallFolder) {
			path := filepath.Join(small.dir, "data_batch_1.bin")
			if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o777)); err != nil {
				t.Fatal(err)
			}
		}, "read FOLDER/data_batch_1.bin: is a directory"},
		{"no permission", func(t *testing.T, small smallFolder) {
			skipAsRoot(t)
			if err := os.Chmod(filepath.Join(small.dir, "data_batch_1.bin"), 0); err != nil {
				t.Fatal(err)
			}
		}, "open FOLDER/data_batch_1.bin: permission denied"},
		{"several", func(t *testing.T, small smallFolder) {
			small.change(t, "data_batch_1.bin", func(content []byte) []byte { return content[:5000] })
			os.Remove(filepath.Join(small.dir, "data_batch_2.bin"))
			small.change(t, "test_batch.bin", func(content []byte) []byte { content[0] = 10; return content })
		}, "FOLDER/data_batch_1.bin: byte 5000: the file ends here, 4219 bytes short of the 9219 that 3 records need\n" +
			"FOLDER/data_batch_2.bin is missing\n" +
			"FOLDER/test_batch.bin: byte 0: record 0: label 10 is not in 0-9"},
	} {
		t.Run(test.name, func(t *testing.T) {
			small := newSmallFolder(t)
			test.damage(t, small)
			_, err := small.read()
			want := strings.ReplaceAll(test.want, "FOLDER", small.dir) + remedy
			if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// skipAsRoot skips a test of permissions, which don't bind root.
func skipAsRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
}

func TestReadRecords(t *testing.T) {
	records := randomRecords(2, 3)
	for _, test := range []struct {
		name string
		slow func(io.Reader) io.Reader
	}{
		{"at once", func(r io.Reader) io.Reader { return r }},
		{"byte by byte", iotest.OneByteReader},
		{"in halves", iotest.HalfReader},
		{"end with the last bytes", iotest.DataErrReader},
		{"in fits", func(r io.Reader) io.Reader { return &stutteringReader{source: r} }},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := make([]byte, len(records))
			if err := readRecords(test.slow(bytes.NewReader(records)), "data_batch_3.bin", got); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, records) {
				t.Error("the records are not the source's")
			}
			longer := test.slow(bytes.NewReader(append(bytes.Clone(records), 0)))
			wantFormatError(t, readRecords(longer, "data_batch_3.bin", got), 9219, "goes on after its 3 records")
		})
	}
}

// A stutteringReader returns no bytes, as a reader may, before it returns some.
type stutteringReader struct {
	source io.Reader
	ready  bool
}

func (r *stutteringReader) Read(p []byte) (int, error) {
	if r.ready = !r.ready; r.ready {
		return 0, nil
	}
	return r.source.Read(p)
}

// wantFormatError fails unless err is a fault of data_batch_3.bin at offset.
func wantFormatError(t *testing.T, err error, offset int64, words string) {
	t.Helper()
	var format *loaders.FormatError
	if !errors.As(err, &format) {
		t.Fatalf("error %v is no loaders.FormatError", err)
	}
	if format.File != "data_batch_3.bin" || format.Offset != offset || !strings.Contains(format.Reason, words) {
		t.Errorf("error %+v, want one at byte %d that says %q", *format, offset, words)
	}
}

func TestReadRecordsTruncated(t *testing.T) {
	records := randomRecords(3, 3)
	for _, length := range []int{0, 1, 2, recordSize - 1, recordSize, recordSize + 1, 2 * recordSize, len(records) - 1} {
		err := readRecords(bytes.NewReader(records[:length]), "data_batch_3.bin", make([]byte, len(records)))
		wantFormatError(t, err, int64(length), fmt.Sprintf("%d bytes short of the 9219 that 3 records need", len(records)-length))
	}
}

func TestReadRecordsLabel(t *testing.T) {
	records := randomRecords(4, 900)
	records[812*recordSize] = 17
	records[899*recordSize] = 255 // the first one is reported
	err := readRecords(bytes.NewReader(records), "data_batch_3.bin", make([]byte, len(records)))
	const want = "data_batch_3.bin: byte 2495276: record 812: label 17 is not in 0-9"
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

func TestReadRecordsFailingReader(t *testing.T) {
	fault := errors.New("input/output error")
	for name, fault := range map[string]error{
		"plain":           fault,
		"naming the path": &fs.PathError{Op: "read", Path: "data_batch_3.bin", Err: fault},
	} {
		t.Run(name, func(t *testing.T) {
			source := io.MultiReader(bytes.NewReader(make([]byte, 5000)), iotest.ErrReader(fault))
			err := readRecords(source, "data_batch_3.bin", make([]byte, 2*recordSize))
			const want = "read data_batch_3.bin: input/output error"
			if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever the source holds, readRecords accepts exactly what the format allows.
func FuzzReadRecords(f *testing.F) {
	two := randomRecords(5, 2)
	f.Add(two, uint8(2))
	f.Add(two[:recordSize], uint8(1))
	f.Add(two[:5000], uint8(2))
	f.Add(two, uint8(1))
	f.Add([]byte{}, uint8(0))
	f.Add(append([]byte{17}, two[1:]...), uint8(2))
	f.Fuzz(func(t *testing.T, source []byte, count uint8) {
		records := make([]byte, int(count%4)*recordSize)
		valid := len(source) == len(records)
		for i := 0; i < len(source); i += recordSize {
			valid = valid && source[i] <= 9
		}
		err := readRecords(bytes.NewReader(source), "data_batch_3.bin", records)
		if valid != (err == nil) {
			t.Fatalf("error %v for %d bytes in %d records' place", err, len(source), len(records)/recordSize)
		}
		if err == nil && !bytes.Equal(records, source) {
			t.Fatal("the records are not the source's")
		}
		var format *loaders.FormatError
		if err != nil && (!errors.As(err, &format) || format.Offset < 0 || format.Offset > int64(len(source))) {
			t.Fatalf("error %v shows no place in %d bytes", err, len(source))
		}
	})
}

func TestFind(t *testing.T) {
	mkdir := func(t *testing.T, path string) {
		t.Helper()
		if err := os.MkdirAll(path, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name    string
		prepare func(t *testing.T, dir string)
		folder  string // found below dir
		err     string // or this error; FOLDER is dir
	}{
		{"the folder itself", func(t *testing.T, dir string) {
			mkdir(t, dir)
			writeFile(t, filepath.Join(dir, "test_batch.bin"), nil)
		}, ".", ""},
		{"the archive's folder", func(t *testing.T, dir string) {
			mkdir(t, filepath.Join(dir, archiveFolder))
			writeFile(t, filepath.Join(dir, archiveFolder, "data_batch_4.bin"), nil)
		}, archiveFolder, ""},
		{"both", func(t *testing.T, dir string) {
			mkdir(t, filepath.Join(dir, archiveFolder))
			writeFile(t, filepath.Join(dir, archiveFolder, "data_batch_1.bin"), nil)
			writeFile(t, filepath.Join(dir, "data_batch_1.bin"), nil)
		}, ".", ""},
		{"no folder", func(t *testing.T, dir string) {}, "", "file does not exist"},
		{"other files", func(t *testing.T, dir string) {
			mkdir(t, filepath.Join(dir, archiveFolder))
			writeFile(t, filepath.Join(dir, "data_batch_1"), nil)
			writeFile(t, filepath.Join(dir, archiveFolder, "batches.meta.txt"), nil)
		}, "", "file does not exist"},
		{"a file", func(t *testing.T, dir string) { writeFile(t, dir, nil) },
			"", "FOLDER is a file, not a folder: name the folder that holds data_batch_1.bin"},
		{"unreadable", func(t *testing.T, dir string) {
			skipAsRoot(t)
			mkdir(t, dir)
			if err := os.Chmod(dir, 0); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.Chmod(dir, 0o777) })
		}, "", "lstat FOLDER/data_batch_1.bin: permission denied"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			test.prepare(t, dir)
			folder, err := Find(dir)
			if test.err == "" {
				if want := filepath.Join(dir, test.folder); folder != want || err != nil {
					t.Errorf("found %q, error %v; want %q", folder, err, want)
				}
				return
			}
			if want := strings.ReplaceAll(test.err, "FOLDER", dir); fmt.Sprint(err) != want {
				t.Errorf("found %q, error %v; want the error %s", folder, err, want)
			}
		})
	}
}

// The real files, where CIFAR10_DIR names their folder.
func TestCIFAR10(t *testing.T) {
	dir := os.Getenv("CIFAR10_DIR")
	if dir == "" {
		t.Skip("CIFAR10_DIR names no folder with CIFAR-10's binary version")
	}
	data, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
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
	// The means that every CIFAR-10 recipe normalises with.
	for plane, want := range []float64{0.4914, 0.4822, 0.4465} {
		sum := 0
		for i := range data.Train.Len() {
			for _, b := range data.Train.Pixels(i)[plane*1024 : (plane+1)*1024] {
				sum += int(b)
			}
		}
		mean := float64(sum) / 255 / float64(data.Train.Len()*1024)
		if math.Abs(mean-want) > 0.00005 {
			t.Errorf("mean of colour plane %d is %.6f, want %.4f", plane, mean, want)
		}
	}
}
