package idx

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cifartrain/loaders"
)

// encode writes an idx file of bytes.
func encode(elements []byte, sizes ...uint32) []byte {
	content := []byte{0, 0, 8, byte(len(sizes))}
	for _, size := range sizes {
		content = binary.BigEndian.AppendUint32(content, size)
	}
	return append(content, elements...)
}

func zip(content []byte) []byte {
	var zipped bytes.Buffer
	writer := gzip.NewWriter(&zipped)
	writer.Write(content)
	writer.Close()
	return zipped.Bytes()
}

// small are files of three training images and a test image of 2 × 3 pixels.
func small() map[string][]byte {
	return map[string][]byte{
		"train-images-idx3-ubyte": encode([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18}, 3, 2, 3),
		"train-labels-idx1-ubyte": encode([]byte{9, 0, 4}, 3),
		"t10k-images-idx3-ubyte":  encode([]byte{21, 22, 23, 24, 25, 26}, 1, 2, 3),
		"t10k-labels-idx1-ubyte":  encode([]byte{5}, 1),
	}
}

func write(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOpen finds the same files where people have them.
func TestOpen(t *testing.T) {
	changed := func(change func(name string, content []byte) (string, []byte)) map[string][]byte {
		files := make(map[string][]byte)
		for name, content := range small() {
			name, content = change(name, content)
			files[name] = content
		}
		return files
	}
	zipped := changed(func(name string, content []byte) (string, []byte) { return name + ".gz", zip(content) })
	for _, test := range []struct {
		name, folder string
		files        map[string][]byte
	}{
		{"torchvision's folder", "FashionMNIST/raw", small()},
		{"torchvision's folder before unpacking", "FashionMNIST/raw", zipped},
		{"the folder itself", "", small()},
		{"the folder itself, compressed", "", zipped},
		{"raw", "raw", small()},
		{"dots", "", changed(func(name string, content []byte) (string, []byte) {
			return strings.Replace(name, "-idx", ".idx", 1), content
		})},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, test.folder), test.files)
			got, err := Fashion.Open(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			if want := (loaders.Shape{Channels: 1, Height: 2, Width: 3}); got.Name != "Fashion-MNIST" || got.Shape != want || got.Checksum == "" {
				t.Errorf("it is %s of shape %v, want Fashion-MNIST of %v", got.Name, got.Shape, want)
			}
			if diff := cmp.Diff(Fashion.Classes, got.Classes); diff != "" {
				t.Errorf("classes (-want +got):\n%s", diff)
			}
			if got.Train.Len() != 3 || got.Train.Label(0) != 9 || got.Train.Label(2) != 4 || !bytes.Equal(got.Train.Pixels(1), []byte{7, 8, 9, 10, 11, 12}) {
				t.Errorf("%d training images, labels %d and %d, second image %v", got.Train.Len(), got.Train.Label(0), got.Train.Label(2), got.Train.Pixels(1))
			}
			if got.Test.Len() != 1 || got.Test.Label(0) != 5 || got.Test.Pixels(0)[0] != 21 {
				t.Errorf("%d test images, label %d, first pixel %d", got.Test.Len(), got.Test.Label(0), got.Test.Pixels(0)[0])
			}
		})
	}
}

