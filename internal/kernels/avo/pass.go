package main

import (
	"fmt"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// passNumbers is how many numbers an element-wise pass computes before its loop
// jumps back, whatever the registers' width. A pass takes only multiples of it.
const passNumbers = 32

// A pass is an element-wise pass being generated: a function of slices of n
// numbers and of constants. It multiplies and adds one by one, never fused, so
// that its bits are those of the plain Go code.
type pass struct {
	instructionSet
	slices map[string]reg.Register // the address of each one's end
	at     reg.Register            // from there to the numbers the loop has come to, in bytes, negative
	disp   int                     // from those to the vector being computed, in bytes
}

// newPass begins a pass with the given signature: slices of n numbers come first.
func newPass(s instructionSet, name, signature string) *pass {
	function(fmt.Sprintf("%s%d", name, s.bytes/4), signature)
	slices, _, _ := strings.Cut(strings.TrimPrefix(signature, "func("), " *float32")
	p := &pass{instructionSet: s, slices: map[string]reg.Register{}, at: Load(Param("n"), GP64())}
	SHLQ(Imm(2), p.at)
	for _, slice := range strings.Split(slices, ", ") {
		p.slices[slice] = Load(Param(slice), GP64())
		ADDQ(p.at, p.slices[slice])
	}
	NEGQ(p.at)
	return p
}

// loop generates the pass's loop over passNumbers at a time. It calls vector to
// generate the code for each vector i of them.
func (p *pass) loop(vector func(i int)) {
	Label("numbers")
	for i := range 4 * passNumbers / p.bytes {
		p.disp = i * p.bytes
		vector(i)
	}
	ADDQ(I32(4*passNumbers), p.at)
	JNE(LabelRef("numbers"))
}

func (p *pass) end() {
	VZEROUPPER()
	RET()
}

// place is where the vector being computed lies in a slice.
func (p *pass) place(slice string) Mem {
	return Mem{Base: p.slices[slice], Index: p.at, Scale: 1, Disp: p.disp}
}

// load loads the vector being computed from a slice.
func (p *pass) load(slice string) reg.VecVirtual {
	v := p.vector()
	VMOVUPS(p.place(slice), v)
	return v
}

func (p *pass) store(v reg.VecVirtual, slice string) { VMOVUPS(v, p.place(slice)) }

// constant returns a vector with a constant argument in every place.
func (p *pass) constant(name string) reg.VecVirtual {
	argument, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return p.broadcast(argument.Addr)
}

func (p *pass) broadcast(number Mem) reg.VecVirtual {
	v := p.vector()
	VBROADCASTSS(number, v)
	return v
}

// zero returns a vector of zeros.
func (s instructionSet) zero() reg.VecVirtual {
	v := s.vector()
	VXORPS(v.AsX(), v.AsX(), v.AsX()) // clears the whole register
	return v
}

// times multiplies a vector, or the place of one, by a constant argument.
func (p *pass) times(constant string, v Op) reg.VecVirtual {
	product := p.constant(constant)
	VMULPS(v, product, product)
	return product
}

// The numbers of comparisons in VCMPPS. Both are true if one operand is NaN.
const notEqual, notLess = 0x04, 0x15

// keep sets v to zero except where the comparison of x with y is true.
func (p *pass) keep(v, x reg.VecVirtual, comparison uint64, y reg.VecVirtual) {
	if p.bytes == 64 {
		mask := K()
		VCMPPS(Imm(comparison), y, x, mask)
		VMOVAPS_Z(v, mask, v)
		return
	}
	mask := p.vector()
	VCMPPS(Imm(comparison), y, x, mask)
	VANDPS(mask, v, v)
}

// relu sets v to max(0, v). The processor's maximum returns its second operand if
// one operand is NaN or both are zeros, so that NaN and -0 stay as they are.
func (p *pass) relu(v reg.VecVirtual) { VMAXPS(v, p.zero(), v) }
