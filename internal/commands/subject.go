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
	"cifartrain/internal/series"
	"cifartrain/loaders"
)

// A subject is a run with its best weights, and the images to look at: its own,
// or pictures of the user.
type subject struct {
	*runs.Prepared
	words string // "2,000 test images"
	set   *loaders.Set
	own   *ownPictures // nil for the run's own images
}

// openSubject opens the run that the first operand names, and its own images, or
// the pictures that the other operands name. It loads the run's own images only
// if they are the ones asked for or the command's figures need them.
func (p *program) openSubject(ctx context.Context, operands []string, withImages func(*graphs.Architecture) bool) (*subject, error) {
	path, pictures, s := operands[0], operands[1:], &p.session
	if !slices.Contains([]string{"test", "validation", "train"}, p.split) {
		return nil, wrong("-split %q: it must be test, validation or train", p.split)
	}
	run, err := series.Open(s, path, p.settings())
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
	prepared, err := s.Prepare(ctx, run.Config, runs.Need{
		Weights: best, Trained: run.Summary, Pixels: true, Images: len(pictures) == 0 || withImages(without.Architecture),
	})
	if err != nil {
		return nil, err
	}
	if prepared.Images != nil {
		if err := compareWithTraining(s, run, prepared.Images); err != nil {
			return nil, err
		}
	}
	if len(pictures) == 0 {
		set := prepared.Images.Split(p.split)
		words := fmt.Sprintf("%s on %s %s images", prepared.Config.Name, reports.Thousands(set.Len()), p.split)
		return &subject{Prepared: prepared, words: words, set: set}, nil
	}
	own, err := readOwnPictures(ctx, pictures, prepared.Shape, prepared.Classes)
	if err != nil {
		return nil, err
	}
	if len(own.faults) > 1 || len(own.files) > 0 { // else the command's error says it
		for _, fault := range own.faults {
			fmt.Fprintf(p.stderr, "warning: %v\n", fault)
		}
	}
	if remark := own.passed.Remark(); remark != "" {
		fmt.Fprintf(p.stderr, "note: %s\n", remark)
	}
	words := fmt.Sprintf("%s on %s", prepared.Config.Name, reports.Pictures(own.set.Len()))
	return &subject{prepared, words, own.set, own}, nil
}

// label returns the index of an image's class among the run's classes, -1 if it
// is unknown, and the name of the class, "" if it is unknown.
func (s *subject) label(i int) (place int, class string) {
	place = s.set.Class(i)
	if s.own != nil {
		place = s.own.labels[i]
	}
	if place < 0 {
		return place, ""
	}
	return place, s.Classes[place]
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
