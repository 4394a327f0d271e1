package metrics

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// A Contender is what a comparison knows of a config: the figures of its runs,
// one or one a seed. They are accuracies, from 0 to 1, of a model that
// classifies, and losses of any other, all of the best epoch.
type Contender struct {
	Task                    Task
	Train, Validation, Test []float64 // one a run

	ValidationImages, TestImages int

	EpochSeconds []float64 // of every epoch of every run
}

// A Basis is what the error of a difference rests on.
type Basis int

const (
	// OverSeeds is the spread of several runs on either side, which differ in
	// their seed alone.
	OverSeeds Basis = iota
	// Counting is the binomial error of an accuracy p over n images,
	// sqrt(p(1-p)/n), the least that chance does. Single runs show no other.
	Counting
	// Customary is the 1 % by which the losses of two seeds of one config
	// commonly differ. Single runs without accuracies show no error of their own.
	Customary
)

// A Difference is how far a figure of one config stands from another's, and how
// sure that is.
type Difference struct {
	First, Other Spread
	Error        float64 // the standard error of Other.Mean - First.Mean
	Basis        Basis

	// Seeds is about how many runs of each, one a seed, would tell apart as
	// small a difference as this; 0 where it is told already, where nobody can
	// know, or where there is none.
	Seeds int
}

// Change is how much larger the other figure is.
func (d Difference) Change() float64 { return d.Other.Mean - d.First.Mean }

// Told reports whether the figures stand apart by more than twice the standard
// error of their difference, which chance alone exceeds once in twenty times.
func (d Difference) Told() bool { return math.Abs(d.Change()) > 2*d.Error }

// CompareTest holds the test figures of other against those of first.
func CompareTest(first, other Contender) Difference {
	return difference(first.Task, first.Test, other.Test, first.TestImages, other.TestImages)
}

// CompareValidation holds the validation figures of other against those of first.
func CompareValidation(first, other Contender) Difference {
	return difference(first.Task, first.Validation, other.Validation, first.ValidationImages, other.ValidationImages)
}

// CompareGaps holds how far other generalizes against how far first does: by
// how much the training accuracy stands above the validation accuracy, or how
// many times the training loss the validation loss is.
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

// seeds takes the error from the spread on both sides.
func (d *Difference) seeds() {
	d.Basis = OverSeeds
	d.Error = math.Hypot(d.First.standardError(), d.Other.standardError())
	d.need(d.First.Deviation*d.First.Deviation + d.Other.Deviation*d.Other.Deviation)
}

// customary takes the error of figures whose spread nobody has measured.
func (d *Difference) customary() {
	const share = 0.01
	d.Basis = Customary
	d.Error = share / 2 * max(math.Abs(d.First.Mean), math.Abs(d.Other.Mean))
	d.need(2 * d.Error * d.Error)
}

// need fills in Seeds: with n runs on either side, whose variances sum to
// variance, the standard error is sqrt(variance/n), which the difference is to
// exceed twice. At least two are needed to show a spread.
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

// Binomial is the standard error of an accuracy over so many images.
func Binomial(accuracy float64, images int) float64 {
	return math.Sqrt(max(0, accuracy*(1-accuracy)) / float64(max(1, images)))
}

// Speed is how long an epoch of each of two configs took.
type Speed struct {
	First, Other float64 // seconds, the medians over all epochs
	Told         bool    // the middle halves of the epochs do not overlap
}

// CompareSpeed holds the epochs of other against those of first. The first
// epochs may have shared the processor with other work, and any epoch with other
// programs: medians leave those out.
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
