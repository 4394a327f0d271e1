package commands

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"cifartrain/loaders"
	"cifartrain/loaders/pictures"
)

// ownPictures are pictures of the user, converted to a run's image size.
type ownPictures struct {
	set    *loaders.Set
	files  []string
	labels []int           // the class after which a folder is named that the picture lies in; -1 if there is none
	faults []error         // for files that could not be read
	passed pictures.Folder // of which only what was passed over is kept
}

// readOwnPictures reads the pictures at paths: files, and folders with
// everything below them. A picture that cannot be read is recorded as a fault,
// and the others are read.
func readOwnPictures(ctx context.Context, paths []string, shape loaders.Shape, classes []string) (*ownPictures, error) {
	own := &ownPictures{}
	var labels []int
	for _, path := range paths {
		files := own.find(path)
		own.files = append(own.files, files...)
		for _, file := range files {
			labels = append(labels, labelOf(file, path, classes))
		}
	}
	records, faults, err := pictures.ReadAll(ctx, own.files, shape, nil)
	if err != nil {
		return nil, err
	}
	read, kept := own.files[:0:0], records[:0]
	for i, file := range own.files {
		if faults[i] != nil {
			own.faults = append(own.faults, faults[i])
			continue
		}
		record := records[i*shape.RecordSize():][:shape.RecordSize()]
		record[0] = byte(max(0, labels[i]))
		read, own.labels, kept = append(read, file), append(own.labels, labels[i]), append(kept, record...)
	}
	own.files = read
	dataset := &loaders.Dataset{Shape: shape, Classes: classes, Test: loaders.NewImages(shape, kept)}
	own.set, err = dataset.Select(dataset.Test, nil)
	return own, err
}

// find returns the pictures at path.
func (o *ownPictures) find(path string) []string {
	info, err := pictures.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%s: there is no such file or folder", path)
	}
	if err != nil {
		o.faults = append(o.faults, err)
		return nil
	}
	if !info.IsDir() {
		return []string{path}
	}
	found := pictures.Walk(path)
	if len(found.Pictures)+len(found.Faults) == 0 {
		found.Faults = []error{fmt.Errorf("%s holds no pictures", path)}
	}
	o.faults = append(o.faults, found.Faults...)
	o.passed.PassedOver = append(o.passed.PassedOver, found.PassedOver...)
	return found.Pictures
}

// labelOf returns the class after which the innermost folder is named that a
// picture lies in, within the folder at path, or -1.
func labelOf(file, path string, classes []string) int {
	for folder := filepath.Dir(file); ; folder = filepath.Dir(folder) {
		label := slices.Index(classes, filepath.Base(folder))
		if label >= 0 || len(folder) <= len(filepath.Clean(path)) || folder == filepath.Dir(folder) {
			return label
		}
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
