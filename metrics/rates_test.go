package metrics

import (
	"math"
	"math/rand/v2"
	"testing"
)

// rateTest is a range test over eight decades whose loss, of the logarithm of the rate,
// is given, with noise from batch to batch.
func rateTest(seed uint64, noise float64, loss func(power float64) float64) (test RateTest) {
	random := rand.New(rand.NewPCG(seed, 1))
	for i := range 400 {
		power := -7 + 8*float64(i)/399
		test = append(test, RatePoint{math.Pow(10, power), loss(power) + noise*random.NormFloat64()})
	}
	return test
}

func TestRateRange(t *testing.T) {
	// A logistic fall at 1e-4 and a rise to half of it at 1e-1.
	low, high, descends := rateTest(1, 0.02, func(power float64) float64 {
		return 1 - 0.8/(1+math.Exp(-6*(power+4))) + 0.4*math.Exp(8*(power+1))
	}).Range()
	if !descends || low < 0.5e-4 || low > 2e-4 || high < 0.02 || high > 0.04 {
		t.Errorf("range from %g to %g (%v), want 1e-4 to 1e-1/3", low, high, descends)
	}
}

// TestRateRangeFalseAlarms measures how often a range is named where the loss only
// differs from batch to batch, or only rises.
func TestRateRangeFalseAlarms(t *testing.T) {
	for name, loss := range map[string]func(float64) float64{
		"flat":  func(float64) float64 { return 1 },
		"rises": func(power float64) float64 { return 1 + math.Exp(power) },
	} {
		const trials = 2000
		alarms := 0
		for seed := range uint64(trials) {
			if _, _, descends := rateTest(seed, 0.2, loss).Range(); descends {
				alarms++
			}
		}
		if share := float64(alarms) / trials; share > 0.05 {
			t.Errorf("%s: a range in %.1f %% of the tests", name, 100*share)
		}
	}
}
