package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// packArguments are a panel to fill and a matrix to fill it from.
type packArguments struct{ to, toStride, from, fromStride, k reg.Register }

func loadPackArguments() packArguments {
	arguments := packArguments{
		to: Load(Param("to"), GP64()), toStride: Load(Param("toStride"), GP64()),
		from: Load(Param("from"), GP64()), fromStride: Load(Param("fromStride"), GP64()),
		k: Load(Param("k"), GP64()),
	}
	SHLQ(Imm(2), arguments.toStride)
	SHLQ(Imm(2), arguments.fromStride)
	return arguments
}

const packSignature = "func(to *float32, toStride int, from *float32, fromStride, k int)"

// copyColumns generates the packing of a matrix whose rows run along k's steps.
func copyColumns(columns int) {
	name := fmt.Sprintf("copy%d", columns)
	TEXT(name, NOSPLIT, packSignature)
	Doc(name + fmt.Sprintf(" copies %d columns of k rows to rows toStride numbers apart. It needs AVX.", columns))
	Pragma("noescape")
	p := loadPackArguments()
	bytes, vector := 16, XMM
	if columns > 4 {
		bytes, vector = 32, YMM
	}
	Label("row")
	for at := 0; at < 4*columns; at += bytes {
		v := vector()
		VMOVUPS(Mem{Base: p.from, Disp: at}, v)
		VMOVUPS(v, Mem{Base: p.to, Disp: at})
	}
	ADDQ(p.fromStride, p.from)
	ADDQ(p.toStride, p.to)
	DECQ(p.k)
	JNE(LabelRef("row"))
	VZEROUPPER()
	RET()
}

// transposeRows generates the packing of a matrix whose columns run along k's
// steps: four rows, four columns at a time, and what is left one by one.
func transposeRows() {
	TEXT("transpose4", NOSPLIT, packSignature)
	Doc("transpose4 transposes 4 rows of k columns to k rows toStride numbers apart. It needs AVX.")
	Pragma("noescape")
	p := loadPackArguments()
	third := GP64() // where the third row begins; the second and fourth are a stride behind
	LEAQ(Mem{Base: p.from, Index: p.fromStride, Scale: 2}, third)
	rows := [4]Mem{
		{Base: p.from}, {Base: p.from, Index: p.fromStride, Scale: 1},
		{Base: third}, {Base: third, Index: p.fromStride, Scale: 1},
	}
	advance := func(bytes uint64) {
		ADDQ(Imm(bytes), p.from)
		ADDQ(Imm(bytes), third)
	}

	SUBQ(Imm(4), p.k)
	JLT(LabelRef("rest"))
	Label("square")
	var r, pairs, columns [4]reg.VecVirtual
	for i := range r {
		r[i], pairs[i], columns[i] = XMM(), XMM(), XMM()
		VMOVUPS(rows[i], r[i])
	}
	VUNPCKLPS(r[1], r[0], pairs[0]) // 00 10 01 11
	VUNPCKHPS(r[1], r[0], pairs[1]) // 02 12 03 13
	VUNPCKLPS(r[3], r[2], pairs[2])
	VUNPCKHPS(r[3], r[2], pairs[3])
	VMOVLHPS(pairs[2], pairs[0], columns[0])
	VMOVHLPS(pairs[0], pairs[2], columns[1])
	VMOVLHPS(pairs[3], pairs[1], columns[2])
	VMOVHLPS(pairs[1], pairs[3], columns[3])
	for _, column := range columns {
		VMOVUPS(column, Mem{Base: p.to})
		ADDQ(p.toStride, p.to)
	}
	advance(16)
	SUBQ(Imm(4), p.k)
	JGE(LabelRef("square"))

	Label("rest")
	ADDQ(Imm(4), p.k)
	JEQ(LabelRef("done"))
	Label("column")
	v := XMM()
	VMOVSS(rows[0], v)
	for i := 1; i < 4; i++ {
		VINSERTPS(Imm(uint64(i<<4)), rows[i], v, v)
	}
	VMOVUPS(v, Mem{Base: p.to})
	ADDQ(p.toStride, p.to)
	advance(4)
	DECQ(p.k)
	JNE(LabelRef("column"))
	Label("done")
	RET()
}
