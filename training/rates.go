package training

import (
	"context"
	"errors"
	"math"

	"cifartrain/metrics"
	"cifartrain/solvers"
)

// The rates that a range test tries, and in how many steps.
const (
	lowestRate  = 1e-7
	highestRate = 10
	rateSteps   = 400
)

// TestRates trains with a learning rate that grows with every step, geometrically, and
// returns the losses up to where their smoothed value is four times the lowest one, or
// where one is no finite number. It trains the run's weights, so the run must not be
// used afterwards.
func (l *Loop) TestRates(ctx context.Context) (test metrics.RateTest, err error) {
	trainer, err := l.trainer()
	if err != nil {
		return nil, err
	}
	rate, lowest, smooth := 0.0, math.Inf(1), 0.0
	l.Schedule, l.Warmup = func(int) float64 { return rate }, solvers.Warmup(0)
	for epoch := 1; ; epoch++ {
		var done metrics.Partial
		for batch := range l.TrainBatcher.Epoch(epoch) {
			if err := ctx.Err(); err != nil || len(test) == rateSteps {
				return test, err
			}
			rate = lowestRate * math.Pow(highestRate/lowestRate, float64(len(test))/(rateSteps-1))
			before := done.LossSum
			err := l.step(trainer, epoch, batch, &done)
			if errors.As(err, new(*DivergedError)) {
				return test, nil
			} else if err != nil {
				return nil, err
			}
			loss := (done.LossSum - before) / float64(batch.Rows())
			test = append(test, metrics.RatePoint{Rate: rate, Loss: loss})
			const decay = 0.9 // of a mean of about the last ten losses
			smooth = decay*smooth + (1-decay)*loss
			mean := smooth / (1 - math.Pow(decay, float64(len(test))))
			if lowest = min(lowest, mean); mean > 4*lowest {
				return test, nil
			}
		}
	}
}
