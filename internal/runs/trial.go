package runs

import (
	"context"

	"cifartrain/configs"
	"cifartrain/training"
)

// A Trial is a run of which a few steps were trained to see how long it takes.
// Its weights must not be used afterwards.
type Trial struct {
	*Prepared
	Run  *training.Run
	Pace training.Pace
}

// Try measures how long the parts of a config's run take on this machine.
func (s *Session) Try(ctx context.Context, config configs.Config) (*Trial, error) {
	need := Need{Images: true, Weights: DrawnWeights}
	if s.Init != "" {
		need.Weights = WeightsIn(s.Init)
	}
	prepared, err := s.Prepare(ctx, config, need)
	if err != nil {
		return nil, err
	}
	if err := prepared.fits(); err != nil {
		return nil, err
	}
	run, err := prepared.Run()
	if err != nil {
		return nil, err
	}
	pace, err := run.Measure(ctx)
	return &Trial{prepared, run, pace}, err
}

// Seconds estimates how long the run takes to train a number of epochs and to
// score the last and the best weights on the test images.
func (t *Trial) Seconds(epochs int) float64 {
	const scorings = 2
	return float64(epochs)*t.Pace.Epoch + scorings*float64(t.Images.Test.Len())*t.Pace.Image
}
