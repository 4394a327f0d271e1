package metrics

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

const (
	// significance is how often a test may call equal things different.
	significance = 0.05
	// power is how often a test shall find a difference that is there.
	power = 0.8
	// mostSeeds is the largest number of seeds that anybody is advised to train.
	mostSeeds = 1000
)

// critical returns how many standard errors a mean of 0 exceeds, up or down,
// with the given probability.
func critical(degrees, level float64) float64 {
	return distuv.StudentsT{Sigma: 1, Nu: degrees}.Quantile(1 - level/2)
}

// pValue returns the probability that Student's t is as far from 0 as
// change/standardError if the true change is 0.
func pValue(change, standardError, degrees float64) float64 {
	switch {
	case change == 0:
		return 1
	case standardError == 0:
		return 0
	}
	return 2 * distuv.StudentsT{Sigma: 1, Nu: degrees}.CDF(-math.Abs(change/standardError))
}

// McNemar returns the p-value of McNemar's exact test of two classifiers on the
// same images: one alone is right on so many of them, and the other one alone on
// so many. If they are equally good, each of these images is as likely to be one
// kind as the other. See McNemar, "Note on the sampling error of the difference
// between correlated proportions or percentages", Psychometrika 12 (1947).
func McNemar(onlyFirst, onlyOther int) float64 {
	if onlyFirst == onlyOther {
		return 1
	}
	chance := distuv.Binomial{N: float64(onlyFirst + onlyOther), P: 0.5}
	return min(1, 2*chance.CDF(float64(min(onlyFirst, onlyOther))))
}

// Holm adjusts the p-values of several tests: if none of the differences is real,
// one of the results is below any level at most that often. Values that are NaN
// are of no test and stay as they are. See Holm, "A simple sequentially rejective
// multiple test procedure", Scandinavian Journal of Statistics 6 (1979).
func Holm(p []float64) []float64 {
	adjusted, order := slices.Clone(p), []int{}
	for i, value := range p {
		if !math.IsNaN(value) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	largest := 0.0
	for rank, i := range order {
		largest = max(largest, min(1, float64(len(order)-rank)*p[i]))
		adjusted[i] = largest
	}
	return adjusted
}

// powerOf returns how often a two-sided t-test at the level finds a change that
// is effect standard errors large. It is the distribution function of the
// noncentral t, averaged over the quantiles of the estimated variance.
func powerOf(effect, degrees, level float64) float64 {
	const points = 200
	limit, variance := critical(degrees, level), distuv.ChiSquared{K: degrees}
	found := 0.0
	for i := range points {
		estimated := limit * math.Sqrt(variance.Quantile((float64(i)+0.5)/points)/degrees)
		found += distuv.UnitNormal.CDF(effect-estimated) + distuv.UnitNormal.CDF(-effect-estimated)
	}
	return found / points
}

// seedsFor returns how many seeds of each of two configs a t-test at the level
// needs to find a change between them in four of five cases. deviation is that of
// the difference of two runs; degrees are the test's degrees of freedom for each
// seed beyond the first. It returns 0 if more than mostSeeds are needed.
func seedsFor(change, deviation, degrees, level float64) int {
	if change == 0 {
		return 0
	}
	n := 2 + sort.Search(mostSeeds-1, func(more int) bool {
		n := float64(more + 2)
		return powerOf(math.Abs(change)/deviation*math.Sqrt(n), degrees*(n-1), level) >= power
	})
	if n > mostSeeds {
		return 0
	}
	return n
}

// Decides returns the largest standard deviation, from seed to seed, of the
// difference of two configs at which so many seeds of each, compared by pairs,
// find a change in four of five cases.
func Decides(change float64, seeds int) float64 {
	n := float64(seeds)
	effect := sort.Search(100_000, func(thousandths int) bool {
		return powerOf(float64(thousandths)/1000*math.Sqrt(n), n-1, significance) >= power
	})
	return 1000 * math.Abs(change) / float64(effect)
}
