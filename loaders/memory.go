package loaders

import (
	"math"
	"runtime/debug"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// MemoryLimit returns how much memory the program may take, in bytes, and what
// sets this limit: GOMEMLIMIT, the control group that it runs in, or the
// machine.
func MemoryLimit() (limit int64, whose string) {
	limit, whose = math.MaxInt64, "any machine"
	lower := func(to uint64, err error, says string) {
		if err == nil && to > 0 && to < uint64(limit) {
			limit, whose = int64(to), says
		}
	}
	total, err := memlimit.FromSystem()
	lower(total, err, "this machine")
	group, err := memlimit.FromCgroup()
	lower(group, err, "the control group")
	lower(uint64(debug.SetMemoryLimit(-1)), nil, "GOMEMLIMIT")
	return limit, whose
}
