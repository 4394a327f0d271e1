package kernels

// instructionSets is the one set that every arm64 processor has.
var instructionSets = []*instructionSet{{
	name: "arm64 NEON", columns: 8, tiles: []tileFunc{
		tile1x8, tile2x8, tile3x8, tile4x8, tile5x8, tile6x8,
		tile7x8, tile8x8, tile9x8, tile10x8, tile11x8, tile12x8,
	},
	dotImage: dotImage4, combineImages: combineImages4,
	dot: dot4, combiners: []combiner{{64, combine64}, {16, combine16}, {4, combine4}, {1, combine1}},
	passes: passes{
		addBias: addBias4, addBiasReLU: addBiasReLU4,
		reluGradient: reluGradient4, scale: scale4, moveToward: moveToward4, normalize: normalize4,
		columnSums: []columnSummer{{48, columnSums48}, {16, columnSums16}},
		squares:    squares4, squaresGradient: squaresGradient4,
		sgd: sgd4, momentum: momentum4, nesterov: nesterov4, adam: adam4,
	},
}}

// copies are the packing functions for panels of 4 to 12 columns.
var copies = [...]packFunc{
	4: copy4, 5: copy5, 6: copy6, 7: copy7, 8: copy8, 9: copy9, 10: copy10, 11: copy11, 12: copy12,
}

// copiesOfFour are empty: panels are packed one by one.
var copiesOfFour [1]packFunc
