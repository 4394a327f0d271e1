// Package kernels is the float32 arithmetic that training spends its time in:
// matrix products and element-wise passes over plain slices. Matrices are
// row-major without gaps. Every result is summed in one fixed order, so that it
// does not depend on GOMAXPROCS.
//
// The element-wise passes give the same bits on every processor: their plain Go
// code rounds each product before adding it to anything, and their assembly does
// the same operations in the same order. The one exception is NaN: it has
// many bit patterns, and processors may give different ones.
//
// Functions panic when a slice is shorter than the shape they are given, as
// indexing would. That is why they slice by s[:n:len(s)]: s[:n] alone succeeds
// as long as the slice has the capacity, and takes numbers behind its end.
package kernels

import "runtime"

// The assembly for amd64 and for arm64:
//go:generate go -C assembly run ./avo -out ../kernels_amd64.s
//go:generate go -C assembly run ./neon

// An instructionSet is the assembly of all kernels for one kind of processor.
type instructionSet struct {
	name     string
	columns  int        // of a tile
	tiles    []tileFunc // tiles[r-1] has r rows
	pageRows int        // of A, whole pages apart, that tiles read in place; 0 if they take no A whose numbers of a step lie apart

	dot       dotFunc
	combiners []combiner // the widest first; the last computes one column

	// Those of images, nil where there are none; images.go says what they compute.
	dotImage      func(bytes, next *byte, x, mean *float32, meanStep, channels, blocks int, scales *float32) float32
	combineImages func(y, x *float32, images **byte, column, k int, mean, scale *float32)

	passes
}

// passes are the assembly of the element-wise passes. Each takes n numbers, a
// multiple of passNumbers, and computes the same as the plain Go code, which
// takes the numbers that are left.
type passes struct {
	addBias, addBiasReLU func(y, x *float32, n int)

	reluGradient func(dx, dy, y *float32, n int)
	scale        func(x *float32, n int, factor float32)
	moveToward   func(x, y *float32, n int, share float32)
	normalize    func(y, mean *float32, n int, bytes *byte, scale *float32)

	columnSums      []columnSummer // the widest first
	squares         func(x, y *float32, n int) float64
	squaresGradient func(gradient, x, y *float32, n int, scale float32) float64

	sgd                func(weights, gradient *float32, n int, rate, decay float32)
	momentum, nesterov func(weights, gradient, velocity *float32, n int, rate, decay, momentum float32)
	adam               func(weights, gradient, first, second *float32, n int,
		shrink, decay, beta1, new1, beta2, new2, rate, correction, eps float32)
}

// passNumbers is how many numbers a pass computes before its loop jumps back.
const passNumbers = 32

// whole is how many of n numbers a pass in assembly computes: the largest
// multiple of passNumbers, or 0 on a processor without assembly. Plain Go code
// computes the rest.
func whole(n int) int {
	if instructions == nil {
		return 0
	}
	return n / passNumbers * passNumbers
}

// instructions is the set that the kernels use, nil on a processor that has none.
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
