package metrics

import "fmt"

// A Contender is what a comparison knows of a run.
type Contender struct {
	Name string
	// Measure names what the next three are: "loss", or "error rate" of a
	// model that classifies.
	Measure                 string
	Train, Validation, Test float64 // of the best epoch

	SecondsPerEpoch float64
	Parameters      int
}

// equal is how near to 1 a ratio counts as equal: two seeds of one config
// differ by about as much.
const equal = 0.01

// Compare says in sentences with their figures how other does against first:
// whether it is better (on test images), faster (time of an epoch) and less
// prone to overfit (how far the validation figure stands above the training
// figure). Figures within 1 % of each other count as equal.
func Compare(first, other Contender) []string {
	smaller := func(ratio float64, less, alike, more string) string {
		switch {
		case ratio < 1-equal:
			return less
		case ratio > 1+equal:
			return more
		default:
			return alike
		}
	}
	quality := ratio(other.Test, first.Test)
	time := ratio(other.SecondsPerEpoch, first.SecondsPerEpoch)
	// Below 1 nothing is overfitted: the training figure is the one that lags.
	gap, firstGap := ratio(other.Validation, other.Train), ratio(first.Validation, first.Train)
	proneness := ratio(max(1, gap), max(1, firstGap))
	return []string{
		fmt.Sprintf("%s is %s %s: test %s %.5g against %.5g, a ratio of %.3f.", other.Name,
			smaller(quality, "better than", "as good as", "worse than"), first.Name, other.Measure, other.Test, first.Test, quality),
		fmt.Sprintf("It is %s: %.3g s an epoch against %.3g s, a ratio of %.2f, with %.2f times the parameters.",
			smaller(time, "faster", "as fast", "slower"), other.SecondsPerEpoch, first.SecondsPerEpoch, time,
			float64(other.Parameters)/float64(first.Parameters)),
		fmt.Sprintf("It is %s to overfit: at its best its validation %s is %.3f times its training %s, that of %s %.3f times.",
			smaller(proneness, "less prone", "as prone", "more prone"), other.Measure, gap, other.Measure, first.Name, firstGap),
	}
}

// ratio is a/b, and 1 for equal figures even where both are 0.
func ratio(a, b float64) float64 {
	if a == b {
		return 1
	}
	return a / b
}
