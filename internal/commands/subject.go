package commands

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
	"cifartrain/internal/series"
	"cifartrain/loaders"
	"cifartrain/loaders/pictures"
)

// A subject is a run with its best weights, and the images to look at: its own,
// or pictures of the user, converted to the run's image size.
type subject struct {
	*runs.Run
	words  string // "2,000 test images"
	set    *loaders.Set
	key    string   // what the names are: index, of the run's own images, or file
	names  []string // of each image
	labels []int    // of each image: its class among the run's, or -1 if it is unknown
	faults []error  // for pictures that could not be read
}

// openSubject opens the run that the first operand names, and its own images, or
// the pictures that the other operands name. Beside pictures it loads the run's
// own images only for percentiles, which rank the errors of a model that reconstructs
// among those of the test images.
func (p *program) openSubject(ctx context.Context, operands []string, percentiles bool) (*subject, error) {
	if !slices.Contains([]string{"test", "validation", "train"}, p.split) {
		return nil, runs.Requestf("-split %q: it must be test, validation or train", p.split)
	}
	run, err := series.Open(&p.session, operands[0], p.settings())
	if err != nil {
		return nil, err
	}
	paths := operands[1:]
	images := len(paths) == 0 || percentiles && (run.Summary == nil || run.Summary.Task.Reconstructs())
	if err := run.PrepareTrained(ctx, false, runs.Need{Pixels: true, Images: images}); err != nil {
		return nil, err
	}
	s := &subject{Run: run}
	if len(paths) > 0 {
		err := p.readPictures(ctx, s, paths)
		s.words = fmt.Sprintf("%s on %s", run.Config.Name, reports.Counted(len(s.names), "picture"))
		return s, err
	}
	s.set, s.key = run.Split(p.split), "index"
	for i := range s.set.Len() {
		s.names, s.labels = append(s.names, fmt.Sprint(s.set.Index(i))), append(s.labels, s.set.Class(i))
	}
	s.words = fmt.Sprintf("%s on %s %s images", run.Config.Name, reports.Thousands(s.set.Len()), p.split)
	return s, nil
}

// readPictures makes the pictures at paths, files and folders with everything
// below them, the subject's images. It warns of pictures that cannot be read.
func (p *program) readPictures(ctx context.Context, s *subject, paths []string) error {
	var files []string
	var labels []int
	var passed pictures.Folder
	for _, path := range paths {
		found, err := picturesAt(path)
		if err != nil {
			s.faults = append(s.faults, err)
		}
		s.faults = append(s.faults, found.Faults...)
		passed.PassedOver = append(passed.PassedOver, found.PassedOver...)
		files = append(files, found.Pictures...)
		for _, file := range found.Pictures {
			labels = append(labels, labelOf(file, path, s.Classes))
		}
	}
	records, faults, err := pictures.ReadAll(ctx, files, s.Shape, nil)
	if err != nil {
		return err
	}
	kept, size := records[:0], s.Shape.RecordSize()
	for i, file := range files {
		if faults[i] != nil {
			s.faults = append(s.faults, faults[i])
			continue
		}
		record := records[i*size:][:size]
		record[0] = byte(max(0, labels[i]))
		s.names, s.labels, kept = append(s.names, file), append(s.labels, labels[i]), append(kept, record...)
	}
	if len(s.faults) > 1 || len(s.names) > 0 { // else the command's error says it
		for _, fault := range s.faults {
			fmt.Fprintf(p.stderr, "warning: %v\n", fault)
		}
	}
	if remark := passed.Remark(); remark != "" {
		fmt.Fprintf(p.stderr, "note: %s\n", remark)
	}
	dataset := &loaders.Dataset{Shape: s.Shape, Classes: s.Classes, Test: loaders.NewImages(s.Shape, kept)}
	s.set, err = dataset.Select(dataset.Test, nil)
	s.key = "file"
	return err
}

// picturesAt returns the pictures at path.
func picturesAt(path string) (found pictures.Folder, err error) {
	info, err := pictures.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return found, fmt.Errorf("%s: there is no such file or folder", path)
	case err != nil:
		return found, err
	case !info.IsDir():
		return pictures.Folder{Pictures: []string{path}}, nil
	}
	if found = pictures.Walk(path); len(found.Pictures)+len(found.Faults) == 0 {
		err = fmt.Errorf("%s holds no pictures", path)
	}
	return found, err
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

// class is the name of an image's class, or "" if it is unknown.
func (s *subject) class(i int) string {
	if s.labels[i] < 0 {
		return ""
	}
	return s.Classes[s.labels[i]]
}

// unread returns an error for the pictures that could not be read.
func (s *subject) unread() error {
	switch {
	case len(s.faults) == 0:
		return nil
	case len(s.names) == 0 && len(s.faults) == 1:
		return s.faults[0]
	case len(s.names) == 0:
		return fmt.Errorf("none of the %d pictures could be read", len(s.faults))
	}
	return fmt.Errorf("%d of %d pictures could not be read; the others are done", len(s.faults), len(s.faults)+len(s.names))
}

// writeNew writes a file that must not exist yet.
func writeNew(file string, content []byte) error {
	err := runfolder.WriteNew(file, content)
	if errors.Is(err, fs.ErrExist) {
		return runs.Requestf("%s exists already and is not overwritten: name another file with -o", file)
	}
	return err
}
