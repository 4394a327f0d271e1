// Package experiments puts the rooms together: config, dataset, batches, graph,
// training, history, pictures and report. train.go reads like that sentence.
package experiments

import (
	"context"
	"io"
	"math"
	"time"

	"cifartrain/configs"
	"cifartrain/graphs"
	"cifartrain/loaders"
	"cifartrain/loaders/sources"
	"cifartrain/reports"
	"cifartrain/shell"
)

// A Session is what the runs of one command share.
type Session struct {
	Out, Err io.Writer
	Display  *reports.Display
	Runs     string // the folder that run folders go into
	Init     string // the file of weights that training starts from; empty to draw weights by the seed
	Seeds    int    // how many seeds each config is trained over, from its own on

	Kinds    []graphs.Kind // of models that configs may ask for; nil for those of [graphs.Kinds]
	Repeated []string      // flags of this command that a command to go on with repeats

	TensorBoard bool // whether runs write event files for TensorBoard
	Offline     bool // fetch no dataset: the sample stands in for one that is not there, with a warning

	datasets  map[sources.Source]*loaders.Dataset // the one loaded last
	saveEvery time.Duration                       // between two checkpoints of an epoch; 0 = a minute
}

// Train trains each config, over as many seeds as the session asks for, and
// compares the runs where there are several.
func (s *Session) Train(ctx context.Context, all []configs.Config) error {
	if err := s.Check(ctx, all); err != nil {
		return err
	}
	if len(all)*s.Seeds > 1 {
		return s.trainSeries(ctx, all)
	}
	_, err := s.train(ctx, all[0], nil)
	return err
}

// Check returns an error for what can be known to fail before the first run. A
// dataset that everyone knows is not opened for it.
func (s *Session) Check(ctx context.Context, all []configs.Config) error {
	if s.Seeds < 1 {
		return requestf("-seeds %d: there must be at least one", s.Seeds)
	}
	need := Need{}
	if s.Init != "" {
		need.Weights = WeightsIn(s.Init)
	}
	for _, config := range all {
		if uint64(s.Seeds-1) > math.MaxUint64-config.Seed {
			return requestf("-seeds %d: there are not as many seeds from %d on", s.Seeds, config.Seed)
		}
		if _, err := s.Prepare(ctx, config, need); err != nil {
			return err
		}
		if _, _, err := solver(config); err != nil {
			return err
		}
	}
	return nil
}

// goOnCommand is what a person types to go on with what is in a folder, with
// the flags of this command that the folder does not know.
func (s *Session) goOnCommand(folder string) string {
	return shell.Command(append([]string{"-resume", folder}, s.Repeated...)...)
}
