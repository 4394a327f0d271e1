package metrics

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestCompare(t *testing.T) {
	first := Contender{"standard", "loss", []float64{0.015}, []float64{0.0165}, []float64{0.016}, 2, 800}
	for _, test := range []struct {
		other Contender
		want  []string
	}{
		{Contender{"tied", "loss", []float64{0.0125}, []float64{0.01275}, []float64{0.012}, 1.5, 400}, []string{
			"tied is better than standard: test loss 0.012 against 0.016, a ratio of 0.750.",
			"It is faster: 1.5 s an epoch against 2 s, a ratio of 0.75, with 0.50 times the parameters.",
			"It is less prone to overfit: at its best its validation loss is 1.020 times its training loss, that of standard 1.100 times.",
		}},
		{Contender{"again", "loss", []float64{0.01505}, []float64{0.0165}, []float64{0.0161}, 2.01, 800}, []string{
			"again is as good as standard: test loss 0.0161 against 0.016, a ratio of 1.006.",
			"It is as fast: 2.01 s an epoch against 2 s, a ratio of 1.00, with 1.00 times the parameters.",
			"It is as prone to overfit: at its best its validation loss is 1.096 times its training loss, that of standard 1.100 times.",
		}},
		{Contender{"large", "error rate", []float64{0.01}, []float64{0.02}, []float64{0.032}, 4, 8000}, []string{
			"large is worse than standard: test error rate 0.032 against 0.016, a ratio of 2.000.",
			"It is slower: 4 s an epoch against 2 s, a ratio of 2.00, with 10.00 times the parameters.",
			"It is more prone to overfit: at its best its validation error rate is 2.000 times its training error rate, that of standard 1.100 times.",
		}},
		// Validation below training on both sides: neither overfits. No test
		// errors on either side: as good as each other.
		{Contender{"perfect", "error rate", []float64{0.02}, []float64{0.01}, []float64{0}, 2, 800}, []string{
			"perfect is better than standard: test error rate 0 against 0.016, a ratio of 0.000.",
			"It is as fast: 2 s an epoch against 2 s, a ratio of 1.00, with 1.00 times the parameters.",
			"It is less prone to overfit: at its best its validation error rate is 0.500 times its training error rate, that of standard 1.100 times.",
		}},
	} {
		if diff := cmp.Diff(test.want, Compare(first, test.other)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.other.Name, diff)
		}
	}
}

func TestCompareWithoutOverfitting(t *testing.T) {
	a := Contender{"a", "loss", []float64{0.02}, []float64{0.015}, []float64{0}, 1, 8}
	b := Contender{"b", "loss", []float64{0.02}, []float64{0.010}, []float64{0}, 1, 8}
	want := []string{
		"b is as good as a: test loss 0 against 0, a ratio of 1.000.",
		"It is as fast: 1 s an epoch against 1 s, a ratio of 1.00, with 1.00 times the parameters.",
		"It is as prone to overfit: at its best its validation loss is 0.500 times its training loss, that of a 0.750 times.",
	}
	if diff := cmp.Diff(want, Compare(a, b)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCompareOverSeeds(t *testing.T) {
	standard := Contender{"standard", "loss", []float64{1, 1, 1}, []float64{1.1, 1.2, 1.3}, []float64{1, 2, 3}, 2, 800}
	for _, test := range []struct {
		other Contender
		want  string
	}{
		// Means 2 and 2.5, standard errors 0.58 and 0.29: 0.5 is less than twice 0.65.
		{Contender{"near", "loss", []float64{1, 1, 1}, []float64{1.1, 1.2, 1.3}, []float64{2, 2.5, 3}, 2, 800},
			"near is as good as standard: test loss 2.5±0.5 against 2±1 (means and standard deviations over 3 seeds each), a ratio of 1.250."},
		{Contender{"far", "loss", []float64{1, 1}, []float64{1.2, 1.2}, []float64{4, 4.2}, 2, 800},
			"far is worse than standard: test loss 4.1±0.14 against 2±1 (means and standard deviations over 2 and 3 seeds), a ratio of 2.050."},
	} {
		got := Compare(standard, test.other)
		if got[0] != test.want {
			t.Errorf("got  %s\nwant %s", got[0], test.want)
		}
		const prone = "as prone to overfit: at its best its validation loss is 1.200±"
		if !strings.Contains(got[2], prone) {
			t.Errorf("%q lacks %q", got[2], prone)
		}
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
