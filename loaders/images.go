// Package loaders brings CIFAR-10 into memory: it reads and checks the binary
// version's files, fetches them when they are missing, draws a built-in sample
// when they cannot be had, selects classes, splits training from validation
// images and turns them into normalised float32 batches.
//
// The format is the binary version described at
// https://www.cs.toronto.edu/~kriz/cifar.html.
package loaders

import "fmt"

// The shape of a CIFAR-10 image and of the record that holds it.
const (
	Side     = 32                     // pixels along each edge
	Channels = 3                      // red, green, blue, one plane after another
	Pixels   = Channels * Side * Side // 3072 values an image

	recordSize = 1 + Pixels // one label byte, then the pixels
)

// ClassNames are CIFAR-10's classes in the order of their labels.
var ClassNames = []string{
	"airplane", "automobile", "bird", "cat", "deer",
	"dog", "frog", "horse", "ship", "truck",
}

// Images are labelled pictures kept as the bytes of the binary version:
// records of one label byte and 3072 pixel bytes (three planes, each row-major).
type Images struct {
	records []byte
}

// NewImages returns the images in records of the binary version's form, which
// it keeps; the error names a record that is cut off or whose label is not a
// class.
func NewImages(records []byte) (Images, error) {
	if extra := len(records) % recordSize; extra != 0 {
		return Images{}, &FormatError{"images", int64(len(records) - extra), fmt.Sprintf("a record is cut off after %d of %d bytes", extra, recordSize)}
	}
	if err := checkLabels(records, "images"); err != nil {
		return Images{}, err
	}
	return newImages(records), nil
}

// newImages wraps records, whose length must be a multiple of recordSize.
func newImages(records []byte) Images {
	if len(records)%recordSize != 0 {
		panic(fmt.Sprintf("loaders: %d bytes are no whole number of records", len(records)))
	}
	return Images{records: records}
}

// Len is the number of images.
func (s Images) Len() int { return len(s.records) / recordSize }

// Label is image i's class, 0 to 9.
func (s Images) Label(i int) int { return int(s.records[i*recordSize]) }

// Pixels are image i's 3072 bytes: red, green and blue planes, each row-major.
// They are the set's own; don't write to them.
func (s Images) Pixels(i int) []byte {
	return s.records[i*recordSize+1 : (i+1)*recordSize : (i+1)*recordSize]
}

// Dataset is CIFAR-10, or what stands in for it.
type Dataset struct {
	Name  string // "CIFAR-10", or the name of what stands in for it
	Train Images // 50,000 images
	Test  Images // 10,000 images

	// Checksum tells datasets of one name apart: it is the SHA-256 of all
	// images, or of their files' own sums.
	Checksum string

	// StandsInBecause says why the dataset stands in for CIFAR-10; it is empty
	// for CIFAR-10 itself.
	StandsInBecause string
}
