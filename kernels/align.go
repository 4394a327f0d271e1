package kernels

import "unsafe"

// lineOffset is how many numbers lie between first and the next cache line.
func lineOffset(first *float32) int {
	return int(-uintptr(unsafe.Pointer(first))%64) / 4
}
