package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// What a byte is divided by 255 with.
var (
	most        = ConstData("most", F32(255))
	mostInverse = ConstData("mostInverse", F32(1./255))
)

// normalize generates a pass from bytes to (byte/255 - mean)/std. It divides as
// Markstein does (IA-64 and Elementary Functions, 2000): it multiplies by the
// divisor's inverse, computes the remainder of that quotient by a fused
// multiply-add, and corrects the quotient by it. That takes a few cycles, a
// division takes tens. For all but rare divisors the bits are those of a division.
func normalize(s instructionSet) {
	p := newPass(s, "normalize", "func(y *float32, bytes *byte, n int, mean, std, inverse float32)")
	bytes := Load(Param("bytes"), GP64())
	mean, std, inverse := p.constant("mean"), p.constant("std"), p.constant("inverse")
	most, mostInverse := p.broadcast(most), p.broadcast(mostInverse)
	divide := func(v, divisor, inverse reg.VecVirtual) (quotient reg.VecVirtual) {
		quotient = s.vector()
		VMULPS(inverse, v, quotient)
		VFNMADD231PS(divisor, quotient, v) // the remainder, exact
		VFMADD231PS(inverse, v, quotient)
		return quotient
	}
	p.loop(func(int) {
		v := s.vector()
		VPMOVZXBD(Mem{Base: bytes}, v)
		ADDQ(Imm(uint64(s.bytes/4)), bytes)
		VCVTDQ2PS(v, v)
		v = divide(v, most, mostInverse)
		VSUBPS(mean, v, v)
		p.store(divide(v, std, inverse), "y")
	})
	p.end()
}
