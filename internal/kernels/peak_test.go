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
