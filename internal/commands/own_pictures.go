package commands

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cifartrain/loaders"
	"cifartrain/loaders/pictures"
)

// ownPictures are pictures of the user, converted to a run's image size.
type ownPictures struct {
	set    *loaders.Set
	files  []string
	labels []int   // the class after which the picture's folder is named; -1 if there is none
	faults []error // for files that could not be read
}

// extensions are the endings of the files that are read from a folder. A file
// that is named itself may have any ending.
var extensions = []string{".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"}

// readOwnPictures reads the pictures at paths: files, and folders with
// everything below them. A picture that cannot be read is recorded as a fault,
// and the others are read.
func readOwnPictures(ctx context.Context, paths []string, shape loaders.Shape, classes []string) (*ownPictures, error) {
	own := &ownPictures{}
	for _, path := range paths {
		own.find(path)
	}
	records, faults, err := pictures.ReadAll(ctx, own.files, shape, nil)
	if err != nil {
		return nil, err
	}
	files, kept := own.files, records[:0]
	own.files = nil
	for i, file := range files {
		if faults[i] != nil {
			own.faults = append(own.faults, faults[i])
			continue
		}
		record, label := records[i*shape.RecordSize():][:shape.RecordSize()], slices.Index(classes, filepath.Base(filepath.Dir(file)))
		record[0] = byte(max(0, label))
		own.files, own.labels, kept = append(own.files, file), append(own.labels, label), append(kept, record...)
	}
	dataset := &loaders.Dataset{Shape: shape, Classes: classes, Test: loaders.NewImages(shape, kept)}
	own.set, _ = dataset.Select(dataset.Test, nil) // selecting all classes cannot fail
	return own, nil
}

// find lists the pictures at path.
func (o *ownPictures) find(path string) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%s: there is no such file or folder", path)
	}
	if err != nil {
		o.faults = append(o.faults, err)
		return
	}
	if !info.IsDir() {
		o.files = append(o.files, path)
		return
	}
	before := len(o.files)
	// The separator at the end makes WalkDir follow a link to a folder.
	_ = filepath.WalkDir(path+string(filepath.Separator), func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			o.faults = append(o.faults, err)
		case !entry.IsDir() && slices.Contains(extensions, strings.ToLower(filepath.Ext(file))):
			o.files = append(o.files, filepath.Clean(file))
		}
		return nil
	})
	if len(o.files) == before {
		o.faults = append(o.faults, fmt.Errorf("%s holds no picture (%s)", path, strings.Join(extensions, ", ")))
	}
}

// err summarizes the faults; it returns nil if there are none.
func (o *ownPictures) err() error {
	switch {
	case len(o.faults) == 0:
		return nil
	case len(o.files) == 0 && len(o.faults) == 1:
		return o.faults[0]
	case len(o.files) == 0:
		return fmt.Errorf("none of the %d pictures could be read", len(o.faults))
	}
	return fmt.Errorf("%d of %d pictures could not be read; the others are done", len(o.faults), len(o.faults)+len(o.files))
}
