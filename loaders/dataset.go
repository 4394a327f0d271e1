// Package loaders holds what training needs of its data: datasets of labeled
// images, selections of their classes, the split into training and validation
// images, and the normalized float32 batches that a model takes.
//
// Each form in which data comes has a package of its own, which produces a
// [Dataset]: loaders/cifar reads CIFAR-10's files, loaders/idx those of MNIST,
// loaders/folder folders of pictures by loaders/pictures, loaders/sample draws the
// built-in sample, and loaders/sources opens the one that a config asks for.
package loaders

import (
	"crypto/sha256"
	"fmt"
	"os"
	"unicode"
	"unicode/utf8"
)

// A Shape is the shape of a dataset's images. Each channel is a plane of Height
// rows of Width bytes.
type Shape struct{ Channels, Height, Width int }

// Plane is the number of values of one channel.
func (s Shape) Plane() int { return s.Height * s.Width }

// Values is the number of values of an image, the width of a model's input.
func (s Shape) Values() int { return s.Channels * s.Plane() }

// String names the sides, "3 × 32 × 32".
func (s Shape) String() string { return fmt.Sprintf("%d × %d × %d", s.Channels, s.Height, s.Width) }

// A Dataset holds training and test images of one shape, and the names of their
// classes.
type Dataset struct {
	Name    string // for people: "CIFAR-10"
	Shape   Shape
	Classes []string // their names, in the order of the labels
	Train   Images
	Test    Images

	// Validation images, for a dataset that has its own. Otherwise there are
	// none, and a part of Train is used.
	Validation Images

	// Checksum tells apart datasets of the same name: it is the SHA-256 of all
	// images, or of the checksums of their files.
	Checksum string

	// ByClass says that each class is split into training and validation images
	// on its own, so that small ones have both.
	ByClass bool

	// Remarks are sentences on how the dataset was read, without a full stop, that
	// whoever trains on it should know.
	Remarks []string

	// StandsInBecause says why this dataset replaces the one that was asked
	// for; it is empty if it is that one.
	StandsInBecause string
}

// CheckName returns an error unless a name can be shown on every page and
// terminal: it must be UTF-8 and consist of letters, marks, digits, signs and
// spaces, and of the two joiners with which Persian and Indian words are written.
// Control characters would harm a terminal, others be invisible.
func CheckName(name string) error {
	if !utf8.ValidString(name) {
		return fmt.Errorf("the name %q is not UTF-8", name)
	}
	for _, r := range name {
		if !unicode.IsGraphic(r) && r != '\u200c' && r != '\u200d' {
			return fmt.Errorf("the name %q holds the character %U, which cannot be shown", name, r)
		}
	}
	return nil
}

// Images are labeled pictures of one shape, stored as records: one byte for the
// label, then the image's bytes, one channel's plane after another, each row by
// row.
type Images struct {
	record  int // bytes of a record
	records []byte
}

// NewImages returns the images in records and keeps that slice. Its length must
// be a multiple of RecordSize.
func NewImages(shape Shape, records []byte) Images {
	size := shape.RecordSize()
	if len(records)%size != 0 {
		panic(fmt.Sprintf("loaders: %d bytes are not a whole number of records of %d bytes", len(records), size))
	}
	return Images{record: size, records: records}
}

// RecordSize is the number of bytes of an image with its label.
func (s Shape) RecordSize() int { return 1 + s.Values() }

// Len is the number of images.
func (s Images) Len() int {
	if s.record == 0 {
		return 0
	}
	return len(s.records) / s.record
}

// Label is the index of image i's class in the dataset's Classes.
func (s Images) Label(i int) int { return int(s.records[i*s.record]) }

// Pixels returns image i's bytes, one channel's plane after another, each row
// by row. They must not be changed.
func (s Images) Pixels(i int) []byte {
	return s.records[i*s.record+1 : (i+1)*s.record : (i+1)*s.record]
}

// Checksum returns the SHA-256 of images and their labels, in hexadecimal.
func Checksum(images ...Images) string {
	sum := sha256.New()
	for _, some := range images {
		sum.Write(some.records)
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

// OpenFile opens a file for reading and tells its size. It refuses what is not a
// regular file, because opening a pipe could wait for ever.
func OpenFile(path string) (file *os.File, size int64, err error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a file", path)
	}
	if err != nil {
		return nil, 0, err
	}
	file, err = os.Open(path)
	return file, info.Size(), err
}

// A FormatError is a fault in the content of a data file.
type FormatError struct {
	File   string // path
	Offset int64  // the byte at which the fault was noticed
	Reason string
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("%s: byte %d: %s", e.File, e.Offset, e.Reason)
}
