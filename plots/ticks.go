package plots

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// mostTicks is the largest number of labels on an axis; more would run into each
// other.
const mostTicks = 10

// roundStep returns the smallest step of the form 1, 2 or 5 times a power of
// ten that divides a span into at most the given number of parts.
func roundStep(span float64, parts int) float64 {
	magnitude := math.Pow(10, math.Floor(math.Log10(span/float64(parts))))
	for _, factor := range []float64{1, 2, 5} {
		if step := factor * magnitude; span/step <= float64(parts) {
			return step
		}
	}
	return 10 * magnitude
}

// linearTicks labels round values of a linear axis. gonum's DefaultTicks would give
// about three labels, which are too few to read values off a curve.
var linearTicks plot.TickerFunc = func(low, high float64) []plot.Tick { return roundTicks(low, high, roundStep(high-low, 8)) }

// fewer leaves out labels of an axis that is only a third as wide as a picture.
func fewer(ticker plot.Ticker) plot.TickerFunc {
	return func(low, high float64) []plot.Tick {
		const most = 4
		ticks := ticker.Ticks(low, high)
		for i := range ticks {
			if i%((len(ticks)+most-1)/most) > 0 {
				ticks[i].Label = ""
			}
		}
		return ticks
	}
}

// epochTicks labels at most so many whole epochs from the first to the last; the axis
// itself is wider.
func epochTicks(first, last, most int) plot.Ticker {
	low, high := float64(first), float64(last)
	return plot.TickerFunc(func(_, _ float64) []plot.Tick {
		return roundTicks(low, high, max(1, roundStep(high-low, most)))
	})
}

func roundTicks(low, high, step float64) (ticks []plot.Tick) {
	for i := math.Ceil(low / step); i <= math.Floor(high/step) && len(ticks) <= mostTicks; i++ {
		value := i*step + 0 // turns -0 into 0
		ticks = append(ticks, plot.Tick{Value: value, Label: tickLabel(value, step)})
	}
	return ticks
}

// tickLabel writes value with the decimals that the step between ticks needs.
func tickLabel(value, step float64) string {
	decimals := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	if magnitude := math.Abs(value); decimals <= 6 && magnitude < 1e6 {
		return strconv.FormatFloat(value, 'f', decimals, 64)
	}
	digits := 1 + max(0, int(math.Ceil(math.Log10(math.Abs(value)/step)))) // 1 for a value of 0
	return strconv.FormatFloat(value, 'g', digits, 64)
}

// logTicks labels 1, 2 and 5 times the powers of ten on an axis of decimal
// logarithms. If these were too many, it labels only every nth power of ten.
var logTicks plot.TickerFunc = func(low, high float64) (ticks []plot.Tick) {
	const fewPowers = 3
	first, last := math.Floor(low), math.Ceil(high)
	factors, stride := []float64{1, 2, 5}, 1.0
	if last-first > fewPowers {
		factors, stride = factors[:1], math.Ceil((last-first)/mostTicks)
	}
	for power := first; power <= last; power += stride {
		for _, factor := range factors {
			value := factor * math.Pow(10, power)
			if at := math.Log10(value); low <= at && at <= high {
				ticks = append(ticks, plot.Tick{Value: at, Label: strconv.FormatFloat(value, 'g', 4, 64)})
			}
		}
	}
	return ticks
}
