// Command avo writes the assembly of package kernels for amd64:
//
//	go generate ./kernels
//
// It is a module of its own, so that the program does not depend on avo.
package main

import . "github.com/mmcloughlin/avo/build"

func main() {
	for _, s := range []instructionSet{avx2, avx512} {
		for rows := 1; rows <= s.rows; rows++ {
			tile(s, rows)
		}
		dot(s)
		combine(s, s.bytes/4)
		combine(s, 1)
		elementWise(s)
		normalize(s)
		dotImage(s)
		combineImages(s)
	}
	columnSums(avx2, 12)
	columnSums(avx2, 4)
	columnSums(avx512, 16)
	columnSums(avx512, 4)
	combineOne()
	for columns := 4; columns <= avx512.rows; columns++ {
		copyColumns(columns)
	}
	copyColumns(avx2.columns())
	copyColumns(avx512.columns())
	for _, columns := range []int{avx2.rows, avx2.columns(), avx512.rows, avx512.columns()} {
		copyPanels(columns)
	}
	transposeRows(4)
	transposeRows(8)
	Generate()
}
