package metrics

import (
	"slices"

	"gonum.org/v1/gonum/integrate"
	"gonum.org/v1/gonum/stat"
)

// ROC is a classifier's receiver operating characteristic for one class against
// the rest. For every threshold of the score, from the strictest to the
// loosest, it holds the share of the class that is recognized and the share of
// the rest that is taken for the class. See Fawcett, "An introduction to ROC
// analysis", Pattern Recognition Letters 27 (2006).
type ROC struct {
	Thresholds    []float64 // falling; the first is +Inf
	FalsePositive []float64 // rising from 0 to 1
	TruePositive  []float64 // rising from 0 to 1

	// Area is the area under the curve: the probability that an image of the
	// class scores higher than one of the rest, ties counting half.
	Area float64
}

// NewROC returns the characteristic of scores; of says which of them belong to
// images of the class. If there are no images of the class, or none of the
// rest, all slices are empty.
func NewROC(scores []float64, of []bool) ROC {
	if !slices.Contains(of, true) || !slices.Contains(of, false) {
		return ROC{}
	}
	sorted, classes := slices.Clone(scores), slices.Clone(of)
	stat.SortWeightedLabeled(sorted, classes, nil)
	r := ROC{}
	r.TruePositive, r.FalsePositive, r.Thresholds = stat.ROC(nil, sorted, classes, nil)
	r.Area = integrate.Trapezoidal(r.FalsePositive, r.TruePositive)
	return r
}

// At returns the point of the curve that results from predicting the class for
// scores above the threshold.
func (r ROC) At(threshold float64) (falsePositive, truePositive float64) {
	for i, t := range r.Thresholds { // falling, so the last one above the threshold counts
		if t <= threshold {
			break
		}
		falsePositive, truePositive = r.FalsePositive[i], r.TruePositive[i]
	}
	return falsePositive, truePositive
}
