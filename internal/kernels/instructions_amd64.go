package kernels

import (
	"github.com/klauspost/cpuid/v2"
	"golang.org/x/sys/cpu"
)

// instructionSets are the sets to choose from, the best first.
var instructionSets = detect()

// detect returns the sets that this processor and its operating system have. On
// a Zen 5, where both were measured, AVX-512 is faster than AVX2 in every pass:
// Adam's step over 798,000 parameters takes half as long, the other passes 5 to
// 40 % less. The tests check that both give the same bits.
func detect() []*instructionSet {
	// The first-level cache has 8 or 12 ways. A way has the size of a page on every
	// amd64 processor, so that the cache can look a number up by its place in the page.
	ways := max(8, cpuid.CPU.Cache.L1D/(4*pageNumbers))
	var found []*instructionSet
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		found = append(found, &instructionSet{
			name: "amd64 AVX-512", columns: 32, pageRows: ways, tiles: []tileFunc{
				tile1x32, tile2x32, tile3x32, tile4x32, tile5x32, tile6x32,
				tile7x32, tile8x32, tile9x32, tile10x32, tile11x32, tile12x32,
			},
			dot: dot16, combiners: []combiner{{256, combine256}, {16, combine16}, {1, combine1}},
			dotImage: dotImage16, combineImages: combineImages16,
			passes: passes{
				addBias: addBias16, addBiasReLU: addBiasReLU16,
				reluGradient: reluGradient16, scale: scale16, moveToward: moveToward16, normalize: normalize16,
				columnSums: []columnSummer{{128, columnSums128}, {32, columnSums32}},
				squares:    squares16, squaresGradient: squaresGradient16,
				sgd: sgd16, momentum: momentum16, nesterov: nesterov16, adam: adam16,
			},
		})
	}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		found = append(found, &instructionSet{
			name: "amd64 AVX2", columns: 16, pageRows: ways, tiles: []tileFunc{
				tile1x16, tile2x16, tile3x16, tile4x16, tile5x16, tile6x16,
			},
			dot: dot8, combiners: []combiner{{64, combine64}, {8, combine8}, {1, combine1}},
			dotImage: dotImage8, combineImages: combineImages8,
			passes: passes{
				addBias: addBias8, addBiasReLU: addBiasReLU8,
				reluGradient: reluGradient8, scale: scale8, moveToward: moveToward8, normalize: normalize8,
				columnSums: []columnSummer{{48, columnSums48}, {16, columnSums16}},
				squares:    squares8, squaresGradient: squaresGradient8,
				sgd: sgd8, momentum: momentum8, nesterov: nesterov8, adam: adam8,
			},
		})
	}
	return found
}

// copiesOfFour are the functions that pack four panels of so many columns at once.
var copiesOfFour = [...]packFunc{6: copy4x6, 12: copy4x12, 16: copy4x16, 32: copy4x32}

// copies are the packing functions for panels of 4 to 16 columns, and of 32.
var copies = [...]packFunc{
	4: copy4, 5: copy5, 6: copy6, 7: copy7, 8: copy8, 9: copy9, 10: copy10, 11: copy11, 12: copy12, 16: copy16, 32: copy32,
}
