package cifar

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"cifartrain/loaders"
)

// A place is where a version of a collection is.
type place struct {
	version version
	path    string // of the folder with the files, or of the archive
	archive bool
}

// Open returns the collection in dir: in dir itself or in one of the folders
// where the archives, torchvision and Keras put it. It prefers the binary
// version to the python version, and both to their archives. The error wraps
// fs.ErrNotExist if dir holds none of these; any other error says what is
// damaged and what to do.
func (c *Collection) Open(ctx context.Context, dir string) (*loaders.Dataset, error) {
	found, err := c.find(dir)
	if err != nil {
		return nil, err
	}
	if found.archive {
		dataset, err := c.readArchive(ctx, found)
		if errors.Is(err, errDamaged) {
			err = fmt.Errorf("%s: %w; delete it to have it fetched again", found.path, err)
		}
		return dataset, err
	}
	dataset, err := c.readFolder(ctx, found)
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%w; %s", err, remedy(err, found.path == dir))
	}
	return dataset, err
}

// remedy says what to do about an error of reading a folder's files. They may be
// undamaged, if it is only the system that keeps them from being read. The folder
// that the user named may hold more than these files.
func remedy(err error, named bool) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "give this user the permission to read it"
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return "close other programs or raise the limit of open files (ulimit -n)"
	}
	if named {
		return "unpack the archive again there, or name another folder"
	}
	return "unpack the archive again or delete the folder to have it fetched"
}

// find returns the first place in dir where there is a version. One of its
// batches' files, or its archive, is enough. Keras unpacks the archive into a folder
// with the archive's name plus an ending, and keeps all its datasets in "datasets".
func (c *Collection) find(dir string) (place, error) {
	for _, v := range c.versions {
		for _, pattern := range []string{".", v.folder, v.folder + "*/" + v.folder, "datasets/" + v.folder + "*/" + v.folder} {
			folders, _ := fs.Glob(os.DirFS(dir), pattern) // only a bad pattern is an error
			for _, folder := range folders {
				for _, b := range c.batches() {
					path := filepath.Join(dir, folder, b.file+v.ending)
					if there, err := exists(path); there || err != nil {
						return place{version: v, path: filepath.Dir(path)}, err
					}
				}
			}
		}
	}
	for _, v := range c.versions {
		for _, name := range []string{v.archive, v.folder + ".tar.gz"} { // the latter is Keras 2's
			path := filepath.Join(dir, name)
			if there, err := exists(path); there || err != nil {
				return place{version: v, path: path, archive: true}, err
			}
		}
	}
	return place{}, fmt.Errorf("%s holds no %s: %w", dir, c.Name, fs.ErrNotExist)
}

// exists reports whether there is anything at path.
func exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// readFolder reads the files of a folder, all at once. It returns all faults
// that it finds in one error.
func (c *Collection) readFolder(ctx context.Context, from place) (*loaders.Dataset, error) {
	reading := c.begin(from.version)
	files := c.files(from.version)
	faults := make([]error, len(files))
	var wait sync.WaitGroup
	for i, name := range files {
		wait.Go(func() { faults[i] = reading.open(ctx, filepath.Join(from.path, name)) })
	}
	wait.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return reading.dataset(from.path)
}

// A reading is a dataset that is being read from its files, in any order.
type reading struct {
	collection *Collection
	version    version
	records    []byte   // of all batches
	parts      [][]byte // the records of each batch
	sums       []string // the checksum of each batch's records, once it is read
	classes    []string
}

// begin returns a new reading of a version.
func (c *Collection) begin(v version) *reading {
	r := &reading{collection: c, version: v, sums: make([]string, len(c.batches())), classes: c.classes}
	total := 0
	for _, b := range c.batches() {
		total += b.size()
	}
	r.records = make([]byte, total)
	from := 0
	for _, b := range c.batches() {
		r.parts = append(r.parts, r.records[from:from+b.size()])
		from += b.size()
	}
	return r
}

// open reads the file at path.
func (r *reading) open(ctx context.Context, path string) error {
	file, size, err := loaders.OpenFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return missingError{path}
	} else if err != nil {
		return err
	}
	defer file.Close()
	return r.read(filepath.Base(path), source{Reader: contextReader{ctx, file}, path: path, size: size})
}

// read reads one of the version's files and checks it.
func (r *reading) read(name string, file source) (err error) {
	if name == r.version.names {
		r.classes, err = r.version.readNames(file)
		return err
	}
	batches := r.collection.batches()
	at := slices.IndexFunc(batches, func(b batch) bool { return b.file+r.version.ending == name })
	b, records := batches[at], r.parts[at]
	if err := r.version.readBatch(b, file, records); err != nil {
		return err
	}
	// Where the names of the classes are read, too, the labels are checked at the end.
	for i := 0; i < len(records) && r.collection.classes != nil; i += recordSize {
		if label := int(records[i]); label >= len(r.classes) {
			return file.fault(int64(i), "record %d: label %d is not in 0-%d", i/recordSize, label, len(r.classes)-1)
		}
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(records))
	if r.sums[at] = sum; b.sha256 != "" && sum != b.sha256 {
		return file.fault(0, "the SHA-256 of its images is %s, but the published one is %s: the file is damaged", sum, b.sha256)
	}
	return nil
}

// dataset completes the reading of the files at path.
func (r *reading) dataset(path string) (*loaders.Dataset, error) {
	c := r.collection
	for at, b := range c.batches() {
		if r.sums[at] == "" {
			return nil, missingError{filepath.Join(path, b.file+r.version.ending)}
		}
	}
	if r.classes == nil {
		return nil, missingError{filepath.Join(path, r.version.names)}
	}
	for i := 0; i < len(r.records); i += recordSize {
		if label := int(r.records[i]); label >= len(r.classes) {
			return nil, fmt.Errorf("%s: image %d has the label %d, but %s names only %d classes", path, i/recordSize, label, r.version.names, len(r.classes))
		}
	}
	for i, class := range r.classes {
		if slices.Contains(r.classes[:i], class) {
			return nil, fmt.Errorf("%s: %s names the class %q twice", path, r.version.names, class)
		}
	}
	boundary := 0
	for _, b := range c.train {
		boundary += b.size()
	}
	return &loaders.Dataset{
		Name: c.Name, Shape: Shape, Classes: r.classes,
		Train:    loaders.NewImages(Shape, r.records[:boundary]),
		Test:     loaders.NewImages(Shape, r.records[boundary:]),
		Checksum: fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(r.sums, "")))),
	}, nil
}

// A missingError says that the file at this path is missing although others are
// there.
type missingError struct{ path string }

func (e missingError) Error() string { return e.path + " is missing" }

// A contextReader fails once its context is done.
type contextReader struct {
	ctx    context.Context
	source io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.source.Read(p)
}
