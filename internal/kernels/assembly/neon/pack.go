package main

import "fmt"

const packSignature = "func(to *float32, toStride int, from *float32, fromStride, k int)"

// copyColumns generates the packing of a matrix that is stored step of k after
// step of k. Where the number of columns is not a multiple of four, the last two
// registers overlap.
func copyColumns(file *file, columns int) {
	f := file.function(fmt.Sprintf("copy%d", columns), packSignature)
	to, toStride := f.argument("to"), f.stride("toStride")
	from, fromStride, k := f.argument("from"), f.stride("fromStride"), f.argument("k")
	vectors := f.some((columns + 3) / 4)
	place := func(i int) int { return 4 * min(4*i, columns-4) }
	f.label("row")
	for i, v := range vectors {
		f.load(v, from, place(i))
	}
	for i, v := range vectors {
		f.store(v, to, place(i))
	}
	f.addRegister(from, fromStride)
	f.addRegister(to, toStride)
	f.subtract(k, 1)
	f.jump("BNE", "row")
	f.ret()
}

// transposeRows generates the packing of a matrix whose rows each hold all steps
// of k. It transposes four or eight rows: four columns at a time, then the columns
// that are left one by one.
func transposeRows(file *file, count int) {
	f := file.function(fmt.Sprintf("transpose%d", count), packSignature)
	to, toStride := f.argument("to"), f.stride("toStride")
	rows := make([]general, count)
	rows[0] = f.argument("from")
	fromStride, k := f.stride("fromStride"), f.argument("k")
	for i := 1; i < count; i++ {
		rows[i] = f.general()
		f.emit("ADD", "%v, %v, %v", fromStride, rows[i-1], rows[i])
	}
	loaded, columns := f.some(count), f.some(count)
	pairs := f.some(4)

	f.subtract(k, 4)
	f.jump("BLT", "rest")
	f.label("square")
	for i, row := range rows {
		f.emit("FMOVQ.P", "%d(%v), %s", vectorBytes, row, loaded[i].f())
	}
	for from := 0; from < count; from += 4 {
		f.transposeSquare(columns[from:from+4], loaded[from:from+4], pairs)
	}
	for i := range 4 {
		for from := 0; from < count; from += 4 {
			f.store(columns[from+i], to, 4*from)
		}
		f.addRegister(to, toStride)
	}
	f.subtract(k, 4)
	f.jump("BGE", "square")

	f.label("rest")
	f.addComparing(k, 4)
	f.jump("BEQ", "done")
	f.label("column")
	for i, row := range rows {
		f.emit("VLD1.P", "4(%v), %v.S[%d]", row, columns[i/4], i%4)
	}
	for from := 0; from < count; from += 4 {
		f.store(columns[from/4], to, 4*from)
	}
	f.addRegister(to, toStride)
	f.subtract(k, 1)
	f.jump("BNE", "column")
	f.label("done")
	f.ret()
}

// transposeSquare sets columns to the columns of four rows of four numbers.
func (f *function) transposeSquare(columns, rows, pairs []vector) {
	zip := func(name, shape string, d, n, m vector) {
		f.emit(name, "%v.%s, %v.%s, %v.%s", m, shape, n, shape, d, shape)
	}
	zip("VZIP1", "S4", pairs[0], rows[0], rows[1]) // r00 r10 r01 r11
	zip("VZIP2", "S4", pairs[1], rows[0], rows[1]) // r02 r12 r03 r13
	zip("VZIP1", "S4", pairs[2], rows[2], rows[3]) // r20 r30 r21 r31
	zip("VZIP2", "S4", pairs[3], rows[2], rows[3]) // r22 r32 r23 r33
	zip("VZIP1", "D2", columns[0], pairs[0], pairs[2])
	zip("VZIP2", "D2", columns[1], pairs[0], pairs[2])
	zip("VZIP1", "D2", columns[2], pairs[1], pairs[3])
	zip("VZIP2", "D2", columns[3], pairs[1], pairs[3])
}
