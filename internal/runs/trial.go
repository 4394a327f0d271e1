package runs

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"cifartrain/configs"
	"cifartrain/internal/reports"
	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
	"cifartrain/plots"
	"cifartrain/training"
)

// Try prepares a config's run and measures, by a few steps, how long its parts take on
// this machine. The run's weights must not be used afterwards.
func (s *Session) Try(ctx context.Context, config configs.Config) (*Run, training.Pace, error) {
	run, loop, err := s.loop(ctx, config)
	if err != nil {
		return nil, training.Pace{}, err
	}
	pace, err := loop.Measure(ctx)
	return run, pace, err
}

// FindRate makes a learning-rate range test of a config, with weights of its own. It
// draws it to a file beside the folders of the config's runs, which no run reads, and
// returns that file's path.
func (s *Session) FindRate(ctx context.Context, config configs.Config) (test metrics.RateTest, path string, err error) {
	run, loop, err := s.loop(ctx, config)
	if err != nil {
		return nil, "", err
	}
	if test, err = loop.TestRates(ctx); err != nil {
		return nil, "", err
	}
	folder := runfolder.Folder{Path: filepath.Join(s.Runs, config.Name)}
	if err := os.MkdirAll(folder.Path, 0o777); err != nil {
		return nil, "", fmt.Errorf("making %s: %w; choose another place with -runs", folder.Path, err)
	}
	caption := plots.Caption{Run: config.Name, Dataset: run.Dataset.Name + ": " + reports.ClassList(run.Classes)}
	return test, folder.File(runfolder.RatesPicture), folder.WriteWith(runfolder.RatesPicture, func(w io.Writer) error {
		return plots.Rates(w, caption, run.Loss(), test)
	})
}

// loop prepares a config's run and its training loop, if they fit into memory.
func (s *Session) loop(ctx context.Context, config configs.Config) (*Run, *training.Run, error) {
	run, err := s.Prepare(ctx, config, Need{Images: true, Drawn: s.Init == "", File: s.Init})
	if err != nil {
		return nil, nil, err
	}
	if err := run.fits(); err != nil {
		return nil, nil, err
	}
	loop, err := run.Loop()
	return run, loop, err
}

// Seconds estimates how long the run takes at a pace to train a number of epochs and
// to score the last and the best weights on the test images.
func (r *Run) Seconds(pace training.Pace, epochs int) float64 {
	const scorings = 2
	return float64(epochs)*pace.Epoch + scorings*float64(r.Test.Len())*pace.Image
}
