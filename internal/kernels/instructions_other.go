//go:build !amd64 && !arm64

package kernels

// instructionSets is empty: other processors run gonum's product and plain Go.
var instructionSets []*instructionSet

// Nobody calls what follows without an instruction set; it is here so that the
// package compiles.

var copies [1]packFunc

func transpose4(to *float32, toStride int, from *float32, fromStride, k int) {}
func transpose8(to *float32, toStride int, from *float32, fromStride, k int) {}

// copiesOfFour are empty: panels are packed one by one.
var copiesOfFour [1]packFunc
