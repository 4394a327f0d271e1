package ops

import (
	"fmt"
	"testing"
)

// stacks are the problems whose gradients are checked: one layer, which has no
// input gradient, and several, which have.
var stacks = []struct {
	rows   int
	c      float64
	widths []int
}{
	{5, 1, []int{1, 1}},
	{3, 0.5, []int{7, 1}},
	{33, 2, []int{130, 1}},
	{64, 1, []int{65, 1}},
	{7, 1, []int{3, 2, 1}},
	{31, 0.3, []int{33, 7, 1}},
	{16, 1, []int{13, 9, 5, 1}},
}

// eachStack runs a test on every problem with either loss.
func eachStack(t *testing.T, test func(t *testing.T, s stack)) {
	for _, c := range stacks {
		s := newStack(c.rows, c.c, c.widths...)
		t.Run(fmt.Sprint(c.rows, c.widths), func(t *testing.T) { test(t, s) })
		s.squared = true
		t.Run(fmt.Sprint(c.rows, c.widths, "squared"), func(t *testing.T) { test(t, s) })
	}
}

func TestFiniteDifferences(t *testing.T) {
	eachStack(t, func(t *testing.T, s stack) {
		compare(t, s.program(t, s.rows).run(t, s), s.differences(t))
	})
}

// TestGorgonia compares with the same expression written in Gorgonia's own ops.
func TestGorgonia(t *testing.T) {
	eachStack(t, func(t *testing.T, s stack) {
		compare(t, s.program(t, s.rows).run(t, s), s.gorgonia(t).run(t, s))
	})
	t.Run("linear SVM", func(t *testing.T) {
		s := newStack(64, 1, 3072, 1)
		compare(t, s.program(t, s.rows).run(t, s), s.gorgonia(t).run(t, s))
	})
}

// TestOneRow computes the gradients of a batch of one, whose (1, 1) score is
// neither to be taken for a vector nor for a scalar.
func TestOneRow(t *testing.T) {
	for _, widths := range [][]int{{1, 1}, {5, 1}, {5, 3, 1}} {
		t.Run(fmt.Sprint(widths), func(t *testing.T) {
			s := newStack(1, 1, widths...)
			s.classes[0] = 1 - s.classes[0]
			f := s.differences(t)
			if f.loss == 0 {
				s.classes[0] = 1 - s.classes[0]
				f = s.differences(t)
			}
			compare(t, s.program(t, 1).run(t, s), f)
		})
	}
}

// TestLiveRows proves that rows without samples change nothing: the figures are
// those of a graph of just the live rows, to the bit, whatever stands in the
// rows behind and whatever an earlier run left there.
func TestLiveRows(t *testing.T) {
	for _, widths := range [][]int{{33, 1}, {3072, 1}, {33, 5, 1}, {65, 130, 3, 1}} {
		t.Run(fmt.Sprint(widths), func(t *testing.T) {
			s, full := newStack(7, 1, widths...), newStack(16, 1, widths...)
			want := s.program(t, 7).run(t, s)
			p := s.program(t, 16)
			sameBits(t, p.run(t, s), want)
			before := p.run(t, full)
			sameBits(t, p.run(t, s), want)
			sameBits(t, p.run(t, full), before)
		})
	}
}

// TestRepeatedRuns proves that a machine gives the same bits run after run.
// Each run reads its figures after Reset.
func TestRepeatedRuns(t *testing.T) {
	s := newStack(16, 1, 33, 7, 1)
	p := s.program(t, 16)
	want := p.run(t, s)
	for range 50 {
		sameBits(t, p.run(t, s), want)
	}
}

// TestValuesAfterReset proves that Reset leaves the values of every node this
// package computes as the run made them.
func TestValuesAfterReset(t *testing.T) {
	s := newStack(16, 1, 33, 7, 1)
	p := s.program(t, 16)
	p.feed(t, s)
	if err := p.machine.RunAll(); err != nil {
		t.Fatal(err)
	}
	ran, scores := p.figures(t), fmt.Sprint(p.scores.Value().Data())
	p.machine.Reset()
	sameBits(t, p.figures(t), ran)
	if after := fmt.Sprint(p.scores.Value().Data()); after != scores {
		t.Errorf("the scores are %v after Reset, were %v", after, scores)
	}
}
