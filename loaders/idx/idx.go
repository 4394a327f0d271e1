// Package idx reads MNIST and other datasets in the same kind of files, plain
// or compressed, from where torchvision or a person puts them.
//
// An idx file consists of two zero bytes, the type of its elements, the number
// of its dimensions, the size of each dimension as a big-endian number of four
// bytes, and the elements. The format is described at
// http://yann.lecun.com/exdb/mnist/.
package idx

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/md5"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cifartrain/loaders"
)

// A Collection is a dataset in four idx files.
type Collection struct {
	Name    string
	Classes []string // in the order of the labels

	folder string // where torchvision keeps it
	source string // data.source
	// test is the MD5 of the published file of test images, unpacked.
	test string
}

// Digits is MNIST.
var Digits = &Collection{
	Name: "MNIST", folder: "MNIST", source: "mnist", test: "2646ac647ad5339dbf082846283269ea",
	Classes: []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
}

// Fashion is Fashion-MNIST.
var Fashion = &Collection{
	Name: "Fashion-MNIST", folder: "FashionMNIST", source: "fashion_mnist", test: "8181f5470baa50b63fa0f6fddb340f0a",
	Classes: []string{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"},
}

// The files of a collection: images and labels for training and for the test.
var files = [4]string{"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}

// Open returns the collection in dir: in torchvision's folder of its name, or
// in dir itself. Each file may be plain or end in ".gz". The error wraps
// fs.ErrNotExist if none of the files is there; any other error says what is
// damaged and what to do.
func (c *Collection) Open(ctx context.Context, dir string) (*loaders.Dataset, error) {
	for _, folder := range []string{c.folder + "/raw", c.folder, "raw", "."} {
		folder = filepath.Join(dir, folder)
		if slices.ContainsFunc(files[:], func(name string) bool { return find(folder, name) != "" }) {
			return c.read(ctx, folder)
		}
	}
	return nil, fmt.Errorf("%s holds no %s: %w", dir, c.Name, fs.ErrNotExist)
}

// find returns the path of a file in folder, plain rather than compressed, or
// "". Some programs that unpack the files replace the last hyphen but one by a
// dot.
func find(folder, name string) string {
	for _, spelling := range []string{name, strings.Replace(name, "-idx", ".idx", 1)} {
		for _, ending := range []string{"", ".gz"} {
			path := filepath.Join(folder, spelling+ending)
			if _, err := os.Stat(path); err == nil {
				return path
			}
		}
	}
	return ""
}

// read reads the four files in folder.
func (c *Collection) read(ctx context.Context, folder string) (*loaders.Dataset, error) {
	var arrays [4]*array
	for i, name := range files {
		path := find(folder, name)
		if path == "" {
			return nil, fmt.Errorf("%s is missing: unpack %s again or copy the file there", filepath.Join(folder, name), c.Name)
		}
		var err error
		if arrays[i], err = open(path, 3-i%2*2); err != nil || ctx.Err() != nil { // images have 3 dimensions, labels have 1
			return nil, cmp.Or(err, ctx.Err())
		}
	}
	if train, test := arrays[0], arrays[2]; train.sizes[1] != test.sizes[1] || train.sizes[2] != test.sizes[2] {
		return nil, fmt.Errorf("%s has images of %d × %d pixels and %s of %d × %d: they belong to different datasets",
			train.path, train.sizes[1], train.sizes[2], test.path, test.sizes[1], test.sizes[2])
	}
	for _, other := range []*Collection{Digits, Fashion} {
		if other != c && arrays[2].sum == other.test {
			return nil, fmt.Errorf("%s are the test images of %s, not of %s: set data.source to %s, or name another folder", arrays[2].path, other.Name, c.Name, other.source)
		}
	}
	dataset := &loaders.Dataset{
		Name: c.Name, Classes: c.Classes,
		Shape: loaders.Shape{Channels: 1, Height: arrays[0].sizes[1], Width: arrays[0].sizes[2]},
	}
	if arrays[2].sum != c.test {
		dataset.Remarks = []string{fmt.Sprintf("the test images in %s are not those published as %s", arrays[2].path, c.Name)}
	}
	var err error
	if dataset.Train, err = c.images(dataset.Shape, arrays[0], arrays[1]); err != nil {
		return nil, err
	}
	if dataset.Test, err = c.images(dataset.Shape, arrays[2], arrays[3]); err != nil {
		return nil, err
	}
	dataset.Checksum = loaders.Checksum(dataset.Train, dataset.Test)
	return dataset, nil
}

// images combines images with their labels.
func (c *Collection) images(shape loaders.Shape, images, labels *array) (loaders.Images, error) {
	if images.sizes[0] != labels.sizes[0] {
		return loaders.Images{}, fmt.Errorf("%s has %d images and %s %d labels: they belong to different datasets",
			images.path, images.sizes[0], labels.path, labels.sizes[0])
	}
	size := shape.RecordSize()
	records := make([]byte, images.sizes[0]*size)
	for i, label := range labels.elements {
		if int(label) >= len(c.Classes) {
			return loaders.Images{}, &loaders.FormatError{File: labels.path, Offset: int64(labels.header + i), Reason: fmt.Sprintf(
				"label %d of image %d: %s has the %d classes 0 to %d", label, i, c.Name, len(c.Classes), len(c.Classes)-1)}
		}
		records[i*size] = label
		copy(records[i*size+1:(i+1)*size], images.elements[i*shape.Values():])
	}
	return loaders.NewImages(shape, records), nil
}

// An array is an idx file of bytes.
type array struct {
	path     string
	header   int // the number of bytes before the elements
	sizes    []int
	elements []byte
	sum      string // the MD5 of all of it, in hexadecimal
}

// open reads the idx file at path, which must have the given number of
// dimensions.
func open(path string, dimensions int) (*array, error) {
	file, size, err := loaders.OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var content io.Reader = bufio.NewReader(file)
	if filepath.Ext(path) == ".gz" {
		if content, err = gzip.NewReader(content); err != nil {
			return nil, fault(path, 0, "it is not a gzip file (%v): download it again", err)
		}
		return parse(path, content, size*mostPacked, dimensions)
	}
	a, err := parse(path, content, size, dimensions)
	if _, missing := os.Stat(path + ".gz"); err != nil && missing == nil {
		err = fmt.Errorf("%w; or delete it, and %s.gz beside it is read", err, filepath.Base(path))
	}
	return a, err
}

const (
	// mostElements bounds the number of elements that a file may hold: five times
	// that of MNIST's training images.
	mostElements = 1 << 28
	// mostPacked is how many bytes gzip makes of one at most.
	mostPacked = 1032
)

// parse reads an idx file's content, which has at most so many bytes.
func parse(path string, content io.Reader, most int64, dimensions int) (*array, error) {
	sum := md5.New()
	content = io.TeeReader(content, sum)
	a := &array{path: path, header: 4 + 4*dimensions}
	header := make([]byte, a.header)
	if n, err := io.ReadFull(content, header); err != nil {
		return nil, broken(path, int64(n), err, "the file ends within its header")
	}
	if want := [4]byte{0, 0, 8, byte(dimensions)}; [4]byte(header) != want {
		return nil, fault(path, 0, "it begins with % x instead of % x: it is not an idx file of bytes in %d dimensions", header[:4], want, dimensions)
	}
	count := uint64(1)
	for i := range dimensions {
		size := binary.BigEndian.Uint32(header[4+4*i:])
		a.sizes = append(a.sizes, int(size))
		switch count *= uint64(size); {
		case size == 0:
			return nil, fault(path, int64(4+4*i), "dimension %d has the size 0", i+1)
		case count > mostElements:
			return nil, fault(path, 4, "the sizes %v make more elements than the %d that are read", a.sizes, mostElements)
		}
	}
	// A file that claims too much costs no more memory than it could hold.
	buffer := bytes.NewBuffer(make([]byte, 0, min(int64(count), most)+bytes.MinRead+1))
	_, err := buffer.ReadFrom(io.LimitReader(content, int64(count)+1))
	a.elements = buffer.Bytes()
	a.sum = fmt.Sprintf("%x", sum.Sum(nil))
	switch end := int64(a.header + len(a.elements)); {
	case err != nil:
		return nil, broken(path, end, err, "the file ends too early")
	case uint64(len(a.elements)) < count:
		return nil, fault(path, end, "the file ends %d bytes short of the %d bytes in its header: download it again", count-uint64(len(a.elements)), count)
	case uint64(len(a.elements)) > count:
		return nil, fault(path, end-1, "the file goes on after the %d bytes in its header", count)
	}
	return a, nil
}

// broken returns an error for a failure to read on: the system's error, or a
// fault of the file.
func broken(path string, offset int64, err error, short string) error {
	if errors.As(err, new(*fs.PathError)) {
		return err
	}
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		short = err.Error()
	}
	return fault(path, offset, "%s: download it again", short)
}

func fault(path string, offset int64, reason string, values ...any) error {
	return &loaders.FormatError{File: path, Offset: offset, Reason: fmt.Sprintf(reason, values...)}
}
