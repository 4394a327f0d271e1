// Package cifar reads CIFAR-10: it finds, reads and checks the files of the
// binary version and fetches them where they are missing.
//
// The format is described at https://www.cs.toronto.edu/~kriz/cifar.html.
package cifar

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"cifartrain/loaders"
)

// Shape is that of CIFAR's images: red, green and blue.
var Shape = loaders.Shape{Channels: 3, Height: 32, Width: 32}

const (
	pixels     = 3 * 32 * 32 // bytes of an image
	recordSize = 1 + pixels  // one label byte, then the pixels
)

// Classes are CIFAR-10's, in the order of their labels.
var Classes = []string{
	"airplane", "automobile", "bird", "cat", "deer",
	"dog", "frog", "horse", "ship", "truck",
}

// The binary version's files, in the order of their images, with their
// published SHA-256 sums. The sums are the files', not the archive's, so that
// any mirror's archive will do.
var (
	trainFiles = []dataFile{
		{"data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"},
		{"data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"},
		{"data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"},
		{"data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"},
		{"data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"},
	}
	testFiles = []dataFile{
		{"test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"},
	}
)

// archiveFolder is the folder inside the published archive that holds the files.
const archiveFolder = "cifar-10-batches-bin"

// recordsPerFile is the number of images in each of the binary version's files.
const recordsPerFile = 10_000

// A dataFile is one file of the binary version.
type dataFile struct {
	name   string
	sha256 string // lower-case hexadecimal
}

// A missingError is the absence of a file, at this path, of a folder that holds
// others.
type missingError struct{ path string }

func (e missingError) Error() string { return fmt.Sprintf("%s is missing", e.path) }

// Unwrap returns the error as the system words it.
func (e missingError) Unwrap() error {
	return &fs.PathError{Op: "open", Path: e.path, Err: fs.ErrNotExist}
}

// Open is Read of the folder that Find finds in dir.
func Open(dir string) (*loaders.Dataset, error) {
	folder, err := Find(dir)
	if err != nil {
		return nil, fmt.Errorf("%s holds none of CIFAR-10's files: %w", dir, err)
	}
	return Read(folder)
}

// Read reads and checks the six files in folder: each one's size, the
// range of its labels and its SHA-256 sum. All faults found are joined.
func Read(folder string) (*loaders.Dataset, error) {
	return readFiles(folder, trainFiles, testFiles, recordsPerFile)
}

// readFiles is Read for files that hold the given number of records each.
func readFiles(folder string, train, test []dataFile, records int) (*loaders.Dataset, error) {
	files := slices.Concat(train, test)
	fileSize := records * recordSize
	images := make([]byte, len(files)*fileSize)
	faults := make([]error, len(files))
	var wait sync.WaitGroup
	for i, file := range files {
		part := images[i*fileSize : (i+1)*fileSize]
		wait.Go(func() { faults[i] = file.read(filepath.Join(folder, file.name), part) })
	}
	wait.Wait()
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("%w; unpack the archive again or delete the folder to have it fetched", err)
	}
	sums := sha256.New()
	for _, file := range files {
		io.WriteString(sums, file.sha256)
	}
	boundary := len(train) * fileSize
	return &loaders.Dataset{
		Name:     "CIFAR-10",
		Shape:    Shape,
		Classes:  Classes,
		Train:    loaders.NewImages(Shape, images[:boundary]),
		Test:     loaders.NewImages(Shape, images[boundary:]),
		Checksum: hex.EncodeToString(sums.Sum(nil)),
	}, nil
}

// read fills records with the file at path and checks it.
func (f dataFile) read(path string, records []byte) error {
	if info, err := os.Stat(path); err == nil && info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket|fs.ModeDevice) != 0 {
		return fmt.Errorf("%s is a pipe, a socket or a device, not a file", path) // opening it could wait forever
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return missingError{path}
	}
	if err != nil {
		return fmt.Errorf("%w", err)
	}
	defer file.Close()
	if err := readRecords(file, path, records); err != nil {
		return err
	}
	if sum := sha256.Sum256(records); hex.EncodeToString(sum[:]) != f.sha256 {
		return &loaders.FormatError{File: path, Offset: 0, Reason: fmt.Sprintf(
			"the SHA-256 sum is %x, the published one is %s: the file is damaged", sum, f.sha256)}
	}
	return nil
}

// readRecords fills records from source, which must hold exactly that many
// bytes of whole records with labels from 0 to 9. path names the source in
// errors.
func readRecords(source io.Reader, path string, records []byte) error {
	n, err := io.ReadFull(source, records)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &loaders.FormatError{File: path, Offset: int64(n), Reason: fmt.Sprintf(
			"the file ends here, %d bytes short of the %d that %d records need", len(records)-n, len(records), len(records)/recordSize)}
	case err != nil:
		var fault *fs.PathError
		if errors.As(err, &fault) { // names the path already
			err = fault.Err
		}
		return fmt.Errorf("%w", &fs.PathError{Op: "read", Path: path, Err: err})
	}
	if extra, _ := io.ReadFull(source, make([]byte, 1)); extra > 0 {
		return &loaders.FormatError{File: path, Offset: int64(n), Reason: fmt.Sprintf(
			"the file goes on after its %d records: it is not the binary version's", len(records)/recordSize)}
	}
	return checkLabels(records, path)
}

// checkLabels returns an error for the first record whose label is no class.
func checkLabels(records []byte, path string) error {
	for i := 0; i < len(records); i += recordSize {
		if label := int(records[i]); label >= len(Classes) {
			return &loaders.FormatError{File: path, Offset: int64(i), Reason: fmt.Sprintf(
				"record %d: label %d is not in 0-9", i/recordSize, label)}
		}
	}
	return nil
}

// Find returns dir, or the archive's folder inside it, whichever holds at
// least one of the binary version's files. The error is fs.ErrNotExist when
// neither does.
func Find(dir string) (string, error) {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		return "", fmt.Errorf("%s is a file, not a folder: name the folder that holds %s", dir, trainFiles[0].name)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%w", err)
	}
	for _, folder := range []string{dir, filepath.Join(dir, archiveFolder)} {
		for _, file := range slices.Concat(trainFiles, testFiles) {
			_, err := os.Lstat(filepath.Join(folder, file.name))
			if err == nil {
				return folder, nil
			}
			if !errors.Is(err, fs.ErrNotExist) {
				return "", fmt.Errorf("%w", err)
			}
		}
	}
	return "", fs.ErrNotExist
}
