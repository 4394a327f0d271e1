//go:build unix

package runfolder

import (
	"runtime"
	"syscall"
)

// PeakMemory is the most memory that this process had resident so far, in
// bytes; 0 if the system does not tell.
func PeakMemory() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(usage.Maxrss) // in bytes on these systems, in kilobytes on others
	}
	return int64(usage.Maxrss) << 10
}
