package runs

import (
	"context"

	"cifartrain/configs"
	"cifartrain/training"
)

// Try prepares a config's run and measures, by a few steps, how long its parts take on
// this machine. The run's weights must not be used afterwards.
func (s *Session) Try(ctx context.Context, config configs.Config) (*Run, training.Pace, error) {
	run, err := s.Prepare(ctx, config, Need{Images: true, Drawn: s.Init == "", File: s.Init})
	if err != nil {
		return nil, training.Pace{}, err
	}
	if err := run.fits(); err != nil {
		return nil, training.Pace{}, err
	}
	loop, err := run.Loop()
	if err != nil {
		return nil, training.Pace{}, err
	}
	pace, err := loop.Measure(ctx)
	return run, pace, err
}

// Seconds estimates how long the run takes at a pace to train a number of epochs and
// to score the last and the best weights on the test images.
func (r *Run) Seconds(pace training.Pace, epochs int) float64 {
	const scorings = 2
	return float64(epochs)*pace.Epoch + scorings*float64(r.Test.Len())*pace.Image
}
