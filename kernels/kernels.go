// Package kernels is the float32 arithmetic that training spends its time in:
// matrix products and element-wise passes over plain slices. Matrices are
// row-major without gaps. Every result is summed in one fixed order, so that it
// does not depend on GOMAXPROCS.
//
// Functions panic when a slice is shorter than the shape they are given, as
// indexing would: they slice by s[:n:len(s)], since s[:n] would take what lies
// behind a slice that has the capacity.
package kernels

import "runtime"

// Instructions names the processor instructions the matrix product runs on.
func Instructions() string {
	if instructions != nil {
		return instructions.name
	}
	if runtime.GOARCH == "amd64" { // gonum's assembly
		return "amd64 SSE2"
	}
	return runtime.GOARCH + " portable"
}
