// Package runs combines all parts into one run: config, dataset, batches, graph,
// training, history, pictures and report. train.go reads like that sentence.
package runs

import (
	"context"
	"fmt"
	"io"
	"math"
	"time"

	"cifartrain/configs"
	"cifartrain/graphs"
	"cifartrain/internal/reports"
	"cifartrain/internal/shell"
	"cifartrain/loaders"
	"cifartrain/loaders/sources"
	"cifartrain/plots"
)

// A Session holds what all runs of one command share.
type Session struct {
	Out, Err io.Writer
	Display  *reports.Display
	Runs     string // the folder that run folders go into
	Init     string // the weights file that training starts from; if empty, the seed draws the weights

	Kinds    []graphs.Kind // the kinds of models that configs may ask for; nil for [graphs.Kinds]
	Repeated []string      // flags of this command that must be repeated in a command that resumes

	Vector      plots.Vector  // how runs that are drawn again write their charts for a paper; without a format they do not
	TensorBoard bool          // whether runs write event files for TensorBoard
	SaveEvery   time.Duration // the time between two checkpoints within an epoch; 0 means a minute
	Offline     bool          // download nothing: the sample replaces a missing dataset, with a warning

	datasets map[sources.Source]*loaders.Dataset // the dataset that was loaded last
	selected *selection                          // the images of it that were used last
}

// Check returns an error for mistakes in configs, each trained with so many seeds,
// that can be found before the first run. It does not open well-known datasets.
func (s *Session) Check(ctx context.Context, all []configs.Config, seeds int) error {
	if seeds < 1 {
		return Requestf("-seeds %d: there must be at least one", seeds)
	}
	for i, config := range all {
		if uint64(seeds-1) > math.MaxUint64-config.Seed {
			return Requestf("-seeds %d: there are not that many seeds from %d upwards", seeds, config.Seed)
		}
		prepared, err := s.Prepare(ctx, config, Need{File: s.Init})
		if err != nil {
			return err
		}
		if i == 0 && len(prepared.wrappings) > 0 {
			fmt.Fprintf(s.Err, "note: the weights of %s were taken out of %q\n", s.Init, prepared.wrappings)
		}
		if _, _, err := solver(config); err != nil {
			return err
		}
	}
	return nil
}

// ResumeCommand is the command that resumes what is in a folder, with those flags
// of this command that the folder does not record.
func (s *Session) ResumeCommand(folder string) string {
	return shell.Command(append([]string{"-resume", folder}, s.Repeated...)...)
}
