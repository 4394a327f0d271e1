package kernels

import "testing"

// TestPeak wants a plausible figure of every instruction set: no processor does
// fewer than a million or more than 10^16 operations a second.
func TestPeak(t *testing.T) {
	for _, set := range append([]*instructionSet{nil}, instructionSets...) {
		t.Run(setName(set), func(t *testing.T) {
			use(t, set)
			if peak := Peak(); !(peak > 1e6 && peak < 1e16) {
				t.Errorf("%g operations a second", peak)
			}
		})
	}
}

// BenchmarkPeak reports what every share of the peak is measured by.
func BenchmarkPeak(b *testing.B) {
	for _, set := range append([]*instructionSet{nil}, instructionSets...) {
		b.Run(setName(set), func(b *testing.B) {
			use(b, set)
			best := 0.0
			for b.Loop() {
				best = max(best, Peak())
			}
			b.ReportMetric(best/1e9, "GFLOPS")
		})
	}
}
