package metrics

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestDifferences holds figures against errors that were computed by hand.
func TestDifferences(t *testing.T) {
	single := func(accuracy float64) Contender {
		return Contender{Task: Classify, Test: []float64{accuracy}, TestImages: 2000}
	}
	losses := func(test ...float64) Contender { return Contender{Task: Restore, Test: test, TestImages: 2000} }
	for _, test := range []struct {
		name         string
		first, other Contender
		error        float64
		basis        Basis
		told         bool
		seeds        int
	}{
		// sqrt(0.848*0.152/2000 + 0.8515*0.1485/2000); 0.35 points want 42 seeds.
		{"two accuracies of 2,000 images", single(0.848), single(0.8515), 0.011299, Counting, false, 42},
		{"far apart", single(0.75), single(0.85), 0.012550, Counting, true, 0},
		{"equal", single(0.8), single(0.8), 0.012649, Counting, false, 0},
		// Standard deviations 1 and 0.5 over three seeds: sqrt(1/3 + 0.25/3), and
		// 4*(1+0.25)/0.25 seeds.
		{"losses over seeds", losses(1, 2, 3), losses(2, 2.5, 3), 0.645497, OverSeeds, false, 20},
		{"losses over seeds, far apart", losses(1, 2, 3), losses(4, 4.2), 0.585947, OverSeeds, true, 0},
		{"single losses within 1 %", losses(0.0160), losses(0.0161), 0.0000805, Customary, false, 6},
		{"single losses beyond", losses(0.0160), losses(0.0165), 0.0000825, Customary, true, 0},
	} {
		d := CompareTest(test.first, test.other)
		if math.Abs(d.Error-test.error) > 1e-6 || d.Basis != test.basis || d.Told() != test.told || d.Seeds != test.seeds {
			t.Errorf("%s: %+v, told %v; want an error of %g, basis %d, told %v, %d seeds", test.name, d, d.Told(), test.error, test.basis, test.told, test.seeds)
		}
	}
}

func TestCompareGaps(t *testing.T) {
	classifier := func(train, validation float64) Contender {
		return Contender{Task: Classify, Train: []float64{train}, Validation: []float64{validation}, ValidationImages: 3000}
	}
	if d := CompareGaps(classifier(0.9, 0.8), classifier(0.84, 0.82)); !d.Told() || math.Abs(d.Change()+0.08) > 1e-12 {
		t.Errorf("gaps of 10 and 2 points: %+v", d)
	}
	restorer := func(train, validation float64) Contender {
		return Contender{Task: Restore, Train: []float64{train}, Validation: []float64{validation}}
	}
	if d := CompareGaps(restorer(0.010, 0.0105), restorer(0.02, 0.02105)); d.Told() {
		t.Errorf("ratios of 1.05 and 1.0525: %+v", d)
	}
}

// TestCompareSpeed wants a noisy machine to tell nothing apart.
func TestCompareSpeed(t *testing.T) {
	took := func(seconds ...float64) Contender { return Contender{EpochSeconds: seconds} }
	if s := CompareSpeed(took(2, 2.1, 2.2, 9), took(1, 1.1, 1.2, 1.3)); !s.Told || s.First != 2.1 || s.Other != 1.1 {
		t.Errorf("twice as fast: %+v", s)
	}
	if s := CompareSpeed(took(1, 2, 3, 4), took(1.5, 2.5, 3.5, 4.5)); s.Told {
		t.Errorf("epochs that overlap: %+v", s)
	}
}

func TestBand(t *testing.T) {
	nan := math.NaN()
	mean, low, high := Histories{
		{{Number: 1, TrainLoss: 1, ValidationLoss: 4}, {Number: 2, TrainLoss: 1, ValidationLoss: nan}},
		{{Number: 1, TrainLoss: 3, ValidationLoss: 2}, {Number: 2, TrainLoss: 2, ValidationLoss: 1}, {Number: 3, TrainLoss: 5, ValidationLoss: 6}},
	}.Band()
	for _, test := range []struct {
		name      string
		got, want History
	}{
		{"mean", mean, History{{Number: 1, TrainLoss: 2, ValidationLoss: 3}, {Number: 2, TrainLoss: 1.5, ValidationLoss: nan}, {Number: 3, TrainLoss: 5, ValidationLoss: 6}}},
		{"low", low, History{{Number: 1, TrainLoss: 1, ValidationLoss: 2}, {Number: 2, TrainLoss: 1, ValidationLoss: nan}, {Number: 3, TrainLoss: 5, ValidationLoss: 6}}},
		{"high", high, History{{Number: 1, TrainLoss: 3, ValidationLoss: 4}, {Number: 2, TrainLoss: 2, ValidationLoss: nan}, {Number: 3, TrainLoss: 5, ValidationLoss: 6}}},
	} {
		if diff := cmp.Diff(test.want, test.got, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
