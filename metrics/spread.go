package metrics

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// A Spread is a figure measured in several runs that differ only in their
// seeds.
type Spread struct {
	Mean      float64
	Deviation float64 // sample standard deviation; 0 for a single run
	Runs      int
}

// NewSpread returns the spread of a figure's values, one for each run. There
// must be at least one.
func NewSpread(values []float64) Spread {
	s := Spread{Mean: values[0], Runs: len(values)}
	if len(values) > 1 {
		s.Mean, s.Deviation = stat.MeanStdDev(values, nil)
	}
	return s
}

// Interval returns the 95 % interval of the mean by Student's t. It is NaN for a
// single run, which shows no spread.
func (s Spread) Interval() (low, high float64) {
	if s.Runs < 2 {
		return math.NaN(), math.NaN()
	}
	halfWidth := critical(float64(s.Runs-1), significance) * s.standardError()
	return s.Mean - halfWidth, s.Mean + halfWidth
}

// standardError is the standard deviation of the mean over seeds.
func (s Spread) standardError() float64 { return s.Deviation / math.Sqrt(float64(s.Runs)) }

// Histories are the histories of several runs that differ only in their seeds.
type Histories []History

// Band returns, for every epoch that any run has, the mean, the lowest and the
// highest of the runs' figures. A run that stopped early counts up to its last
// epoch. A figure that is NaN in one run is NaN in the band.
func (h Histories) Band() (mean, low, high History) {
	longest := slices.MaxFunc(h, func(a, b History) int { return len(a) - len(b) })
	figures := func(e *Epoch) []*float64 {
		return []*float64{&e.TrainLoss, &e.ValidationLoss, &e.TrainAccuracy, &e.ValidationAccuracy, &e.LearningRate, &e.Seconds, &e.TrainLossAfter}
	}
	for i, epoch := range longest {
		m, l, u := Epoch{Number: epoch.Number}, Epoch{Number: epoch.Number}, Epoch{Number: epoch.Number}
		means, lows, highs := figures(&m), figures(&l), figures(&u)
		for k := range means {
			var values []float64
			*lows[k], *highs[k] = math.Inf(1), math.Inf(-1)
			for _, history := range h {
				if i < len(history) {
					v := *figures(&history[i])[k]
					values = append(values, v)
					*lows[k], *highs[k] = min(*lows[k], v), max(*highs[k], v) // NaN stays NaN
				}
			}
			*means[k] = NewSpread(values).Mean
		}
		mean, low, high = append(mean, m), append(low, l), append(high, u)
	}
	return mean, low, high
}
