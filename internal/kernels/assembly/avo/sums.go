package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// sums returns registers that are zero.
func (s instructionSet) sums(count int) []reg.VecVirtual {
	sums := make([]reg.VecVirtual, count)
	for i := range sums {
		sums[i] = s.zero()
	}
	return sums
}

// half is the lower half of a register: the float32 numbers that fill a register
// as float64 ones.
func (s instructionSet) half(v reg.VecVirtual) reg.Register {
	if s.bytes == 64 {
		return v.AsY()
	}
	return v.AsX()
}

// squares generates the sum of the squared differences of two slices, with or
// without its gradient. Number i is added to sum i mod passNumbers; then the upper
// half of the sums is added to the lower half until one is left. The square of a
// float32 is exact in float64, so that fusing it with the addition changes nothing.
func squares(s instructionSet, gradient bool) {
	name, signature := "squares", "func(x, y *float32, n int) float64"
	if gradient {
		name, signature = "squaresGradient", "func(gradient, x, y *float32, n int, scale float32) float64"
	}
	p := newPass(s, name, signature)
	sums := s.sums(8 * passNumbers / s.bytes)
	p.Loop(func(i int) {
		d := p.Load("x").(reg.VecVirtual)
		VSUBPS(p.Place("y"), d, d)
		if gradient {
			p.Store(p.Times("scale", d), "gradient")
		}
		low, high := s.vector(), s.vector()
		VCVTPS2PD(s.half(d), low)
		if s.bytes == 64 {
			VEXTRACTF64X4(Imm(1), d, high.AsY())
		} else {
			VEXTRACTF128(Imm(1), d, high.AsX())
		}
		VCVTPS2PD(s.half(high), high)
		VFMADD231PD(low, low, sums[2*i])
		VFMADD231PD(high, high, sums[2*i+1])
	})
	for half := len(sums) / 2; half > 0; half /= 2 {
		for i := range half {
			VADDPD(sums[half+i], sums[i], sums[i])
		}
	}
	sum, upper := sums[0], YMM()
	if s.bytes == 64 {
		VEXTRACTF64X4(Imm(1), sum, upper)
		VADDPD(upper, sum.AsY(), sum.AsY())
	}
	VEXTRACTF128(Imm(1), sum.AsY(), upper.AsX())
	VADDPD(upper.AsX(), sum.AsX(), sum.AsX())
	VUNPCKHPD(sum.AsX(), sum.AsX(), upper.AsX())
	VADDSD(upper.AsX(), sum.AsX(), sum.AsX())
	VZEROUPPER()
	Store(sum.AsX(), ReturnIndex(0))
	RET()
}

// columnSums generates the sums of some columns, each from the first row to the
// last. Many columns at once are faster, as memory is read faster along rows than
// along columns.
func columnSums(s instructionSet, vectors int) {
	function(fmt.Sprintf("columnSums%d", vectors*s.bytes/8), "func(sums, a *float32, stride, rows int)")
	to, a, stride, rows := argument("sums"), argument("a"), argument("stride"), argument("rows")
	SHLQ(Imm(2), stride)
	sums := s.sums(vectors)
	Label("row")
	for i, sum := range sums {
		v := s.vector()
		VCVTPS2PD(Mem{Base: a, Disp: i * s.bytes / 2}, v)
		VADDPD(v, sum, sum)
	}
	ADDQ(stride, a)
	DECQ(rows)
	JNE(LabelRef("row"))
	for i, sum := range sums {
		if s.bytes == 64 {
			VCVTPD2PS(sum, sum.AsY())
		} else {
			VCVTPD2PSY(sum, sum.AsX())
		}
		VMOVUPS(s.half(sum), Mem{Base: to, Disp: i * s.bytes / 2})
	}
	VZEROUPPER()
	RET()
}
