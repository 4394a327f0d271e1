package kernels

import "unsafe"

// lineOffset is how many numbers lie between first and the next beginning of a
// cache line of 64 bytes: 0 where first is one.
func lineOffset(first *float32) int {
	return int(-uintptr(unsafe.Pointer(first))%64) / 4
}
