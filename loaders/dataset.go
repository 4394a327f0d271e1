// Package loaders holds what training sees of its data: datasets of labelled
// images, selections of their classes, the split into training and validation
// images, and the normalised float32 batches that a model takes.
//
// Each form that data comes in has a room of its own, which ends in a
// [Dataset]: loaders/cifar reads CIFAR-10's files, loaders/sample draws the
// built-in sample, and loaders/sources finds the one that a config asks for.
package loaders

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// A Shape is that of a dataset's images, of which each channel is a plane of
// Height rows of Width bytes.
type Shape struct{ Channels, Height, Width int }

// Plane is the number of values of one channel.
func (s Shape) Plane() int { return s.Height * s.Width }

// Values is the number of values of an image, the width of a model's input.
func (s Shape) Values() int { return s.Channels * s.Plane() }

// String names the sides, "3 × 32 × 32".
func (s Shape) String() string { return fmt.Sprintf("%d × %d × %d", s.Channels, s.Height, s.Width) }

// A Dataset is two sets of images of one shape, and what their labels mean.
type Dataset struct {
	Name    string // for people: "CIFAR-10"
	Shape   Shape
	Classes []string // their names, in the order of the labels
	Train   Images
	Test    Images

	// Validation are images of their own for that; there are none where a part
	// of Train is to validate.
	Validation Images

	// Checksum tells datasets of one name apart: it is the SHA-256 of all
	// images, or of their files' own sums.
	Checksum string

	// StandsInBecause says why the dataset stands in for the one that was
	// asked for; it is empty for that one itself.
	StandsInBecause string
}

// Images are labelled pictures of one shape, kept as records: a byte that is
// the label, then the image's bytes, one channel's plane after another, each
// row by row.
type Images struct {
	record  int // bytes of a record
	records []byte
}

// NewImages returns the images in records, which it keeps. Their number of
// bytes must be a multiple of RecordSize.
func NewImages(shape Shape, records []byte) Images {
	size := shape.RecordSize()
	if len(records)%size != 0 {
		panic(fmt.Sprintf("loaders: %d bytes are no whole number of records of %d", len(records), size))
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

// Label is the place of image i's class in the dataset's Classes.
func (s Images) Label(i int) int { return int(s.records[i*s.record]) }

// Pixels are image i's bytes, one channel's plane after another, each row by
// row. They are the set's own; don't write to them.
func (s Images) Pixels(i int) []byte {
	return s.records[i*s.record+1 : (i+1)*s.record : (i+1)*s.record]
}

// Checksum is the SHA-256 of images, their labels included, in hexadecimal.
func Checksum(images ...Images) string {
	sum := sha256.New()
	for _, some := range images {
		sum.Write(some.records)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// A FormatError is a fault in the content of a data file.
type FormatError struct {
	File   string // path
	Offset int64  // byte at which the fault shows
	Reason string
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("%s: byte %d: %s", e.File, e.Offset, e.Reason)
}
