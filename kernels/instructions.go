// Package kernels is the float32 arithmetic that training spends its time in:
// matrix products and element-wise passes over plain slices. Matrices are
// row-major without gaps. Every result is summed in one fixed order, so that it
// does not depend on GOMAXPROCS.
//
// The element-wise passes give the same bits on every processor: their plain Go
// code rounds each product before it adds it, and their assembly does nothing
// else. Only which NaN a NaN is may differ.
//
// Functions panic when a slice is shorter than the shape they are given, as
// indexing would: they slice by s[:n:len(s)], since s[:n] would take what lies
// behind a slice that has the capacity.
package kernels

import "runtime"

// The assembly for amd64 and for arm64:
//go:generate go -C avo run . -pkg kernels -out ../kernels_amd64.s -stubs ../kernels_stubs_amd64.go
//go:generate go -C neon run .

// An instructionSet is what a processor multiplies and passes over slices with.
type instructionSet struct {
	name    string
	columns int        // of a tile
	tiles   []tileFunc // tiles[r-1] has r rows

	dot       dotFunc
	combiners []combiner // the widest first, the last of one column

	passes
}

// passes are the element-wise passes, which take n numbers, a multiple of
// passNumbers. What they compute stands in the Go code that does the rest.
type passes struct {
	addBias, addBiasReLU, subtract func(y, x *float32, n int)

	reluGradient func(dx, dy, y *float32, n int)
	scale        func(x *float32, n int, factor float32)
	moveToward   func(x, y *float32, n int, share float32)
	normalize    func(y *float32, bytes *byte, n int, mean, std, inverse float32)

	columnSums      []columnSummer // the widest first
	squares         func(x, y *float32, n int) float64
	squaresGradient func(gradient, x, y *float32, n int, scale float32) float64

	sgd                func(weights, gradient *float32, n int, rate, decay float32)
	momentum, nesterov func(weights, gradient, velocity *float32, n int, rate, decay, momentum float32)
	adam               func(weights, gradient, first, second *float32, n int,
		shrink, decay, beta1, new1, beta2, new2, rate, correction, eps float32)
}

// passNumbers is how many numbers the passes do before they jump.
const passNumbers = 32

// whole is how many of n numbers the processor's passes do: none where there
// are no such passes.
func whole(n int) int {
	if instructions == nil {
		return 0
	}
	return n / passNumbers * passNumbers
}

// instructions is nil on processors that have none of the sets.
var instructions = func() *instructionSet {
	if len(instructionSets) == 0 {
		return nil
	}
	return instructionSets[0]
}()

// Instructions names the processor instructions the kernels run on.
func Instructions() string {
	if instructions != nil {
		return instructions.name
	}
	if runtime.GOARCH == "amd64" { // gonum's assembly
		return "amd64 SSE2"
	}
	return runtime.GOARCH + " portable"
}
