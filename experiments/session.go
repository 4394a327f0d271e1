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
	"cifartrain/runfolder"
)

// A Session is what the runs of one command share.
type Session struct {
	Out, Err io.Writer
	Display  *reports.Display
	Runs     string // the folder that run folders go into
	Init     string // the safetensors file that training starts from; empty to draw weights by the seed
	Seeds    int    // how many seeds each config is trained over, from its own on

	Kinds []graphs.Kind // of models that configs may ask for; nil for those of [graphs.Kinds]

	TensorBoard bool // whether runs write event files for TensorBoard
	Offline     bool // fetch no dataset: the sample stands in for one that is not there, with a warning

	datasets  map[sources.Source]*loaders.Dataset // the one loaded last
	saveEvery time.Duration                       // between two checkpoints of an epoch; 0 = a minute
}

// A finished run is its folder and what its summary says.
type finished struct {
	folder  *runfolder.Folder
	summary *runfolder.Summary
}

// Train trains each config, over as many seeds as the session asks for, and
// compares the runs where there are several.
func (s *Session) Train(ctx context.Context, all []configs.Config) error {
	if err := s.Check(all); err != nil {
		return err
	}
	var folders []*runfolder.Folder
	for _, config := range all {
		runs, err := s.trainSeeds(ctx, config)
		if err != nil {
			return err
		}
		for _, run := range runs {
			folders = append(folders, run.folder)
		}
	}
	if len(folders) < 2 {
		return nil
	}
	return s.Compare(folders)
}

// Check returns an error for what can be known to fail before the first run,
// without the dataset.
func (s *Session) Check(all []configs.Config) error {
	if s.Seeds < 1 {
		return requestf("-seeds %d: there must be at least one", s.Seeds)
	}
	first, accuracies := "", false // of the first config
	for _, config := range all {
		if uint64(s.Seeds-1) > math.MaxUint64-config.Seed {
			return requestf("-seeds %d: there are not as many seeds from %d on", s.Seeds, config.Seed)
		}
		prepared, err := s.Prepare(context.Background(), config, Need{})
		if err != nil {
			return err
		}
		if s.Init != "" {
			if err := prepared.weigh(context.Background(), WeightsIn(s.Init)); err != nil {
				return err
			}
		}
		if _, _, err := solver(config); err != nil {
			return err
		}
		loss, classifies := prepared.Loss(), prepared.Architecture.Task.Classifies()
		if first == "" {
			first, accuracies = loss, classifies
		}
		if loss != first && !(accuracies && classifies) {
			return requestf("%s and %s measure different losses (%s, %s) and cannot be compared; train them one by one",
				all[0].Name, config.Name, first, loss)
		}
	}
	return nil
}

// trainSeeds trains a config once for each seed and shows the spread, also of
// those that were done before an error or an interrupt.
func (s *Session) trainSeeds(ctx context.Context, config configs.Config) (runs []finished, err error) {
	var summaries []*runfolder.Summary
	for len(runs) < s.Seeds && err == nil {
		var run finished
		if run, err = s.train(ctx, config); err == nil {
			runs, summaries = append(runs, run), append(summaries, run.summary)
			config.Seed++
		}
	}
	if len(summaries) > 1 {
		reports.ShowSeeds(s.Out, summaries)
	}
	return runs, err
}
