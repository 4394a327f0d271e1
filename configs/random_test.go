package configs

import "testing"

// The wanted numbers come from an implementation in Python of SHA-256
// (hashlib) and PCG-DXSM (128-bit integers). They must never change: a run's
// recorded configuration would no longer repeat it.
func TestRandomIsPinned(t *testing.T) {
	tests := []struct {
		seed    uint64
		purpose string
		want    [2]uint64
	}{
		{1, "split", [2]uint64{0x0940afb6b1a265c8, 0xd47852aef220838e}},
		{1, "shuffle/3", [2]uint64{0x528de837e2bce36b, 0xf27049dc3f23ae55}},
		{1<<64 - 1, "init/fc.weight", [2]uint64{0x0fcdeba835f0fba8, 0xb7ba4c48a8037fa7}},
	}
	for _, test := range tests {
		random := Config{Seed: test.seed}.Random(test.purpose)
		if got := [2]uint64{random.Uint64(), random.Uint64()}; got != test.want {
			t.Errorf("seed %d, %q: %#x, want %#x", test.seed, test.purpose, got, test.want)
		}
	}
}
