//go:build !amd64 && !arm64

package kernels

// instructionSets are none: gonum's product and plain Go serve other processors.
var instructionSets []*instructionSet

// What follows is never called without an instruction set.

var copies [1]packFunc

func transpose4(to *float32, toStride int, from *float32, fromStride, k int) {}
func transpose8(to *float32, toStride int, from *float32, fromStride, k int) {}
