package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// An instructionSet says what the kernels of one vector width are made of.
type instructionSet struct {
	name   string
	vector func() reg.VecVirtual // allocates a register
	bytes  int                   // in a register
	rows   int                   // of the largest tile, which takes two registers a row and must leave some for B and A
}

var (
	avx2   = instructionSet{"AVX2 and FMA", YMM, 32, 6}
	avx512 = instructionSet{"AVX-512 F, VL and DQ", ZMM, 64, 12}
)

// tileColumns is the width of a tile in registers. With two, every number loaded
// from A is used in two multiplications.
const tileColumns = 2

// columns is the width of a tile in numbers.
func (s instructionSet) columns() int { return tileColumns * s.bytes / 4 }

// unroll is how many steps of k the inner loop does before it jumps back.
const unroll = 4

// tile generates the product of some rows of A, of k numbers each, and a panel of
// B, k rows of two registers, into a tile of C that stays in registers from the
// first product to the last. It reads A's numbers one by one, so they may lie in a
// panel or in the matrix itself, whichever way that is stored.
func tile(s instructionSet, rows int) {
	function(fmt.Sprintf("tile%dx%d", rows, s.columns()), "func(c *float32, stride int, a *float32, rowStride, stepStride int, b *float32, k int, accumulate bool)")
	c, stride, a, b := argument("c"), argument("stride"), argument("a"), argument("b")
	k, accumulate := argument("k"), Load(Param("accumulate"), GP8())
	rowStride, stepStride := argument("rowStride"), argument("stepStride")
	for _, numbers := range []reg.Register{stride, rowStride, stepStride} {
		SHLQ(Imm(2), numbers)
	}
	thirds := make([]reg.Register, (rows+2)/3) // every third row of A; an instruction reaches the two behind it
	thirds[0] = a
	for i := range thirds[1:] {
		thirds[i+1] = GP64()
		LEAQ(Mem{Base: thirds[i], Index: rowStride, Scale: 1}, thirds[i+1])
		LEAQ(Mem{Base: thirds[i+1], Index: rowStride, Scale: 2}, thirds[i+1])
	}

	sums := make([][tileColumns]reg.VecVirtual, rows)
	for i := range sums {
		for j := range sums[i] {
			sums[i][j] = s.vector()
		}
	}
	// everyNumber calls visit for each of the tile's registers with its place in C.
	everyNumber := func(visit func(sum reg.VecVirtual, place Mem)) {
		row := GP64()
		MOVQ(c, row)
		for i := range sums {
			for j, sum := range sums[i] {
				visit(sum, Mem{Base: row, Disp: j * s.bytes})
			}
			if i+1 < rows {
				ADDQ(stride, row)
			}
		}
	}

	TESTB(accumulate, accumulate)
	JNE(LabelRef("load"))
	for i := range sums {
		for _, sum := range sums[i] {
			VXORPS(sum.AsX(), sum.AsX(), sum.AsX()) // clears the whole register
		}
	}
	JMP(LabelRef("multiply"))
	Label("load")
	everyNumber(func(sum reg.VecVirtual, place Mem) { VMOVUPS(place, sum) })

	step := func(number int) {
		var columns [tileColumns]reg.VecVirtual
		for j := range columns {
			columns[j] = s.vector()
			VMOVUPS(Mem{Base: b, Disp: (number*tileColumns + j) * s.bytes}, columns[j])
		}
		for i := range sums {
			factor := s.vector()
			place := Mem{Base: thirds[i/3]}
			if i%3 > 0 {
				place.Index, place.Scale = rowStride, uint8(i%3)
			}
			VBROADCASTSS(place, factor)
			for j, sum := range sums[i] {
				VFMADD231PS(columns[j], factor, sum)
			}
		}
		for _, third := range thirds {
			ADDQ(stepStride, third)
		}
	}
	loop := func(label string, steps int) {
		Label(label)
		for number := range steps {
			step(number)
		}
		ADDQ(I32(steps*tileColumns*s.bytes), b)
	}
	Label("multiply")
	SUBQ(Imm(unroll), k)
	JLT(LabelRef("rest"))
	loop("steps", unroll)
	SUBQ(Imm(unroll), k)
	JGE(LabelRef("steps"))
	Label("rest")
	ADDQ(Imm(unroll), k)
	JEQ(LabelRef("store"))
	loop("single", 1)
	DECQ(k)
	JNE(LabelRef("single"))

	Label("store")
	everyNumber(func(sum reg.VecVirtual, place Mem) { VMOVUPS(sum, place) })
	VZEROUPPER()
	RET()
}
