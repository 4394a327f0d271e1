package kernels

import "unsafe"

// lineOffset is how many numbers lie between first and the beginning of the next
// cache line of 64 bytes; 0 if first begins a cache line itself.
func lineOffset(first *float32) int {
	return int(-uintptr(unsafe.Pointer(first))%64) / 4
}
