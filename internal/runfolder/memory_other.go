//go:build !unix

package runfolder

// PeakMemory is the most memory that this process had resident so far, in
// bytes; 0 if the system does not tell.
func PeakMemory() int64 { return 0 }
