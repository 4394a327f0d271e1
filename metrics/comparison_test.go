package metrics

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompare(t *testing.T) {
	first := Contender{"standard", "loss", 0.015, 0.0165, 0.016, 2, 800}
	for _, test := range []struct {
		other Contender
		want  []string
	}{
		{Contender{"tied", "loss", 0.0125, 0.01275, 0.012, 1.5, 400}, []string{
			"tied is better than standard: test loss 0.012 against 0.016, a ratio of 0.750.",
			"It is faster: 1.5 s an epoch against 2 s, a ratio of 0.75, with 0.50 times the parameters.",
			"It is less prone to overfit: at its best its validation loss is 1.020 times its training loss, that of standard 1.100 times.",
		}},
		{Contender{"again", "loss", 0.01505, 0.0165, 0.0161, 2.01, 800}, []string{
			"again is as good as standard: test loss 0.0161 against 0.016, a ratio of 1.006.",
			"It is as fast: 2.01 s an epoch against 2 s, a ratio of 1.00, with 1.00 times the parameters.",
			"It is as prone to overfit: at its best its validation loss is 1.096 times its training loss, that of standard 1.100 times.",
		}},
		{Contender{"large", "error rate", 0.01, 0.02, 0.032, 4, 8000}, []string{
			"large is worse than standard: test error rate 0.032 against 0.016, a ratio of 2.000.",
			"It is slower: 4 s an epoch against 2 s, a ratio of 2.00, with 10.00 times the parameters.",
			"It is more prone to overfit: at its best its validation error rate is 2.000 times its training error rate, that of standard 1.100 times.",
		}},
		// Validation below training on both sides: neither overfits. No test
		// errors on either side: as good as each other.
		{Contender{"perfect", "error rate", 0.02, 0.01, 0, 2, 800}, []string{
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
	a := Contender{"a", "loss", 0.02, 0.015, 0, 1, 8}
	b := Contender{"b", "loss", 0.02, 0.010, 0, 1, 8}
	want := []string{
		"b is as good as a: test loss 0 against 0, a ratio of 1.000.",
		"It is as fast: 1 s an epoch against 1 s, a ratio of 1.00, with 1.00 times the parameters.",
		"It is as prone to overfit: at its best its validation loss is 0.500 times its training loss, that of a 0.750 times.",
	}
	if diff := cmp.Diff(want, Compare(a, b)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
