package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lookUp generates a pass that translates bytes by a table of 256 numbers, which
// fills half of AVX-512's registers. An instruction that permutes two of them
// looks up a byte's last five bits; the other three choose among eight results.
func lookUp(s instructionSet) {
	p := s.beginPass("lookUp", "sets y to what a table of 256 numbers holds for bytes", []string{"y"},
		"func(y *float32, bytes *byte, n int, table *float32)")
	bytes, table := Load(Param("bytes"), GP64()), Load(Param("table"), GP64())
	var numbers [16]reg.VecVirtual
	for i := range numbers {
		numbers[i] = s.vector()
		VMOVUPS(Mem{Base: table, Disp: i * s.bytes}, numbers[i])
	}
	var bits [3]reg.VecVirtual // of value 32, 64 and 128
	for i := range bits {
		bit := GP32()
		MOVL(U32(32<<i), bit)
		bits[i] = s.vector()
		VPBROADCASTD(bit, bits[i])
	}
	p.loop(func(int) {
		index := s.vector()
		VPMOVZXBD(Mem{Base: bytes}, index)
		ADDQ(Imm(uint64(s.bytes/4)), bytes)
		var found [8]reg.VecVirtual
		for i := range found {
			found[i] = s.vector()
			VMOVUPS(index, found[i])
			VPERMI2PS(numbers[2*i+1], numbers[2*i], found[i])
		}
		for level, bit := range bits {
			set := K()
			VPTESTMD(bit, index, set)
			for i := range len(found) >> (level + 1) {
				VBLENDMPS(found[2*i+1], found[2*i], set, found[i])
			}
		}
		p.store(found[0], "y")
	})
	p.end()
}
