package cifar

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cifartrain/loaders"
)

// randomRecords are count records of arbitrary pixels, labeled 0 to 9 in turn.
func randomRecords(seed uint64, count int) []byte {
	records := make([]byte, count*recordSize)
	rand.NewChaCha8([32]byte{byte(seed)}).Read(records)
	for i := range count {
		records[i*recordSize] = byte(i % len(Classes))
	}
	return records
}

// madeUp are the three records that testdata/python.py makes up.
func madeUp() []byte {
	records := make([]byte, 3*recordSize)
	for i := range records {
		n, j := i/recordSize, i%recordSize-1
		if j < 0 {
			records[i] = byte(7 * n % 10)
		} else {
			records[i] = byte(31*n + 7*j + j/256)
		}
	}
	return records
}

// small is CIFAR-10 with two training batches and a test batch that share the
// records given.
func small(records []byte) *Collection {
	c := *Ten
	c.train = nil
	size := len(records) / 3
	for i, file := range []string{"data_batch_1", "data_batch_2", "test_batch"} {
		content := records[i*size : (i+1)*size]
		c.train = append(c.train, batch{file: file, records: size / recordSize, sha256: fmt.Sprintf("%x", sha256.Sum256(content))})
	}
	c.train, c.test = c.train[:2:2], c.train[2:]
	return &c
}

// writeBinary writes a small collection's files of the binary version into dir.
func writeBinary(t *testing.T, dir string, records []byte) {
	t.Helper()
	size := len(records) / 3
	for i, name := range []string{"data_batch_1.bin", "data_batch_2.bin", "test_batch.bin"} {
		writeFile(t, filepath.Join(dir, name), records[i*size:(i+1)*size])
	}
}

// writeFile writes a file, and the folders above it.
func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, content, 0o666)); err != nil {
		t.Fatal(err)
	}
}

// wantDataset fails unless the dataset holds records, the training images'
// first, and has the checksum of a small collection of them.
func wantDataset(t *testing.T, dataset *loaders.Dataset, err error, records []byte) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if loaders.Checksum(dataset.Train, dataset.Test) != loaders.Checksum(loaders.NewImages(Shape, records)) {
		t.Error("the images are not those of the files in order")
	}
	var sums string
	for _, b := range small(records).batches() {
		sums += b.sha256
	}
	if want := fmt.Sprintf("%x", sha256.Sum256([]byte(sums))); dataset.Checksum != want {
		t.Errorf("the checksum is %s, want %s", dataset.Checksum, want)
	}
	if dataset.Name != "CIFAR-10" || dataset.StandsInBecause != "" || dataset.Shape != Shape {
		t.Errorf("the dataset is %q of shape %v and stands in because %q", dataset.Name, dataset.Shape, dataset.StandsInBecause)
	}
	if diff := cmp.Diff(Classes, dataset.Classes); diff != "" {
		t.Errorf("classes (-want +got):\n%s", diff)
	}
}

// wantMessage fails unless err says want, in which FOLDER stands for dir.
func wantMessage(t *testing.T, err error, dir, want string) {
	t.Helper()
	if diff := cmp.Diff(want, strings.ReplaceAll(fmt.Sprint(err), dir, "FOLDER")); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

// must returns a value that a test cannot do without; an error ends the test at once.
func must[V any](value V, err error) V {
	if err != nil {
		panic(err)
	}
	return value
}
