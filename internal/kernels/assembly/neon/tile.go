package main

import "fmt"

// A tile of C has up to 12 rows and 8 columns. It takes 24 of the 32 registers and
// leaves enough for the five that hold its factors. A core that starts four
// multiply-adds a cycle, each of which takes four cycles, needs 16 registers to
// add to in turn; 24 leave some to spare.
const (
	tileRows    = 12
	tileColumns = 8
	tileVectors = 4 * tileColumns / vectorBytes
)

// unroll is how many steps of k the inner loop does before it jumps back.
const unroll = 4

// tile generates the product of some rows of A, stored column after column, and a
// panel of B, k rows of two registers, into a tile of C that stays in registers
// from the first product to the last.
//
// docs/speed.md counts the loop's instructions: the multiply-adds are the limit.
func tile(to *file, rows int) {
	f := to.function(fmt.Sprintf("tile%dx%d", rows, tileColumns),
		"func(c *float32, stride int, a *float32, rowStride, stepStride int, b *float32, k int, accumulate bool)")
	c, stride := f.argument("c"), f.stride("stride")
	a, stepStride := f.argument("a"), f.stride("stepStride")
	b, k, accumulate := f.argument("b"), f.argument("k"), f.general()
	f.emit("MOVBU", "%s, %v", f.place("accumulate"), accumulate)
	row := f.general()
	sums := f.some(rows * tileVectors)

	// everyRow calls visit with the registers of each row while row is its address.
	everyRow := func(visit func(low, high vector)) {
		f.emit("MOVD", "%v, %v", c, row)
		for i := range rows {
			visit(sums[2*i], sums[2*i+1])
			if i+1 < rows {
				f.addRegister(row, stride)
			}
		}
	}
	f.emit("CBNZ", "%v, load", accumulate)
	for _, sum := range sums {
		f.clear(sum)
	}
	f.jump("B", "multiply")
	f.label("load")
	everyRow(func(low, high vector) { f.loadPair(low, high, row, 0) })

	columns, factors := f.some(tileVectors), f.some(rows/4+rows/2%2+rows%2)
	step := func(number int) {
		f.loadPair(columns[0], columns[1], b, number*4*tileColumns)
		f.loadFactors(factors, a, rows)
		f.addRegister(a, stepStride)
		for i := range rows {
			factor, element := factorOf(factors, i, rows)
			for j, column := range columns {
				f.multiplyAddElement(sums[tileVectors*i+j], column, factor, element)
			}
		}
	}
	loop := func(label string, steps int) {
		f.label(label)
		for number := range steps {
			step(number)
		}
		f.addTo(b, 4*steps*tileColumns)
	}
	f.label("multiply")
	f.subtract(k, unroll)
	f.jump("BLT", "rest")
	loop("steps", unroll)
	f.subtract(k, unroll)
	f.jump("BGE", "steps")
	f.label("rest")
	f.addComparing(k, unroll)
	f.jump("BEQ", "store")
	loop("single", 1)
	f.subtract(k, 1)
	f.jump("BNE", "single")

	f.label("store")
	everyRow(func(low, high vector) { f.storePair(low, high, row, 0) })
	f.ret()
}

// loadFactors loads one column of the rows of A, and nothing behind it: registers
// of four numbers, then one of two and one of one, as the rows are.
func (f *function) loadFactors(to []vector, a general, rows int) {
	at, disp := 0, 0
	for ; rows >= 8; rows -= 8 {
		f.loadPair(to[at], to[at+1], a, disp)
		at, disp = at+2, disp+2*vectorBytes
	}
	for _, piece := range []struct {
		numbers int
		name    string
	}{{4, "FMOVQ"}, {2, "FMOVD"}, {1, "FMOVS"}} {
		if rows&piece.numbers != 0 {
			f.emit(piece.name, "%d(%v), %s", disp, a, to[at].f())
			at, disp = at+1, disp+4*piece.numbers
		}
	}
}

// factorOf returns where loadFactors puts the number of row i.
func factorOf(factors []vector, i, rows int) (v vector, element int) {
	fours := rows / 4
	switch rest := i - 4*fours; {
	case rest < 0:
		return factors[i/4], i % 4
	case rows&2 != 0 && rest < 2:
		return factors[fours], rest
	default:
		return factors[len(factors)-1], 0
	}
}