// TestOpenTellsCollectionsApart has both in torchvision's root.
func TestOpenTellsCollectionsApart(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "FashionMNIST", "raw"), small())
	if _, err := Digits.Open(t.Context(), dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want fs.ErrNotExist", err)
	}
	other := small()
	other["t10k-labels-idx1-ubyte"] = encode([]byte{7}, 1)
	write(t, filepath.Join(dir, "MNIST", "raw"), other)
	digits, err := Digits.Open(t.Context(), dir)
	if err != nil || digits.Test.Label(0) != 7 || digits.Classes[7] != "7" {
		t.Errorf("error %v, or the label is not MNIST's", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, test := range []struct {
		name, file string
		content    []byte // nil for none
		want       string
	}{
		{"missing", "t10k-labels-idx1-ubyte", nil, "FOLDER/t10k-labels-idx1-ubyte is missing: unpack Fashion-MNIST again or copy the file there"},
		{"empty", "train-images-idx3-ubyte", []byte{}, "FOLDER/train-images-idx3-ubyte: byte 0: the file ends within its header: download it again"},
		{"cut in the header", "train-labels-idx1-ubyte", encode(nil, 3)[:6], "FOLDER/train-labels-idx1-ubyte: byte 6: the file ends within its header: download it again"},
		{"cut short", "train-labels-idx1-ubyte", encode([]byte{1, 2}, 3), "FOLDER/train-labels-idx1-ubyte: byte 10: the file ends 1 bytes short of the 3 bytes in its header: download it again"},
		{"too long", "train-labels-idx1-ubyte", encode([]byte{1, 2, 3, 4}, 3), "FOLDER/train-labels-idx1-ubyte: byte 11: the file goes on after the 3 bytes in its header"},
		{"no idx", "train-images-idx3-ubyte", []byte("\x89PNG............."), "FOLDER/train-images-idx3-ubyte: byte 0: it begins with 89 50 4e 47 instead of 00 00 08 03: it is not an idx file of bytes in 3 dimensions"},
		{"labels for images", "train-images-idx3-ubyte", append(encode([]byte{9, 0, 4}, 3), make([]byte, 20)...), "FOLDER/train-images-idx3-ubyte: byte 0: it begins with 00 00 08 01 instead of 00 00 08 03: it is not an idx file of bytes in 3 dimensions"},
		{"no images", "train-images-idx3-ubyte", encode(nil, 0, 2, 3), "FOLDER/train-images-idx3-ubyte: byte 4: dimension 1 has the size 0"},
		{"a lie", "train-images-idx3-ubyte", encode(nil, 60_000, 280, 28), "FOLDER/train-images-idx3-ubyte: byte 4: the sizes [60000 280 28] make more elements than the 268435456 that are read"},
		{"fewer labels", "train-labels-idx1-ubyte", encode([]byte{1, 2}, 2), "FOLDER/train-images-idx3-ubyte has 3 images and FOLDER/train-labels-idx1-ubyte 2 labels: they belong to different datasets"},
		{"mixed sizes", "t10k-images-idx3-ubyte", encode(make([]byte, 9), 1, 3, 3), "FOLDER/train-images-idx3-ubyte has images of 2 × 3 pixels and FOLDER/t10k-images-idx3-ubyte of 3 × 3: they belong to different datasets"},
		{"a label beyond the names", "train-labels-idx1-ubyte", encode([]byte{1, 10, 2}, 3), "FOLDER/train-labels-idx1-ubyte: byte 9: label 10 of image 1: Fashion-MNIST has the 10 classes 0 to 9"},
		{"no gzip", "train-images-idx3-ubyte.gz", small()["train-images-idx3-ubyte"], "FOLDER/train-images-idx3-ubyte.gz: byte 0: it is not a gzip file (gzip: invalid header): download it again"},
		{"half unpacked", "t10k-images-idx3-ubyte", small()["t10k-images-idx3-ubyte"][:18], "FOLDER/t10k-images-idx3-ubyte: byte 18: the file ends 4 bytes short of the 6 bytes in its header: download it again; or delete it, and t10k-images-idx3-ubyte.gz beside it is read"},
		{"a bomb", "train-images-idx3-ubyte.gz", zip(encode(make([]byte, 1000), 1<<14, 1<<14, 1)), "FOLDER/train-images-idx3-ubyte.gz: byte 1016: the file ends 268434456 bytes short of the 268435456 bytes in its header: download it again"},
		{"cut gzip", "train-images-idx3-ubyte.gz", zip(small()["train-images-idx3-ubyte"])[:30], "FOLDER/train-images-idx3-ubyte.gz: byte 24: the file ends too early: download it again"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			files := small()
			delete(files, strings.TrimSuffix(test.file, ".gz"))
			if test.content != nil {
				files[test.file] = test.content
			}
			if test.name == "half unpacked" {
				files[test.file+".gz"] = zip(small()[test.file])
			}
			write(t, dir, files)
			_, err := Fashion.Open(t.Context(), dir)
			if diff := cmp.Diff(test.want, strings.ReplaceAll(fmt.Sprint(err), dir, "FOLDER")); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// TestOpenKnowsPublishedFiles by their sums, whatever folder they lie in.
func TestOpenKnowsPublishedFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, small())
	sum := md5.Sum(small()["t10k-images-idx3-ubyte"])
	published := Digits.test
	defer func() { Digits.test = published }()
	Digits.test = hex.EncodeToString(sum[:])
	if got, err := Digits.Open(t.Context(), dir); err != nil || len(got.Remarks) > 0 {
		t.Errorf("as MNIST: %v, %v", got, err)
	}
	want := "FOLDER/t10k-images-idx3-ubyte are the test images of MNIST, not of Fashion-MNIST: set data.source to mnist, or name another folder"
	if _, err := Fashion.Open(t.Context(), dir); strings.ReplaceAll(fmt.Sprint(err), dir, "FOLDER") != want {
		t.Errorf("as Fashion-MNIST: %v", err)
	}
	Digits.test = published
	got, err := Fashion.Open(t.Context(), dir)
	if err != nil || len(got.Remarks) != 1 || !strings.HasSuffix(got.Remarks[0], "are not those published as Fashion-MNIST") {
		t.Errorf("of neither: %v, %v", got, err)
	}
}

// FuzzParse accepts exactly the files whose length is what the header says.
func FuzzParse(f *testing.F) {
	for _, content := range small() {
		f.Add(content)
	}
	f.Add(encode(nil, 1<<31, 1<<31, 1<<31))
	f.Fuzz(func(t *testing.T, content []byte) {
		a, err := parse("file", bytes.NewReader(content), int64(len(content)), 3)
		var format *loaders.FormatError
		if err != nil && (!errors.As(err, &format) || format.Offset < 0 || format.Offset > int64(len(content))) {
			t.Fatalf("error %v shows no place in %d bytes", err, len(content))
		}
		if err == nil && (len(a.elements) != a.sizes[0]*a.sizes[1]*a.sizes[2] || !bytes.Equal(a.elements, content[16:])) {
			t.Fatal("the elements are not the file's")
		}
	})
}
