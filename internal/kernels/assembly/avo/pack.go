package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// packArguments loads a panel to fill and a matrix to fill it from.
func packArguments() (to, toStride, from, fromStride, k reg.Register) {
	to, toStride, from, fromStride, k = argument("to"), argument("toStride"), argument("from"), argument("fromStride"), argument("k")
	SHLQ(Imm(2), toStride)
	SHLQ(Imm(2), fromStride)
	return to, toStride, from, fromStride, k
}

const packSignature = "func(to *float32, toStride int, from *float32, fromStride, k int)"

// panelsAtOnce is how many panels are filled at once where the matrix has so many.
const panelsAtOnce = 4

// copyColumns generates the packing of a matrix that is stored step of k after
// step of k: of a panel, or of neighboring ones toStride numbers apart. It copies all
// columns in one pass, as each row lies in one or two cache lines of its own. To copy
// one panel after the other, it would read a line here and there: the rows of large
// matrices often lie so far apart that their lines compete for the same few places in
// the caches, and all are of other pages. Where the number of columns is not a multiple
// of a register's, the last two registers overlap.
func copyColumns(panels, columns int) {
	name := fmt.Sprintf("copy%d", columns)
	if panels > 1 {
		name = fmt.Sprintf("copy%dx%d", panels, columns)
	}
	function(name, packSignature)
	to, toStride, from, fromStride, k := packArguments()
	places := []Mem{{Base: to}}
	if panels == panelsAtOnce {
		third := GP64()
		LEAQ(Mem{Base: to, Index: toStride, Scale: 2}, third)
		places = append(places, Mem{Base: to, Index: toStride, Scale: 1}, Mem{Base: third}, Mem{Base: third, Index: toStride, Scale: 1})
	}
	lanes, vector := 8, YMM
	if columns < 8 {
		lanes, vector = 4, XMM
	}
	Label("row")
	for i, place := range places {
		for at := 0; at < columns; at += lanes {
			v, offset := vector(), 4*min(at, columns-lanes)
			VMOVUPS(Mem{Base: from, Disp: 4*i*columns + offset}, v)
			place.Disp = offset
			VMOVUPS(v, place)
		}
	}
	ADDQ(fromStride, from)
	if panels == 1 {
		ADDQ(toStride, to)
	} else {
		ADDQ(I32(4*columns), to)
		ADDQ(I32(4*columns), places[2].Base)
	}
	DECQ(k)
	JNE(LabelRef("row"))
	VZEROUPPER()
	RET()
}

// transposeRows generates the packing of a matrix whose rows each hold all steps
// of k. It transposes four or eight rows: four columns at a time, then the columns
// that are left one by one.
func transposeRows(count int) {
	function(fmt.Sprintf("transpose%d", count), packSignature)
	to, toStride, from, fromStride, k := packArguments()
	rows := make([]Mem, count)
	bases := make([]reg.Register, count/2) // every second row; the next is a stride behind
	for i := range bases {
		bases[i] = from
		if i > 0 {
			base := GP64()
			LEAQ(Mem{Base: bases[i-1], Index: fromStride, Scale: 2}, base)
			bases[i] = base
		}
		rows[2*i] = Mem{Base: bases[i]}
		rows[2*i+1] = Mem{Base: bases[i], Index: fromStride, Scale: 1}
	}
	advance := func(bytes uint64) {
		for _, base := range bases {
			ADDQ(Imm(bytes), base)
		}
		ADDQ(toStride, to)
	}

	SUBQ(Imm(4), k)
	JLT(LabelRef("rest"))
	Label("square")
	var r [4]reg.VecVirtual // row i, and above it row i + 4
	for i := range r {
		if r[i] = XMM(); count == 8 {
			r[i] = YMM()
		}
		VMOVUPS(rows[i], r[i].AsX())
		if count == 8 {
			VINSERTF128(Imm(1), rows[i+4], r[i], r[i])
		}
	}
	columns := transposeSquare(r, count)
	for i, column := range columns {
		VMOVUPS(column, Mem{Base: to})
		if i < 3 {
			ADDQ(toStride, to)
		}
	}
	advance(16)
	SUBQ(Imm(4), k)
	JGE(LabelRef("square"))

	Label("rest")
	ADDQ(Imm(4), k)
	JEQ(LabelRef("done"))
	Label("column")
	for from := 0; from < count; from += 4 {
		v := XMM()
		VMOVSS(rows[from], v)
		for i := 1; i < 4; i++ {
			VINSERTPS(Imm(uint64(i<<4)), rows[from+i], v, v)
		}
		VMOVUPS(v, Mem{Base: to, Disp: 4 * from})
	}
	advance(4)
	DECQ(k)
	JNE(LabelRef("column"))
	Label("done")
	VZEROUPPER()
	RET()
}

// transposeSquare transposes the four columns of four registers, in both halves
// where there are two.
func transposeSquare(r [4]reg.VecVirtual, count int) (columns [4]reg.VecVirtual) {
	vector := XMM
	if count == 8 {
		vector = YMM
	}
	var pairs [4]reg.VecVirtual
	for i := range pairs {
		pairs[i], columns[i] = vector(), vector()
	}
	VUNPCKLPS(r[1], r[0], pairs[0]) // r00 r10 r01 r11
	VUNPCKHPS(r[1], r[0], pairs[1]) // r02 r12 r03 r13
	VUNPCKLPS(r[3], r[2], pairs[2]) // r20 r30 r21 r31
	VUNPCKHPS(r[3], r[2], pairs[3]) // r22 r32 r23 r33
	VUNPCKLPD(pairs[2], pairs[0], columns[0])
	VUNPCKHPD(pairs[2], pairs[0], columns[1])
	VUNPCKLPD(pairs[3], pairs[1], columns[2])
	VUNPCKHPD(pairs[3], pairs[1], columns[3])
	return columns
}
