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
		combine(s, 8)
		combine(s, 1)
	}
	combineOne()
	copyColumns(4)
	copyColumns(16)
	transposeRows()
	Generate()
}
