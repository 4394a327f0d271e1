package metrics

import "fmt"

// A Contender is what a comparison knows of a config: the figures of its runs,
// one or one a seed.
type Contender struct {
	Name string
	// Measure names what the next three are: "loss", or "error rate" of a
	// model that classifies.
	Measure                 string
	Train, Validation, Test []float64 // of the best epoch, one a run

	SecondsPerEpoch float64
	Parameters      int
}

// gap is how many times its training figure a run's validation figure is. Below
// 1 nothing is overfitted: the training figure is the one that lags.
func (c Contender) gap() Spread {
	gaps := make([]float64, len(c.Train))
	for i, train := range c.Train {
		gaps[i] = ratio(c.Validation[i], train)
	}
	return NewSpread(gaps)
}

// equal is how near to 1 a ratio counts as equal: two seeds of one config
// differ by about as much.
const equal = 0.01

// Compare says in sentences with their figures how other does against first:
// whether it is better (on test images), faster (time of an epoch) and less
// prone to overfit (how far the validation figure stands above the training
// figure). Figures within 1 % of each other count as equal; so do means over
// seeds that differ by less than twice the standard error of the difference.
func Compare(first, other Contender) []string {
	smaller := func(ratio float64, differ bool, less, alike, more string) string {
		switch {
		case differ && ratio < 1-equal:
			return less
		case differ && ratio > 1+equal:
			return more
		default:
			return alike
		}
	}
	test, firstTest, gap, firstGap := NewSpread(other.Test), NewSpread(first.Test), other.gap(), first.gap()
	quality := ratio(test.Mean, firstTest.Mean)
	time := ratio(other.SecondsPerEpoch, first.SecondsPerEpoch)
	proneness := ratio(max(1, gap.Mean), max(1, firstGap.Mean))
	return []string{
		fmt.Sprintf("%s is %s %s: test %s %s against %s%s, a ratio of %.3f.", other.Name,
			smaller(quality, test.differs(firstTest), "better than", "as good as", "worse than"), first.Name,
			other.Measure, withSpread("%.5g", test), withSpread("%.5g", firstTest), overSeeds(test.Runs, firstTest.Runs), quality),
		fmt.Sprintf("It is %s: %.3g s an epoch against %.3g s, a ratio of %.2f, with %.2f times the parameters.",
			smaller(time, true, "faster", "as fast", "slower"), other.SecondsPerEpoch, first.SecondsPerEpoch, time,
			float64(other.Parameters)/float64(first.Parameters)),
		fmt.Sprintf("It is %s to overfit: at its best its validation %s is %s times its training %s, that of %s %s times.",
			smaller(proneness, gap.differs(firstGap), "less prone", "as prone", "more prone"),
			other.Measure, withSpread("%.3f", gap), other.Measure, first.Name, withSpread("%.3f", firstGap)),
	}
}

// withSpread writes a mean with its standard deviation, where it has one.
func withSpread(format string, s Spread) string {
	if s.Runs == 1 {
		return fmt.Sprintf(format, s.Mean)
	}
	return fmt.Sprintf(format+"±%.2g", s.Mean, s.Deviation)
}

// overSeeds says how many runs two means are of, where they are means.
func overSeeds(runs, firstRuns int) string {
	switch {
	case runs == 1 && firstRuns == 1:
		return ""
	case runs == firstRuns:
		return fmt.Sprintf(" (means and standard deviations over %d seeds each)", runs)
	default:
		return fmt.Sprintf(" (means and standard deviations over %d and %d seeds)", runs, firstRuns)
	}
}

// ratio is a/b, and 1 for equal figures even where both are 0.
func ratio(a, b float64) float64 {
	if a == b {
		return 1
	}
	return a / b
}
