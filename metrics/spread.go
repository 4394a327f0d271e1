package metrics

import (
	"math"

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
