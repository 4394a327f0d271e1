package metrics

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// A Contender is what a comparison knows of a config: the figures of its runs'
// best epochs, one for each seed. They are accuracies, from 0 to 1, for a model
// that classifies, and losses for any other.
type Contender struct {
	Task                    Task
	Train, Validation, Test []float64 // one for each run

	ValidationImages, TestImages int

	EpochSeconds []float64 // of every epoch of every run
}

// A Basis is what the error of a difference is estimated from.
type Basis int

const (
	// OverSeeds is the spread of several runs on both sides that differ only in
	// their seeds.
	OverSeeds Basis = iota
	// Counting is the binomial error sqrt(p(1-p)/n) of an accuracy p over n
	// images: the least that chance contributes, and all that single runs can
	// show.
	Counting
	// Customary is 1 %, by which the losses of two seeds of one config commonly
	// differ. It serves for single runs without accuracies, which show no error
	// of their own.
	Customary
)

// A Difference says how far a figure of one config is from that of another, and
// how certain this is.
type Difference struct {
	First, Other Spread
	Error        float64 // the standard error of Other.Mean - First.Mean
	Basis        Basis

	// Seeds is about how many runs of each config, with different seeds, would
	// be needed to tell so small a difference from chance. It is 0 if the
	// difference can be told already, if nothing is known about the spread, or
	// if there is no difference.
	Seeds int
}

// Change is how much larger the other config's figure is.
func (d Difference) Change() float64 { return d.Other.Mean - d.First.Mean }

// Told reports whether the difference can be told from chance: it is more than
// twice its standard error, which chance alone exceeds once in twenty times.
func (d Difference) Told() bool { return math.Abs(d.Change()) > 2*d.Error }

// CompareTest compares the test figures of other with those of first.
func CompareTest(first, other Contender) Difference {
	return difference(first.Task, first.Test, other.Test, first.TestImages, other.TestImages)
}

// CompareValidation compares the validation figures of other with those of
// first.
func CompareValidation(first, other Contender) Difference {
	return difference(first.Task, first.Validation, other.Validation, first.ValidationImages, other.ValidationImages)
}

// CompareGaps compares how far training and validation figures lie apart in
// other and in first: the training accuracy minus the validation accuracy, or
// the validation loss divided by the training loss.
func CompareGaps(first, other Contender) Difference {
	a, b := first.gaps(), other.gaps()
	d := Difference{First: NewSpread(a), Other: NewSpread(b)}
	switch {
	case len(a) > 1 && len(b) > 1:
		d.seeds()
	case first.Task.Classifies():
		d.Basis = Counting
		d.Error = math.Hypot(Binomial(mean(first.Validation), first.ValidationImages), Binomial(mean(other.Validation), other.ValidationImages))
	default:
		d.customary()
	}
	return d
}

func (c Contender) gaps() []float64 {
	gaps := make([]float64, len(c.Train))
	for i, train := range c.Train {
		if c.Task.Classifies() {
			gaps[i] = train - c.Validation[i]
		} else {
			gaps[i] = ratio(c.Validation[i], train)
		}
	}
	return gaps
}

func difference(task Task, first, other []float64, firstImages, otherImages int) Difference {
	d := Difference{First: NewSpread(first), Other: NewSpread(other)}
	switch {
	case len(first) > 1 && len(other) > 1:
		d.seeds()
	case task.Classifies():
		d.Basis = Counting
		a, b := Binomial(d.First.Mean, firstImages), Binomial(d.Other.Mean, otherImages)
		d.Error = math.Hypot(a, b)
		d.need(a*a + b*b)
	default:
		d.customary()
	}
	return d
}

// seeds estimates the error from the spread on both sides.
func (d *Difference) seeds() {
	d.Basis = OverSeeds
	d.Error = math.Hypot(d.First.standardError(), d.Other.standardError())
	d.need(d.First.Deviation*d.First.Deviation + d.Other.Deviation*d.Other.Deviation)
}

// customary estimates the error of figures whose spread nobody has measured.
func (d *Difference) customary() {
	const share = 0.01
	d.Basis = Customary
	d.Error = share / 2 * max(math.Abs(d.First.Mean), math.Abs(d.Other.Mean))
	d.need(2 * d.Error * d.Error)
}

// need sets Seeds. With n runs on each side and variances that sum to variance,
// the standard error is sqrt(variance/n), and the difference must be more than
// twice that. It takes at least two runs to show a spread.
func (d *Difference) need(variance float64) {
	const most = 10_000
	change := d.Change()
	if d.Told() || change == 0 {
		return
	}
	if n := math.Ceil(4 * variance / (change * change)); n <= most {
		d.Seeds = max(2, int(n))
	}
}

// Binomial is the standard error of an accuracy measured on a number of images.
func Binomial(accuracy float64, images int) float64 {
	return math.Sqrt(max(0, accuracy*(1-accuracy)) / float64(max(1, images)))
}

// Speed compares how long an epoch took in two configs.
type Speed struct {
	First, Other float64 // seconds, the medians over all epochs
	Told         bool    // whether the middle halves of the epochs' times do not overlap
}

// CompareSpeed compares the times of other's epochs with those of first's. The
// first epochs may have shared the processor with the rest of this program, and
// any epoch with other programs; medians ignore such outliers.
func CompareSpeed(first, other Contender) Speed {
	lowA, a, highA := quartiles(first.EpochSeconds)
	lowB, b, highB := quartiles(other.EpochSeconds)
	return Speed{First: a, Other: b, Told: highA < lowB || highB < lowA}
}

func quartiles(values []float64) (low, median, high float64) {
	if len(values) == 0 {
		return 0, 0, 0
	}
	sorted := slices.Sorted(slices.Values(values))
	at := func(p float64) float64 { return stat.Quantile(p, stat.Empirical, sorted, nil) }
	return at(0.25), at(0.5), at(0.75)
}

func mean(values []float64) float64 { return stat.Mean(values, nil) }

// ratio is a/b, and 1 for equal figures even where both are 0.
func ratio(a, b float64) float64 {
	if a == b {
		return 1
	}
	return a / b
}
