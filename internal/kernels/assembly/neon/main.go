// Command neon writes the assembly of package kernels for arm64, whose vector
// instructions are called NEON:
//
//	go generate ./internal/kernels
//
// Its module is the generators' own, so that the program does not depend on the
// disassembler that the test compares with.
package main

import (
	"fmt"
	"os"

	"cifartrain/kernels/assembly/passes"
)

func main() {
	if err := kernels().write("../kernels_arm64.s", "../kernels_stubs_arm64.go"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// kernels generates all of them.
func kernels() *file {
	file := newFile()
	for rows := 1; rows <= tileRows; rows++ {
		tile(file, rows)
	}
	dot(file)
	for _, vectors := range []int{16, 4, 1} {
		combine(file, vectors)
	}
	combineOne(file)
	passes.Write(func(name, signature string) passes.Pass[vector] { return newPass(file, name, signature) })
	squares(file, false)
	squares(file, true)
	normalize(file)
	dotImage(file)
	combineImages(file)
	columnSums(file, 24)
	columnSums(file, 8)
	for columns := 4; columns <= tileRows; columns++ {
		copyColumns(file, columns)
	}
	transposeRows(file, 4)
	transposeRows(file, 8)
	return file
}
