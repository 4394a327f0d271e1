package metrics

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// A RateTest is a learning-rate range test (Smith 2017, arXiv 1506.01186): the losses
// of batches while the rate of the steps between them grows geometrically.
type RateTest []RatePoint

// A RatePoint is a batch's loss before a step with a learning rate.
type RatePoint struct{ Rate, Loss float64 }

const (
	rateReach   = 12 // points on either side that a smoothed loss is the mean of
	ratesAtRest = 50 // first points, whose rates are too small to change anything
)

// Smoothed returns the mean loss around each point.
func (t RateTest) Smoothed() []float64 {
	smooth := make([]float64, len(t))
	for i := range t {
		around := t[max(0, i-rateReach):min(len(t), i+rateReach+1)]
		for _, point := range around {
			smooth[i] += point.Loss / float64(len(around))
		}
	}
	return smooth
}

// Range returns the rates between which a good one is likely to lie: from where the
// smoothed loss falls most steeply over the logarithm of the rate to a third of where
// it turns, that is, where it has climbed back half of what it fell; the range is at
// least a factor of three wide. descends is false, and there is no range, if the loss
// never falls below what it is at rest by more than chance explains: by four standard
// errors of the difference between the two means.
func (t RateTest) Range() (low, high float64, descends bool) {
	if len(t) <= ratesAtRest+2*rateReach {
		return 0, 0, false
	}
	var rest []float64
	for _, point := range t[:ratesAtRest] {
		rest = append(rest, point.Loss)
	}
	const window = 2*rateReach + 1
	level, deviation := stat.MeanStdDev(rest, nil)
	smooth := t.Smoothed()
	lowest := ratesAtRest
	for i := ratesAtRest; i < len(t)-rateReach; i++ { // the means at the ends are over fewer losses
		if smooth[i] < smooth[lowest] {
			lowest = i
		}
	}
	if level-smooth[lowest] <= 4*deviation*math.Sqrt(1./ratesAtRest+1./window) {
		return 0, 0, false
	}
	steepest, turn := rateReach, lowest
	fall := func(i int) float64 { return smooth[i-rateReach] - smooth[min(i+rateReach, len(t)-1)] }
	for i := rateReach; i < lowest; i++ {
		if fall(i) > fall(steepest) {
			steepest = i
		}
	}
	for turn < len(t)-1 && smooth[turn] < (level+smooth[lowest])/2 {
		turn++
	}
	high = t[turn].Rate / 3
	return min(t[steepest].Rate, high/3), high, true
}
