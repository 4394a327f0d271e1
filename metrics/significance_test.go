package metrics

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestAgainstSciPy compares tests, intervals, corrections and numbers of seeds with
// those of SciPy and statsmodels; testdata/significance.py made the figures.
func TestAgainstSciPy(t *testing.T) {
	var want struct {
		Tests []struct {
			Kind         string
			First, Other []float64
			P, Low, High float64
			MeanInterval [2]float64 `json:"mean_interval"`
		}
		Seeds []struct {
			Effect        float64
			Pairs, Groups int
		}
		Holm    struct{ P, Adjusted []float64 }
		McNemar []struct {
			First, Other int
			P            float64
		}
	}
	content, err := os.ReadFile("testdata/significance.json")
	if err = errors.Join(err, json.Unmarshal(content, &want)); err != nil {
		t.Fatal(err)
	}
	differs := func(got, want float64) bool { return !(math.Abs(got-want) <= 1e-9*max(1, math.Abs(want))) }
	for _, test := range want.Tests {
		a, b := sample(1, test.First...), sample(1, test.Other...)
		if test.Kind == "groups" {
			b = sample(2, test.Other...)
		}
		d := Compare(a, b)
		if differs(d.P, test.P) || differs(d.Change-d.HalfWidth, test.Low) || differs(d.Change+d.HalfWidth, test.High) {
			t.Errorf("%s %v %v: %+v, want %+v", test.Kind, test.First, test.Other, d, test)
		}
		if low, high := d.First.Interval(); differs(low, test.MeanInterval[0]) || differs(high, test.MeanInterval[1]) {
			t.Errorf("the interval of %v is [%g, %g], want %v", test.First, low, high, test.MeanInterval)
		}
	}
	for _, test := range want.Seeds {
		pairs, groups := seedsFor(test.Effect, 1, 1, significance), seedsFor(test.Effect, math.Sqrt2, 2, significance)
		if pairs != test.Pairs || groups != test.Groups {
			t.Errorf("an effect of %g takes %d pairs and %d in each group, want %d and %d", test.Effect, pairs, groups, test.Pairs, test.Groups)
		}
	}
	if diff := cmp.Diff(want.Holm.Adjusted, Holm(want.Holm.P), cmpopts.EquateApprox(0, 1e-12)); diff != "" {
		t.Errorf("Holm's correction (-want +got):\n%s", diff)
	}
	for _, test := range want.McNemar {
		if p := McNemar(test.First, test.Other); differs(p, test.P) {
			t.Errorf("McNemar of %d and %d: %g, want %g", test.First, test.Other, p, test.P)
		}
	}
}

// sample is one with the given figures, whose seeds count up from first.
func sample(first uint64, figures ...float64) Sample {
	s := Sample{Values: figures}
	for i := range figures {
		s.Seeds = append(s.Seeds, first+uint64(i))
	}
	return s
}

// TestFalseAlarms compares configs that are all the same, and counts how often one
// is called better: at most in 5 % of the comparisons, by the error of the count.
// Runs of the same seed share part of their luck, as those that split the images
// alike do.
func TestFalseAlarms(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	configs := func(count, seeds int, same bool) []Sample {
		all := make([]Sample, count)
		shared := make([]float64, seeds)
		for i := range shared {
			shared[i] = random.NormFloat64()
		}
		for k := range all {
			figures := make([]float64, seeds)
			for i := range figures {
				if figures[i] = random.NormFloat64(); same {
					figures[i] += shared[i]
				}
			}
			all[k] = sample(1, figures...)
			if !same {
				all[k] = sample(uint64(1+100*k), figures...)
			}
		}
		return all
	}
	classifiers := func(int) []Sample {
		all := make([]Sample, 2)
		for k := range all {
			all[k] = sample(uint64(k), 0)
			all[k].Correct = make([]bool, 300)
			for i := range all[k].Correct {
				all[k].Correct[i] = random.Float64() < 0.8
			}
		}
		return all
	}
	sweep := func(seeds int) []Sample {
		all := configs(9, seeds, true)
		for k := range all { // the best first, as a sweep orders them
			if mean(all[k].Values) > mean(all[0].Values) {
				all[0], all[k] = all[k], all[0]
			}
		}
		return all
	}
	for _, test := range []struct {
		name    string
		seeds   []int
		trials  int
		make    func(seeds int) []Sample
		compare func([]Sample) []Difference
	}{
		{"two configs, the same seeds", []int{2, 3, 5, 10}, 2000, func(n int) []Sample { return configs(2, n, true) }, AgainstFirst},
		{"two configs, other seeds", []int{2, 3, 5, 10}, 2000, func(n int) []Sample { return configs(2, n, false) }, AgainstFirst},
		{"eight changes to one", []int{2, 3, 5, 10}, 500, func(n int) []Sample { return configs(9, n, true) }, AgainstFirst},
		{"the best of nine settings", []int{2, 3, 5, 10}, 500, sweep, AgainstBest},
		{"two classifiers, one run each", []int{1}, 2000, classifiers, AgainstFirst},
		{"two autoencoders, one run each", []int{1}, 100, func(int) []Sample { return configs(2, 1, true) }, AgainstFirst},
	} {
		for _, seeds := range test.seeds {
			alarms := 0
			for range test.trials {
				for _, d := range test.compare(test.make(seeds)) {
					if d.Significant() {
						alarms++
						break
					}
				}
			}
			share, n := float64(alarms)/float64(test.trials), float64(test.trials)
			t.Logf("%s, %d seeds: %.1f %% false alarms in %d comparisons", test.name, seeds, 100*share, test.trials)
			if share > 0.05+3*math.Sqrt(0.05*0.95/n) {
				t.Errorf("%s, %d seeds: %.1f %% false alarms", test.name, seeds, 100*share)
			}
		}
	}
}

func mean(values []float64) float64 { return NewSpread(values).Mean }

// TestDecides wants the deviation at which five seeds find a change to be one at
// which they are just enough.
func TestDecides(t *testing.T) {
	deviation := Decides(2, 5)
	if enough, few := seedsFor(2, 0.99*deviation, 1, significance), seedsFor(2, 1.01*deviation, 1, significance); enough != 5 || few != 6 {
		t.Errorf("below and above a deviation of %g it takes %d and %d seeds, want 5 and 6", deviation, enough, few)
	}
}

func TestGapOf(t *testing.T) {
	for _, test := range []struct {
		task                 Task
		training, validation float64
		gap                  float64
	}{{Classify, 0.9, 0.8, 0.1}, {Reconstruct, 0.01, 0.011, 1.1}, {Reconstruct, 0, 0, 1}} {
		if gap := GapOf(test.task, test.training, test.validation); math.Abs(gap-test.gap) > 1e-12 {
			t.Errorf("%+v: the gap is %g", test, gap)
		}
	}
}

// TestCompareSpeed wants a noisy machine to tell nothing apart.
func TestCompareSpeed(t *testing.T) {
	took := func(seconds ...float64) []float64 { return seconds }
	if a, b, apart := CompareSpeed(took(2, 2.1, 2.2, 9), took(1, 1.1, 1.2, 1.3)); !apart || a != 2.1 || b != 1.1 {
		t.Errorf("twice as fast: %g and %g s, told apart: %v", a, b, apart)
	}
	if _, _, apart := CompareSpeed(took(1, 2, 3, 4), took(1.5, 2.5, 3.5, 4.5)); apart {
		t.Error("epochs that overlap are told apart")
	}
}
