package metrics

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// A Sample is a figure of a config's runs, one for each seed.
type Sample struct {
	Seeds  []uint64
	Values []float64

	// Correct says which test images a single run of a classifier gets right, whose
	// accuracy is the only value; nil if this is not known.
	Correct []bool
}

// A Basis is what a test of a difference rests on.
type Basis int

const (
	// Untested differences are those of single runs without a common image by
	// image result. They show nothing about the configs.
	Untested Basis = iota
	// Pairs are runs with the same seeds on both sides: Student's t-test of
	// their differences.
	Pairs
	// Groups are runs with different seeds: Welch's t-test.
	Groups
	// SameImages are the test images that two single classifiers were scored
	// on: McNemar's test, which is about these two runs and not their configs.
	SameImages
)

// A Difference says how far a figure of one config is from that of another, and
// whether chance explains it.
type Difference struct {
	First, Other Spread
	Change       float64 // Other.Mean - First.Mean
	Basis        Basis
	P            float64 // of the test; NaN for Untested. Holm's correction is in it where several were compared

	HalfWidth float64 // of the 95 % interval of Change; NaN unless the basis is Pairs or Groups

	OnlyFirst, OnlyOther int // test images that only this one gets right, for SameImages

	deviation, degrees float64 // of the difference of two runs; degrees of freedom for each further seed
	level              float64 // of the test, after the correction for several
}

// Significant reports whether a test at 5 % tells the difference from chance.
func (d Difference) Significant() bool { return d.P <= significance }

// Seeds is how many seeds of each config would show the difference in four of
// five cases, if it is as large as it looks. It is 0 if the difference is
// significant, if nothing is known about the spread over seeds, or if more than a
// thousand were needed.
func (d Difference) Seeds() int {
	if d.Significant() || d.Basis != Pairs && d.Basis != Groups {
		return 0
	}
	return seedsFor(d.Change, d.deviation, d.degrees, d.level)
}

// Compare compares a figure of one config, other, with that of another one, first.
func Compare(first, other Sample) Difference {
	a, b := first.Values, other.Values
	d := Difference{First: NewSpread(a), Other: NewSpread(b), P: math.NaN(), HalfWidth: math.NaN(), level: significance}
	d.Change = d.Other.Mean - d.First.Mean
	u, v := d.First.Deviation*d.First.Deviation, d.Other.Deviation*d.Other.Deviation // the variances of a run
	var standardError, degrees float64
	switch differences := pairs(first, other); {
	case len(differences) > 1:
		d.Basis = Pairs
		paired := NewSpread(differences)
		standardError, degrees = paired.standardError(), float64(len(differences)-1)
		d.deviation, d.degrees = paired.Deviation, 1
	case len(a) > 1 && len(b) > 1:
		d.Basis = Groups
		welch := func(u, v, n, m float64) float64 { return (u + v) * (u + v) / (u*u/n + v*v/m) }
		n, m := float64(len(a)), float64(len(b))
		standardError, degrees = math.Sqrt(u/n+v/m), welch(u/n, v/m, n-1, m-1)
		d.deviation, d.degrees = math.Sqrt(u+v), welch(u, v, 1, 1)
	case len(a) == 1 && len(b) == 1 && first.Correct != nil && len(first.Correct) == len(other.Correct):
		d.Basis = SameImages
		for i, right := range first.Correct {
			switch {
			case right && !other.Correct[i]:
				d.OnlyFirst++
			case !right && other.Correct[i]:
				d.OnlyOther++
			}
		}
		d.P = McNemar(d.OnlyFirst, d.OnlyOther)
	}
	if standardError == 0 {
		degrees = 1 // any number: all values on each side are equal
	}
	if d.Basis == Pairs || d.Basis == Groups {
		d.P, d.HalfWidth = pValue(d.Change, standardError, degrees), critical(degrees, significance)*standardError
	}
	return d
}

// pairs returns the differences of runs with the same seed. It returns nil unless
// both sides have the same seeds.
func pairs(first, other Sample) []float64 {
	differences := make([]float64, len(first.Values))
	for i, seed := range first.Seeds {
		j := slices.Index(other.Seeds, seed)
		if j < 0 || len(first.Seeds) != len(other.Seeds) {
			return nil
		}
		differences[i] = other.Values[j] - first.Values[i]
	}
	return differences
}

// AgainstFirst compares each of the other samples with the first. The
// p-values are corrected for their number.
func AgainstFirst(all []Sample) []Difference { return compare(all, 1) }

// AgainstBest compares each of the other samples with the first, which was
// chosen because its figure is the best. The best of many equal ones looks better
// than they are, so the p-values are corrected for all pairs that might have been
// compared instead.
func AgainstBest(all []Sample) []Difference { return compare(all, len(all)) }

// compare compares each of the first samples with those after it, applies Holm's
// correction, and returns the differences from the very first.
func compare(all []Sample, firsts int) (differences []Difference) {
	var p []float64
	for i, first := range all[:firsts] {
		for _, other := range all[i+1:] {
			d := Compare(first, other)
			differences, p = append(differences, d), append(p, d.P)
		}
	}
	for i, adjusted := range Holm(p) {
		differences[i].P, differences[i].level = adjusted, significance/float64(len(differences))
	}
	return differences[:len(all)-1]
}

// CompareSpeed compares the seconds that the epochs of two configs took. It returns the
// medians, and whether the middle halves of the epochs' times do not overlap. The first
// epochs may have shared the processor with the rest of this program, and any epoch with
// other programs; medians ignore such outliers.
func CompareSpeed(first, other []float64) (a, b float64, apart bool) {
	lowA, a, highA := quartiles(first)
	lowB, b, highB := quartiles(other)
	return a, b, highA < lowB || highB < lowA
}

func quartiles(values []float64) (low, median, high float64) {
	if len(values) == 0 {
		return 0, 0, 0
	}
	sorted := slices.Sorted(slices.Values(values))
	at := func(p float64) float64 { return stat.Quantile(p, stat.Empirical, sorted, nil) }
	return at(0.25), at(0.5), at(0.75)
}
