package commands

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"cifartrain/graphs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
	"cifartrain/loaders"
)

// A Selection says which images predict and encode use.
type Selection struct {
	Split    string   // test, validation or train; used if no pictures are named
	Pictures []string // files and folders
}

// splits are the splits that a selection may name.
var splits = []string{"test", "validation", "train"}

// A subject is a run with its best weights, and the images to look at: its own,
// or pictures of the user.
type subject struct {
	*runs.Prepared
	words string // "2,000 test images"
	set   *loaders.Set
	own   *ownPictures // nil for the run's own images
}

// openSubject opens the run at path and the images that the selection names. It
// loads the run's own images only if they are the ones named or the command's
// figures need them.
func openSubject(ctx context.Context, s *runs.Session, path string, selection Selection, overrides []string,
	withImages func(*graphs.Architecture) bool) (*subject, error) {
	if !slices.Contains(splits, selection.Split) {
		return nil, wrong("-split %q: it must be test, validation or train", selection.Split)
	}
	run, err := s.Open(path, overrides)
	if err != nil {
		return nil, err
	}
	best, _, err := run.BestWeights()
	if err != nil {
		return nil, err
	}
	without, err := s.Prepare(ctx, run.Config, runs.Need{Trained: run.Summary})
	if err != nil {
		return nil, err
	}
	need := runs.Need{Weights: best, Trained: run.Summary, Pixels: true}
	need.Images = len(selection.Pictures) == 0 || withImages(without.Architecture)
	prepared, err := s.Prepare(ctx, run.Config, need)
	if err != nil {
		return nil, err
	}
	if prepared.Images != nil {
		if err := compareWithTraining(s, run, prepared.Images); err != nil {
			return nil, err
		}
	}
	subject := &subject{Prepared: prepared}
	if len(selection.Pictures) == 0 {
		subject.set = prepared.Images.Split(selection.Split)
		subject.words = fmt.Sprintf("%s on %s %s images", prepared.Config.Name, reports.Thousands(subject.set.Len()), selection.Split)
		return subject, nil
	}
	if subject.own, err = readOwnPictures(ctx, selection.Pictures, prepared.Shape, prepared.Classes); err != nil {
		return nil, err
	}
	if len(subject.own.faults) > 1 || len(subject.own.files) > 0 { // else the command's error says it
		for _, fault := range subject.own.faults {
			fmt.Fprintf(s.Err, "warning: %v\n", fault)
		}
	}
	subject.set = subject.own.set
	subject.words = fmt.Sprintf("%s on %s", prepared.Config.Name, reports.Pictures(subject.set.Len()))
	return subject, nil
}

// label is the index of an image's class among the run's classes, or -1 if it
// is unknown.
func (s *subject) label(i int) int {
	if s.own != nil {
		return s.own.labels[i]
	}
	return s.set.Class(i)
}

// className is the name of an image's class, or "" if it is unknown.
func (s *subject) className(i int) string {
	if place := s.label(i); place >= 0 {
		return s.Classes[place]
	}
	return ""
}

// key is the heading of the column that holds [subject.name].
func (s *subject) key() string {
	if s.own != nil {
		return "file"
	}
	return "index"
}

// name is a picture's file, or the index of one of the run's own images.
func (s *subject) name(i int) string {
	if s.own != nil {
		return s.own.files[i]
	}
	return fmt.Sprint(s.set.Index(i))
}

// faults returns an error for the pictures that could not be read.
func (s *subject) faults() error {
	if s.own == nil {
		return nil
	}
	return s.own.err()
}

// writeNew writes a file that must not exist yet.
func writeNew(file string, content []byte) error {
	err := runfolder.WriteNew(file, content)
	if errors.Is(err, fs.ErrExist) {
		return wrong("%s exists already and is not overwritten: name another file with -o", file)
	}
	return err
}
