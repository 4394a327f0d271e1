package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// dotLanes is how many sums a dot product adds its products to in turn. It is the
// same for all widths of registers, so that the bits are the same, and large
// enough that an addition never waits for the one before it to the same sum.
const dotLanes = 64

// dot generates the dot product of two vectors. Product i is added to sum i mod
// 64; then the upper half of the sums is added to the lower half until one is
// left; the products behind the last multiple of 64 follow one by one.
func dot(s instructionSet) {
	function(fmt.Sprintf("dot%d", s.bytes/4), "func(a, b *float32, k int) float32")
	a, b, k := argument("a"), argument("b"), argument("k")
	sums := s.sums(4 * dotLanes / s.bytes)
	advance := func(bytes int) {
		ADDQ(I32(bytes), a)
		ADDQ(I32(bytes), b)
	}

	SUBQ(Imm(dotLanes), k)
	JLT(LabelRef("fold"))
	Label("lanes")
	for i, sum := range sums {
		v := s.vector()
		VMOVUPS(Mem{Base: a, Disp: i * s.bytes}, v)
		VFMADD231PS(Mem{Base: b, Disp: i * s.bytes}, v, sum)
	}
	advance(4 * dotLanes)
	SUBQ(Imm(dotLanes), k)
	JGE(LabelRef("lanes"))

	Label("fold")
	sum := s.fold(sums)

	ADDQ(Imm(dotLanes), k)
	JEQ(LabelRef("done"))
	Label("single")
	v := XMM()
	VMOVSS(Mem{Base: a}, v)
	VFMADD231SS(Mem{Base: b}, v, sum)
	advance(4)
	DECQ(k)
	JNE(LabelRef("single"))
	Label("done")
	VZEROUPPER()
	Store(sum, ReturnIndex(0))
	RET()
}

// fold adds the dot product's sums by halves to one number.
func (s instructionSet) fold(sums []reg.VecVirtual) reg.Register {
	for half := len(sums) / 2; half > 0; half /= 2 {
		for i := range half {
			VADDPS(sums[half+i], sums[i], sums[i])
		}
	}
	sum, upper := sums[0], YMM()
	if s.bytes == 64 {
		VEXTRACTF64X4(Imm(1), sum, upper)
		VADDPS(upper, sum.AsY(), sum.AsY())
	}
	VEXTRACTF128(Imm(1), sum.AsY(), upper.AsX())
	VADDPS(upper.AsX(), sum.AsX(), sum.AsX())
	VMOVHLPS(sum.AsX(), sum.AsX(), upper.AsX())
	VADDPS(upper.AsX(), sum.AsX(), sum.AsX())
	VMOVSHDUP(sum.AsX(), upper.AsX())
	VADDSS(upper.AsX(), sum.AsX(), sum.AsX())
	return sum.AsX()
}

// combine generates some columns of the product of a vector and a matrix: a tile
// of one row that reads the matrix where it lies, without packing.
func combine(s instructionSet, vectors int) {
	columns := vectors * s.bytes / 4
	function(fmt.Sprintf("combine%d", columns), "func(y, x, b *float32, stride, k int)")
	y, x, b, stride, k := argument("y"), argument("x"), argument("b"), argument("stride"), argument("k")
	SHLQ(Imm(2), stride)
	sums := s.sums(vectors)
	Label("row")
	factor := s.vector()
	VBROADCASTSS(Mem{Base: x}, factor)
	for i, sum := range sums {
		VFMADD231PS(Mem{Base: b, Disp: i * s.bytes}, factor, sum)
	}
	ADDQ(Imm(4), x)
	ADDQ(stride, b)
	DECQ(k)
	JNE(LabelRef("row"))
	for i, sum := range sums {
		VMOVUPS(sum, Mem{Base: y, Disp: i * s.bytes})
	}
	VZEROUPPER()
	RET()
}

// combineOne generates combine for a single column. It computes those that are too
// few to fill a register.
func combineOne() {
	function("combine1", "func(y, x, b *float32, stride, k int)")
	y, x, b, stride, k := argument("y"), argument("x"), argument("b"), argument("stride"), argument("k")
	SHLQ(Imm(2), stride)
	sum := XMM()
	VXORPS(sum, sum, sum)
	Label("row")
	factor := XMM()
	VMOVSS(Mem{Base: x}, factor)
	VFMADD231SS(Mem{Base: b}, factor, sum)
	ADDQ(Imm(4), x)
	ADDQ(stride, b)
	DECQ(k)
	JNE(LabelRef("row"))
	VMOVSS(sum, Mem{Base: y})
	RET()
}
